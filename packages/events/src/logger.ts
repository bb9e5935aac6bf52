import { copyFields } from './copy-fields.ts'
import { emit, isRecording } from './emit.ts'
import { isError } from './is-error.ts'
import type { Fields } from './scope.ts'
import { levelOf } from './settings.ts'
import { SEVERITY_NUMBER, thresholdOf } from './severity.ts'
import type { Severity } from './severity.ts'
import { toLabel } from './to-label.ts'

/** Records structured messages of one module; each method takes a message and fields, or an error in their place. */
export interface Logger {
  /** Name by which `PLUTUS_LOG_LEVELS` finds the logger, and instrumentation scope of its records. */
  readonly name: string
  debug(message: string | Error, fields?: Readonly<Fields> | Error): void
  info(message: string | Error, fields?: Readonly<Fields> | Error): void
  warn(message: string | Error, fields?: Readonly<Fields> | Error): void
  error(message: string | Error, fields?: Readonly<Fields> | Error): void
  fatal(message: string | Error, fields?: Readonly<Fields> | Error): void
  /** Whether a record of this severity would be recorded, to spare the making of costly fields. */
  enabled(severity: Severity): boolean
  /** A logger of the same name with more fields bound to it; the nearer value wins. */
  child(fields: Readonly<Fields>): Logger
}

/**
 * Gives the logger of a module. Its level is that of its name in `PLUTUS_LOG_LEVELS`, else `LOG_LEVEL`.
 *
 * An error passed as message, as fields, or under any key becomes `exception.*` with its causes and its provider's
 * code. Nothing that is passed makes a method throw.
 *
 * @example getLogger('payments').info('Payment processed', { 'payment.id': payment.id })
 */
export function getLogger(name: string): Logger {
  return new BoundLogger(name, undefined)
}

class BoundLogger implements Logger {
  readonly name: string
  readonly #bound: Fields | undefined
  readonly #threshold: number

  constructor(name: string, bound: Fields | undefined) {
    this.name = typeof name === 'string' ? name : toLabel(name)
    this.#bound = bound
    this.#threshold = thresholdOf(levelOf(this.name))
  }

  debug(message: string | Error, fields?: Readonly<Fields> | Error): void {
    this.#record('debug', message, fields)
  }

  info(message: string | Error, fields?: Readonly<Fields> | Error): void {
    this.#record('info', message, fields)
  }

  warn(message: string | Error, fields?: Readonly<Fields> | Error): void {
    this.#record('warn', message, fields)
  }

  error(message: string | Error, fields?: Readonly<Fields> | Error): void {
    this.#record('error', message, fields)
  }

  fatal(message: string | Error, fields?: Readonly<Fields> | Error): void {
    this.#record('fatal', message, fields)
  }

  enabled(severity: Severity): boolean {
    if (typeof severity !== 'string') return false
    return SEVERITY_NUMBER[severity] >= this.#threshold && isRecording(this.name, severity)
  }

  child(fields: Readonly<Fields>): Logger {
    return new BoundLogger(this.name, { ...this.#bound, ...copyFields(fields) })
  }

  #record(severity: Severity, message: unknown, fields: Readonly<Fields> | Error | undefined): void {
    if (SEVERITY_NUMBER[severity] < this.#threshold) return
    const error = isError(message) ? message : isError(fields) ? fields : undefined
    emit({
      logger: this.name,
      severity,
      body: typeof message === 'string' ? message : describe(message),
      bound: this.#bound,
      fields: isError(fields) ? undefined : fields,
      error,
    })
  }
}

function describe(message: unknown): string {
  try {
    return String(isError(message) ? message.message : message)
  } catch {
    return '[unreadable]'
  }
}
