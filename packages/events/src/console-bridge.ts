import { format } from 'node:util'
import { emit } from './emit.ts'
import { isError } from './is-error.ts'
import { levelOf } from './settings.ts'
import { SEVERITY_NUMBER, thresholdOf } from './severity.ts'
import type { Severity } from './severity.ts'

type ConsoleMethod = 'debug' | 'log' | 'info' | 'warn' | 'error'

const SEVERITY_OF: Readonly<Record<ConsoleMethod, Severity>> = {
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
}

const LOGGER = 'console'
const BRIDGED = Symbol.for('plutus.events.console')
let recording = false

/**
 * Records what the application writes with `console` as log records too, tied to the trace; what is printed stays as
 * it was. Returns a function that ends it. A second call does nothing. The level is that of the logger `console`.
 *
 * @example const stop = bridgeConsole()
 */
export function bridgeConsole(target: Console = console): () => void {
  const marked = target as Console & { [BRIDGED]?: true }
  if (marked[BRIDGED] === true) return () => undefined
  marked[BRIDGED] = true
  const undo = (Object.keys(SEVERITY_OF) as ConsoleMethod[]).map((method) => bridgeMethod(target, method))
  return () => {
    for (const restore of undo) restore()
    delete marked[BRIDGED]
  }
}

function bridgeMethod(target: Console, method: ConsoleMethod): () => void {
  const original = target[method]
  const bridged = function (this: unknown, ...args: unknown[]): void {
    original.apply(this, args)
    record(SEVERITY_OF[method], args)
  }
  target[method] = bridged
  return () => {
    // Somebody may have wrapped it since; his wrapper stays.
    if (target[method] === bridged) target[method] = original
  }
}

function record(severity: Severity, args: readonly unknown[]): void {
  if (recording) return // an exporter that writes with `console` must not record itself
  recording = true
  try {
    if (SEVERITY_NUMBER[severity] < thresholdOf(levelOf(LOGGER))) return
    const error = args.find((arg) => isError(arg))
    emit({ logger: LOGGER, severity, body: describe(args), error })
  } finally {
    recording = false
  }
}

function describe(args: readonly unknown[]): string {
  try {
    return format(...args)
  } catch {
    return '[unreadable]'
  }
}
