import type { TraceState } from '@opentelemetry/api'
import type { RingPart } from './trace-ring.ts'

/**
 * What becomes of the spans and records of a trace in this process:
 * `head`: sent, since the root of the trace said so; `sent`: sent as they come; `pending`: held until it is known;
 * `dropped`: judged, and gone.
 */
export type Verdict = 'head' | 'sent' | 'pending' | 'dropped'

/** One trace as far as this process takes part in it, however many of its spans are roots here. */
export class TraceFate {
  readonly key: number
  /** When this process met the trace, in milliseconds of the monotonic clock. */
  since: number
  verdict: Verdict
  /** What children and outbound calls are told. */
  traceState: TraceState | undefined
  /** Something happened for which the trace is kept everywhere: spans that end from now on say so. */
  isMarked = false
  /** It was held and then sent, so that what else comes of it is sent too. */
  isRemembered = false
  /** Something of it had been dropped before more came. */
  wasDropped = false
  /** Spans that have not ended. */
  open = 0
  /** Those of them whose parent is not in this process. */
  openRoots = 0
  /** Number of the tick in which nothing of it was open any more. */
  idleSince = -1
  /** What is held. */
  parts: RingPart[] = []

  constructor(key: number, since: number, verdict: Verdict, traceState: TraceState | undefined) {
    this.key = key
    this.since = since
    this.verdict = verdict
    this.traceState = traceState
  }
}

/** The fate of every trace that its root decided to keep: nothing of it belongs to one trace alone. */
export const HEAD: TraceFate = new TraceFate(0, 0, 'head', undefined)
