import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import type { Context, ContextManagementToken, ContextManager } from '@opentelemetry/api'
import { flattenRoot } from './flat-context.ts'

const ADD = ['addListener', 'on', 'once', 'prependListener', 'prependOnceListener'] as const
const REMOVE = ['removeListener', 'off'] as const

function callWith<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
  fn: F,
  thisArg: ThisParameterType<F> | undefined,
  args: A,
): ReturnType<F> {
  return fn.apply(thisArg, args)
}

/**
 * Carries the active context across everything asynchronous, on Node's own `AsyncLocalStorage`. Contexts that are derived
 * from the API's root while there is one are flat.
 */
export class StorageContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>()
  readonly #bound = new WeakSet<object>()
  readonly #restoreRoot = flattenRoot()

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    entered: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    if (thisArg === undefined && args.length === 0) return this.#storage.run(entered, fn as () => ReturnType<F>)
    return this.#storage.run(entered, callWith<A, F>, fn, thisArg, args)
  }

  attach(entered: Context): ContextManagementToken {
    const before = this.active()
    let isOver = false
    this.#storage.enterWith(entered)
    return {
      dispose: () => {
        if (!isOver) this.#storage.enterWith(before)
        isOver = true
      },
    }
  }

  bind<T>(entered: Context, target: T): T {
    if (target instanceof EventEmitter) return this.#bindEmitter(entered, target) as T
    return typeof target === 'function'
      ? (this.#bindFunction(entered, target as (...args: unknown[]) => unknown) as T)
      : target
  }

  enable(): this {
    return this
  }

  disable(): this {
    this.#storage.disable()
    this.#restoreRoot()
    return this
  }

  #bindFunction(entered: Context, target: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
    const storage = this.#storage
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return storage.run(entered, () => target.apply(this, args))
    }
    Object.defineProperty(bound, 'length', { value: target.length, configurable: true })
    return bound
  }

  /** Has every listener that is added from now on run in the context; one that is removed is still found. */
  #bindEmitter(entered: Context, emitter: EventEmitter): EventEmitter {
    if (this.#bound.has(emitter)) return emitter
    this.#bound.add(emitter)
    const bindings = new WeakMap<object, (...args: unknown[]) => unknown>()
    // `once` calls `on`: bound twice, a listener could not be found any more to be removed.
    let isAdding = false
    type Listener = (...args: unknown[]) => unknown
    type Method = (event: string | symbol, listener: Listener) => unknown
    for (const name of ADD) {
      const original = emitter[name] as Method
      const add: Method = (event, listener) => {
        if (isAdding || typeof listener !== 'function') return original.call(emitter, event, listener)
        const binding = bindings.get(listener) ?? Object.assign(this.#bindFunction(entered, listener), { listener })
        bindings.set(listener, binding)
        isAdding = true
        try {
          return original.call(emitter, event, binding)
        } finally {
          isAdding = false
        }
      }
      Object.defineProperty(emitter, name, { value: add, configurable: true, writable: true })
    }
    for (const name of REMOVE) {
      const original = emitter[name] as Method
      const remove: Method = (event, listener) => original.call(emitter, event, bindings.get(listener) ?? listener)
      Object.defineProperty(emitter, name, { value: remove, configurable: true, writable: true })
    }
    return emitter
  }
}
