import { SpanStatusCode, diag, trace } from '@opentelemetry/api'
import type { Context, Span } from '@opentelemetry/api'
import { ATTR_DB_RESPONSE_RETURNED_ROWS } from './attributes.ts'
import { describeCommand } from './command.ts'
import type { Command, CommandWords } from './command.ts'
import { describeFailure } from './failure.ts'
import type { Failure } from './failure.ts'
import { layerOf } from './layers.ts'
import { quietly } from './quietly.ts'
import { failureAttributes, report } from './report.ts'
import type { Recorder } from './report.ts'

/** What an operation is started with. */
export interface OperationStart {
  readonly command: Command
  readonly span: Span
  readonly parent: Context
  /** On the clock of `performance.now()`. */
  readonly startMillis: number
  /** On the clock of `Date.now()`; set if the span was started later than that, so that it ends on the same clock. */
  readonly wallStartMillis: number | undefined
  /** `failures`: it is no command, so only its failure is measured and told. */
  readonly measured: 'always' | 'failures'
}

const MAX_CAUSES = 4
const reportedErrors = new WeakSet()

/** Whether an operation has failed with this very error, or with one that it was made from. */
export function isReported(error: unknown): boolean {
  let current = error
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth += 1) {
    if (reportedErrors.has(current)) return true
    current = (current as { readonly cause?: unknown }).cause
  }
  return false
}

/** One operation, from its call to its outcome. The first outcome counts. No method throws. */
export class Operation {
  readonly #recorder: Recorder
  readonly #start: OperationStart
  #command: Command
  #isOver = false

  constructor(recorder: Recorder, start: OperationStart) {
    this.#recorder = recorder
    this.#start = start
    this.#command = start.command
  }

  /** The context in which the operation was started. */
  get parent(): Context {
    return this.#start.parent
  }

  /** The parent context with the span of this operation. */
  get context(): Context {
    return trace.setSpan(this.#start.parent, this.#start.span)
  }

  /** Says what it does, if that was not known at the start. */
  describe(words: CommandWords): void {
    quietly(() => {
      this.#command = describeCommand(this.#command.server, words)
      const { span } = this.#start
      if (this.#isOver || !span.isRecording()) return
      span.updateName(this.#command.name)
      span.setAttributes({ ...this.#command.spanAttributes })
    })
  }

  /** Ends it well. */
  succeed(rows?: number): void {
    this.#end(undefined, undefined, rows)
  }

  /** Ends it with what the driver reported. */
  fail(error: unknown): void {
    if (this.#isOver) return
    if (typeof error === 'object' && error !== null) reportedErrors.add(error)
    const failure = describeFailure(this.#command.server.system, error)
    const layer = layerOf(this.#start.parent)
    if (layer !== undefined) layer.failure = failure
    this.#end(failure, error, undefined)
  }

  #end(failure: Failure | undefined, error: unknown, rows: number | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    const { span, parent, startMillis, measured } = this.#start
    try {
      const isMeasured = failure !== undefined || measured === 'always'
      if (isMeasured) {
        report(this.#recorder, { command: this.#command, failure, error, rows, startMillis, parent, span })
      }
      if (span.isRecording()) {
        if (rows !== undefined) span.setAttribute(ATTR_DB_RESPONSE_RETURNED_ROWS, rows)
        if (failure !== undefined) failSpan(span, failure)
      }
    } catch (error) {
      diag.debug('recording a database operation failed', error)
    }
    quietly(() => this.#endSpan())
  }

  #endSpan(): void {
    const { span, startMillis, wallStartMillis } = this.#start
    if (wallStartMillis === undefined) span.end()
    else span.end(wallStartMillis + (performance.now() - startMillis))
  }
}

/** Makes a span one of a failed operation. */
export function failSpan(span: Span, failure: Failure): void {
  const { message } = failure
  span.setAttributes(failureAttributes(failure))
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) })
}
