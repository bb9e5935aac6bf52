import type { EncodedHeader } from '@plutus/otlp'
import type { PackedBatch } from '@plutus/sdk'

/** A batch that its worker thread has on disk. */
export type PlacedBatch = PackedBatch & { readonly place: NonNullable<PackedBatch['place']> }

// A thread hands over each durable record by itself, since it may be ended at any moment; a request for each would cost
// far more than the record.
const GATHER_MILLIS = 100
const MAX_BYTES = 200 * 1024
// As Node made them: a test of the application may replace them.
const { setTimeout, clearTimeout } = globalThis

/** Gathers what threads have on disk anyway, and makes one batch of what stands beside one another there. */
export class PlacedBatches {
  readonly #onBatch: (batch: PackedBatch) => void
  readonly #threads = new Map<string, { batches: PlacedBatch[]; bytes: number }>()
  #timer: NodeJS.Timeout | undefined

  constructor(onBatch: (batch: PackedBatch) => void) {
    this.#onBatch = onBatch
  }

  /** Takes a batch. */
  add(batch: PlacedBatch): void {
    const { directory, start } = batch.place
    const known = this.#threads.get(directory)
    const isNext = known?.batches.at(-1)?.place.end === start && known.bytes + batch.bytes.length <= MAX_BYTES
    if (known !== undefined && isNext) {
      known.batches.push(batch)
      known.bytes += batch.bytes.length
    } else {
      if (known !== undefined) this.#onBatch(join(known.batches))
      this.#threads.set(directory, { batches: [batch], bytes: batch.bytes.length })
    }
    this.#timer ??= setTimeout(() => this.flush(), GATHER_MILLIS).unref()
  }

  /** Hands on what is there. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const all = [...this.#threads.values()]
    this.#threads.clear()
    for (const { batches } of all) this.#onBatch(join(batches))
  }
}

/** Makes one batch of those of one thread that stand beside one another on disk. */
function join(batches: readonly PlacedBatch[]): PackedBatch {
  const [first, last] = [batches[0] as PlacedBatch, batches.at(-1) as PlacedBatch]
  if (first === last) return first
  const bytes = new Uint8Array(batches.reduce((sum, batch) => sum + batch.bytes.length, 0))
  const scopes: EncodedHeader[] = []
  const runs: number[] = []
  let base = 0
  for (const batch of batches) {
    bytes.set(batch.bytes, base)
    for (let at = 0; at < batch.runs.length; at += 3) {
      const [scope = 0, start = 0, end = 0] = batch.runs.subarray(at, at + 3)
      runs.push(indexOf(scopes, batch.scopes[scope] as EncodedHeader), base + start, base + end)
    }
    base += batch.bytes.length
  }
  const records = batches.reduce((sum, batch) => sum + batch.records, 0)
  const place = { ...first.place, end: last.place.end }
  return { ...first, bytes, scopes, runs: Uint32Array.from(runs), records, place }
}

/** Where a scope stands among those that there are, at their end where it is new. */
function indexOf(scopes: EncodedHeader[], scope: EncodedHeader): number {
  const known = scopes.findIndex((one) => Buffer.compare(one, scope) === 0)
  return known === -1 ? scopes.push(scope) - 1 : known
}
