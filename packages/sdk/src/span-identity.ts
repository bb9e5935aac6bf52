import type { SpanContext, TraceState } from '@opentelemetry/api'
import type { SpanId, TraceId } from '@plutus/otlp'
import type { TraceFate } from './sampling/trace-fate.ts'

const WORDS_IN_POOL = 1_024
// Signed, since an engine holds such words without a box for each.
const pool = new Int32Array(WORDS_IN_POOL)
let at = WORDS_IN_POOL

/** The ids of a span: words until somebody asks for text, since most spans are never asked. */
export class SpanIdentity {
  readonly traceId: TraceId
  readonly spanId: SpanId
  readonly traceFlags: number
  readonly traceState: TraceState | undefined
  /** The trace id as text, once it is known. */
  traceText: string | undefined
  /** What becomes of the trace, where that is not known before it ends. */
  readonly fate: TraceFate | undefined
  #context: SpanContext | undefined

  constructor(
    traceId: TraceId,
    spanId: SpanId,
    traceFlags: number,
    traceState: TraceState | undefined,
    traceText: string | undefined,
    fate?: TraceFate,
  ) {
    this.traceId = traceId
    this.spanId = spanId
    this.traceFlags = traceFlags
    this.traceState = traceState
    this.traceText = traceText
    this.fate = fate
  }

  /** The ids as the API wants them: hexadecimal text. */
  toContext(): SpanContext {
    return (this.#context ??= {
      traceId: (this.traceText ??= toHex(this.traceId)),
      spanId: toHex(this.spanId),
      traceFlags: this.traceFlags,
      ...(this.traceState === undefined ? undefined : { traceState: this.traceState }),
    })
  }
}

/** Draws a trace id: 128 random bits, never all zero. */
export function drawTraceId(): TraceId {
  return [draw() | 1, draw(), draw(), draw()]
}

/** Draws a span id: 64 random bits, never all zero. */
export function drawSpanId(): SpanId {
  return [draw() | 1, draw()]
}

/** Reads an id of hexadecimal digits into its words; `undefined` for what is none, such as zeros alone. */
export function readHex(text: string, words: 2 | 4): number[] | undefined {
  if (text.length !== words * 8) return undefined
  const id: number[] = []
  let any = 0
  for (let at = 0; at < text.length;) {
    let word = 0
    for (const end = at + 8; at < end; at++) {
      const code = text.charCodeAt(at)
      // A digit, or a letter of either case.
      const digit = code < 58 ? code - 48 : (code | 32) - 87
      if (digit < 0 || digit > 15 || (code >= 58 && digit < 10)) return undefined
      word = (word << 4) | digit
    }
    any |= word
    id.push(word)
  }
  return any === 0 ? undefined : id
}

const MAX_ID_BYTES = 16
const idBytes = Buffer.alloc(MAX_ID_BYTES)
const idView = new DataView(idBytes.buffer, idBytes.byteOffset, MAX_ID_BYTES)

/** Writes an id as lower-case hexadecimal digits. */
export function toHex(id: TraceId | SpanId): string {
  if (typeof id === 'string') return id
  for (let i = 0; i < id.length; i++) idView.setInt32(i * 4, id[i] as number)
  return idBytes.toString('hex', 0, id.length * 4)
}

/** 32 random bits. */
function draw(): number {
  if (at === WORDS_IN_POOL) {
    crypto.getRandomValues(pool)
    at = 0
  }
  return pool[at++] as number
}
