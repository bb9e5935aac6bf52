import { assembleRequest } from '@plutus/otlp'
import type { BufferPool, EncodedHeader } from '@plutus/otlp'
import type { RecordBatch } from '../record-buffer.ts'
import type { Signal } from './settings.ts'

/** A batch of encoded records in a form that another thread can be given. */
export interface PackedBatch {
  readonly signal: Signal
  /** Whether it holds records of a durable class, which are dropped last. */
  readonly isDurable: boolean
  /** Memory with the records; it is as large as a buffer of the pool, or holds nothing else. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly scopes: readonly EncodedHeader[]
  /** For each run of records of one scope: its index in `scopes`, its start and its end in `bytes`. */
  readonly runs: Uint32Array
  readonly records: number
  /** What the records come from, where that is not what the pipeline tells of all. */
  readonly resource?: EncodedHeader
}

const NUMBERS_PER_RUN = 3
// What a batch takes beside its bytes, roughly.
const OVERHEAD_BYTES = 1024

/** Packs a batch. Records that fill less than half of their buffer are copied, and the buffer goes back to the pool. */
export function packBatch(
  { buffer, runs, records }: RecordBatch,
  { signal, isDurable, pool }: { readonly signal: Signal; readonly isDurable: boolean; readonly pool: BufferPool },
): PackedBatch {
  const scopes: EncodedHeader[] = []
  const indexes = new Map<EncodedHeader, number>()
  const numbers = new Uint32Array(runs.length * NUMBERS_PER_RUN)
  runs.forEach(({ scope, start, end }, i) => {
    let index = indexes.get(scope)
    if (index === undefined) {
      index = scopes.length
      indexes.set(scope, index)
      scopes.push(scope)
    }
    numbers.set([index, start, end], i * NUMBERS_PER_RUN)
  })
  const isSmall = buffer.position * 2 < buffer.bytes.length
  const bytes = isSmall ? Uint8Array.from(buffer.written()) : new Uint8Array(buffer.view.buffer as ArrayBuffer)
  if (isSmall) pool.release(buffer)
  return { signal, isDurable, bytes, scopes, runs: numbers, records }
}

/** Memory that a batch takes while it waits, in bytes. */
export function sizeOf({ bytes }: PackedBatch): number {
  return bytes.byteLength + OVERHEAD_BYTES
}

/** Puts the records of a batch into one export request, those of a scope together and in their order. */
export function assemblePacked(
  resource: EncodedHeader,
  { bytes, scopes, runs, resource: own }: PackedBatch,
): Uint8Array {
  const parts = scopes.map((): Uint8Array[] => [])
  for (let at = 0; at < runs.length; at += NUMBERS_PER_RUN) {
    parts[runs[at] as number]?.push(bytes.subarray(runs[at + 1], runs[at + 2]))
  }
  return assembleRequest(
    own ?? resource,
    scopes.map((scope, i) => ({ scope, parts: parts[i] as Uint8Array[] })),
  )
}
