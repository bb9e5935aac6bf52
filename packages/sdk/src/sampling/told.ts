import { createTraceState } from '@opentelemetry/api'
import type { TraceState } from '@opentelemetry/api'

// The member of a tracestate by which services with Plutus tell one another what becomes of a trace.
const MEMBER = 'plutus'

/**
 * What the tracestate of a parent tells. `head`: every span of the trace is kept, and carries the mark that says so;
 * `keep`: the trace is kept; `tail`: it is kept where it turns out to matter.
 */
export type Told = 'head' | 'keep' | 'tail'

/** Reads what a tracestate tells; `undefined` if nothing. */
export function readTold(traceState: TraceState | undefined): Told | undefined {
  let told: string | undefined
  try {
    told = traceState?.get(MEMBER)
  } catch {
    return undefined // an object of somebody else
  }
  return told === 'head' || told === 'keep' || told === 'tail' ? told : undefined
}

/** Adds `keep` or `tail` to what others have told. */
export function tell(traceState: TraceState | undefined, told: 'keep' | 'tail'): TraceState {
  if (traceState === undefined) return told === 'keep' ? KEEP : TAIL
  return traceState.get(MEMBER) === told ? traceState : traceState.set(MEMBER, told)
}

/** Tells that a trace which begins here is kept, and the `th` of OpenTelemetry's probability sampling, where it is known. */
export function tellHead(threshold: string | undefined): TraceState {
  return new WrittenTraceState(`${MEMBER}=head${threshold === undefined ? '' : `,ot=th:${threshold}`}`)
}

/** A tracestate whose text is there: each span writes it, and hardly anybody reads it. */
class WrittenTraceState implements TraceState {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  get(key: string): string | undefined {
    return createTraceState(this.#text).get(key)
  }

  set(key: string, value: string): TraceState {
    return createTraceState(this.#text).set(key, value)
  }

  unset(key: string): TraceState {
    return createTraceState(this.#text).unset(key)
  }

  serialize(): string {
    return this.#text
  }
}

const KEEP = new WrittenTraceState(`${MEMBER}=keep`)
const TAIL = new WrittenTraceState(`${MEMBER}=tail`)
