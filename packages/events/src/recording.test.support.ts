import { AsyncLocalStorage } from 'node:async_hooks'
import { context, logs, ROOT_CONTEXT } from '@opentelemetry/api'
import type { Context, ContextManager, LogRecord } from '@opentelemetry/api'
import { afterEach, beforeEach } from 'vitest'

/** A record as an SDK receives it, with the name of the logger that emitted it. */
export interface Recorded extends LogRecord {
  readonly logger: string
  readonly attributes: Record<string, unknown>
}

/** Registers a logger provider that keeps what it receives, for each test of a file. */
export function recordLogs(): Recorded[] {
  const records: Recorded[] = []
  beforeEach(() => {
    records.length = 0
    logs.setGlobalLoggerProvider({
      getLogger: (logger) => ({
        emit: (record) =>
          void records.push({ ...record, logger, attributes: record.attributes as Record<string, unknown> }),
        enabled: () => true,
      }),
    })
  })
  afterEach(() => logs.disable())
  return records
}

const throwUnreadable = (): never => {
  throw new Error('unreadable')
}

/** Fields of which one cannot be read. */
export function unreadable(key: string): Record<string, unknown> {
  return Object.defineProperty({}, key, { get: throwUnreadable, enumerable: true })
}

/** Registers a context manager for each test of a file, as an SDK would. */
export function manageContext(): void {
  beforeEach(() => void context.setGlobalContextManager(new StorageContextManager()))
  afterEach(() => context.disable())
}

class StorageContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>()

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    entered: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(entered, () => fn.call(thisArg as never, ...args))
  }

  bind<T>(_context: Context, target: T): T {
    return target
  }

  enable(): this {
    return this
  }

  disable(): this {
    this.#storage.disable()
    return this
  }
}
