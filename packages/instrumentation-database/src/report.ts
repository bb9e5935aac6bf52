import { trace } from '@opentelemetry/api'
import type { Attributes, Context, Histogram, Span } from '@opentelemetry/api'
import { ATTR_DB_RESPONSE_STATUS_CODE, ATTR_ERROR_TYPE } from './attributes.ts'
import type { Command } from './command.ts'
import type { Failure } from './failure.ts'

/** One finished database operation, told whether its span was sampled or not. */
export interface DatabaseOperation {
  /** `db.system.name`, for example `postgresql`. */
  readonly system: string
  /** `db.operation.name`, for example `SELECT`. */
  readonly operation: string | undefined
  /** `db.collection.name`: the table, if there is exactly one. */
  readonly collection: string | undefined
  /** `db.namespace`: the database. */
  readonly namespace: string | undefined
  /** The text as the application gave it, cut at 4,096 characters; holds values if the application put them there. */
  readonly queryText: string | undefined
  readonly serverAddress: string | undefined
  readonly serverPort: number | undefined
  readonly durationSeconds: number
  /** `error.type`; `undefined` if the operation succeeded. */
  readonly errorType: string | undefined
  /** `db.response.status_code`: what the database answered to a failed operation. */
  readonly statusCode: string | undefined
  /** What the driver reported; `undefined` if the operation succeeded. Its message may hold values. */
  readonly error: unknown
  /** Rows that came back, where the driver tells. */
  readonly rows: number | undefined
  /** The context of the operation, with its span. */
  readonly context: Context
}

/** Hears of each operation once, when it is finished. What it throws is dropped. */
export type OperationListener = (operation: DatabaseOperation) => void

/** Where finished operations go. */
export interface Recorder {
  /** `undefined` where the upstream instrumentation measures itself. */
  readonly duration: Histogram | undefined
  readonly onOperation: OperationListener | undefined
}

/** What is known of an operation at its end. */
export interface Outcome {
  readonly command: Command
  readonly failure: Failure | undefined
  readonly error: unknown
  readonly rows: number | undefined
  /** When it began, on the clock of `performance.now()`. */
  readonly startMillis: number
  readonly parent: Context
  readonly span: Span
}

/** Measures a finished operation and tells the listener. */
export function report(recorder: Recorder, outcome: Outcome): void {
  const { duration, onOperation } = recorder
  const { command, failure, parent, span, startMillis } = outcome
  const seconds = Math.max(0, performance.now() - startMillis) / 1000
  if (duration !== undefined) {
    const { metricAttributes } = command
    const attributes = failure === undefined ? metricAttributes : { ...metricAttributes, ...failureAttributes(failure) }
    duration.record(seconds, attributes, span.isRecording() ? trace.setSpan(parent, span) : parent)
  }
  if (onOperation !== undefined) onOperation(new FinishedOperation(outcome, seconds))
}

class FinishedOperation implements DatabaseOperation {
  readonly durationSeconds: number
  readonly #outcome: Outcome

  constructor(outcome: Outcome, durationSeconds: number) {
    this.#outcome = outcome
    this.durationSeconds = durationSeconds
  }

  get system(): string {
    return this.#outcome.command.server.system
  }

  get operation(): string | undefined {
    return this.#outcome.command.words.operation
  }

  get collection(): string | undefined {
    return this.#outcome.command.words.collection
  }

  get namespace(): string | undefined {
    return this.#outcome.command.server.namespace
  }

  get queryText(): string | undefined {
    return this.#outcome.command.words.queryText
  }

  get serverAddress(): string | undefined {
    return this.#outcome.command.server.address
  }

  get serverPort(): number | undefined {
    return this.#outcome.command.server.port
  }

  get errorType(): string | undefined {
    return this.#outcome.failure?.type
  }

  get statusCode(): string | undefined {
    return this.#outcome.failure?.statusCode
  }

  get error(): unknown {
    return this.#outcome.error
  }

  get rows(): number | undefined {
    return this.#outcome.rows
  }

  get context(): Context {
    return trace.setSpan(this.#outcome.parent, this.#outcome.span)
  }
}

/** Attributes that a failure adds to span and measurement. */
export function failureAttributes({ type, statusCode }: Failure): Attributes {
  return {
    [ATTR_ERROR_TYPE]: type,
    ...(statusCode === undefined ? {} : { [ATTR_DB_RESPONSE_STATUS_CODE]: statusCode }),
  }
}
