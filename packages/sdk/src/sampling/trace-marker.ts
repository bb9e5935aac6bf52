import type { TraceState } from '@opentelemetry/api'
import type { EncodedHeader, SpanRecord } from '@plutus/otlp'
import { markKeep } from './marks.ts'
import { HEAD, TraceFate } from './trace-fate.ts'

/** Turns a span into bytes. */
export type WriteSpan = (span: SpanRecord, scope: EncodedHeader) => void

interface WaitingSpan {
  readonly span: SpanRecord
  readonly fate: TraceFate
  readonly scope: EncodedHeader
}

// What one turn of the event loop may end; more are not held back.
const MAX_WAITING = 1_000
// As Node made it: a test of the application may replace it.
const { setImmediate } = globalThis

/**
 * Says on spans that their trace is kept, for a collector that samples by spans and sees no log records.
 *
 * Spans that end after the record say so. Roots wait for the end of the turn of the event loop in which they ended, since an application
 * tells what became of a request when its answer is finished, and so is its span.
 */
export class TraceMarker {
  readonly #write: WriteSpan
  #waiting: WaitingSpan[] = []

  constructor(write: WriteSpan) {
    this.#write = write
  }

  /** Makes the fate that all spans of a trace share in this process. */
  startTrace(traceState: TraceState | undefined): TraceFate {
    return new TraceFate(0, 0, 'sent', traceState)
  }

  /** Keeps the trace of a span; one that is kept by its head says so already. */
  keep(fate: TraceFate | undefined): void {
    if (fate !== undefined && fate !== HEAD) fate.isMarked = true
  }

  /** Takes a span that has ended. */
  endSpan(span: SpanRecord, fate: TraceFate, isLocalRoot: boolean, scope: EncodedHeader): void {
    if (!isLocalRoot || fate.isMarked) {
      this.#send(span, fate, scope)
      return
    }
    const length = this.#waiting.push({ span, fate, scope })
    if (length === 1) setImmediate(() => this.settle()).unref()
    if (length >= MAX_WAITING) this.settle()
  }

  /** Turns what waits into bytes. */
  settle(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { span, fate, scope } of waiting) this.#send(span, fate, scope)
  }

  #send(span: SpanRecord, fate: TraceFate, scope: EncodedHeader): void {
    if (fate.isMarked) markKeep(span)
    this.#write(span, scope)
  }
}
