import { assembleRequest } from '@plutus/otlp'
import type { BufferPool, ByteBuffer, EncodedHeader, ScopeRecords } from '@plutus/otlp'

/** Records of one scope that stand beside one another in a buffer. */
export interface Run {
  readonly scope: EncodedHeader
  readonly start: number
  end: number
  records: number
}

/** A buffer that is full, or old enough, with what it holds. */
export interface RecordBatch {
  readonly buffer: ByteBuffer
  readonly runs: readonly Run[]
  /** Spans, log records or data points in it. */
  readonly records: number
}

/** Bounds of a batch. */
export interface RecordBufferOptions {
  readonly pool: BufferPool
  /** Bytes from which a batch is handed over. */
  readonly maxBytes: number
  /** Records at which a batch is handed over. */
  readonly maxRecords: number
  /** Milliseconds after its first record at which a batch is handed over. */
  readonly delayMillis: number
  readonly onBatch: (batch: RecordBatch) => void
  /** Sees each record, from `start` to the position of the buffer, before anything else happens to it. */
  readonly onRecord?: ((scope: EncodedHeader, buffer: ByteBuffer, start: number) => void) | undefined
}

/** Gathers the encoded records of one signal until they make a batch. */
export class RecordBuffer {
  readonly #options: RecordBufferOptions
  #buffer: ByteBuffer | undefined
  #runs: Run[] = []
  #records = 0
  #timer: NodeJS.Timeout | undefined
  #isEager = false

  constructor(options: RecordBufferOptions) {
    this.#options = options
  }

  /** Buffer that the next record is encoded into, at its position. */
  open(): ByteBuffer {
    return (this.#buffer ??= this.#options.pool.acquire())
  }

  /** Takes the record that was encoded from `start` on; `items` are what is counted of it: the points of a metric. */
  close(scope: EncodedHeader, start: number, items = 1): void {
    const buffer = this.open()
    const end = buffer.position
    this.#options.onRecord?.(scope, buffer, start)
    const last = this.#runs[this.#runs.length - 1]
    if (last?.scope === scope && last.end === start) {
      last.end = end
      last.records += items
    } else this.#runs.push({ scope, start, end, records: items })
    this.#records += items
    if (this.#isEager || end >= this.#options.maxBytes || this.#records >= this.#options.maxRecords) this.flush()
    // Fired on time or never: it must not keep the process alive.
    else this.#timer ??= setTimeout(() => this.flush(), this.#options.delayMillis).unref()
  }

  /** Records that wait. */
  get records(): number {
    return this.#records
  }

  /** From now on hands over each record at once: no timer fires any more. */
  handOverEach(): void {
    this.#isEager = true
    this.flush()
  }

  /** Hands over what is there. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#buffer === undefined || this.#records === 0) return
    const batch: RecordBatch = { buffer: this.#buffer, runs: this.#runs, records: this.#records }
    this.#buffer = undefined
    this.#runs = []
    this.#records = 0
    this.#options.onBatch(batch)
  }
}

/** Puts the records of a batch into one export request, those of a scope together and in their order. */
export function assembleBatch(resource: EncodedHeader, { buffer, runs }: RecordBatch): Uint8Array {
  const byScope = new Map<EncodedHeader, Uint8Array[]>()
  for (const { scope, start, end } of runs) {
    const part = buffer.bytes.subarray(start, end)
    const parts = byScope.get(scope)
    if (parts === undefined) byScope.set(scope, [part])
    else parts.push(part)
  }
  const scopes: ScopeRecords[] = [...byScope].map(([scope, parts]) => ({ scope, parts }))
  return assembleRequest(resource, scopes)
}
