import { assembleRequest, decodeMetricsRequest, findRecordEnd, layOutRequest } from '@plutus/otlp'
import type { BufferPool, DecodedMetric, EncodedHeader, ScopeRecords } from '@plutus/otlp'
import type { RecordBatch } from '../record-buffer.ts'
import type { ThreadPlace } from '../spool/thread-account.ts'
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
  /** Spans, log records or data points in it. */
  readonly records: number
  /** What the records come from, where that is not what the pipeline tells of all. */
  readonly resource?: EncodedHeader
  /** The number under which the spool has all of it on disk. */
  readonly ticket?: number
  /** Where all of it is on disk, if a worker thread has put it there. */
  readonly place?: ThreadPlace
}

/** Records of one scope that stand beside one another in a batch. */
export interface PackedRun {
  /** Index in `scopes`. */
  readonly scope: number
  readonly start: number
  readonly end: number
}

const NUMBERS_PER_RUN = 3
// Each part of a request is written by itself: many short ones cost more than their copy.
const MAX_SHARED_RUNS = 16
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

/** Bytes of the records of a batch, as they are sent. */
export function recordBytesOf(batch: PackedBatch): number {
  let bytes = 0
  for (const { start, end } of runsOf(batch)) bytes += end - start
  return bytes
}

/** Puts the records of a batch into one export request, those of a scope together and in their order. */
export function assemblePacked(resource: EncodedHeader, batch: PackedBatch): Uint8Array {
  return assembleRequest(batch.resource ?? resource, scopesOf(batch))
}

/** The same request in a few parts, which share the memory of the batch where that spares a copy. */
export function layOutPacked(resource: EncodedHeader, batch: PackedBatch): readonly Uint8Array[] {
  if (batch.runs.length > MAX_SHARED_RUNS * NUMBERS_PER_RUN) return [assemblePacked(resource, batch)]
  return layOutRequest(batch.resource ?? resource, scopesOf(batch))
}

function scopesOf({ bytes, scopes, runs }: PackedBatch): ScopeRecords[] {
  const parts = scopes.map((): Uint8Array[] => [])
  for (let at = 0; at < runs.length; at += NUMBERS_PER_RUN) {
    parts[runs[at] as number]?.push(bytes.subarray(runs[at + 1], runs[at + 2]))
  }
  // The part of a batch has scopes of the others too.
  return scopes.flatMap((scope, i) => (parts[i]?.length === 0 ? [] : { scope, parts: parts[i] as Uint8Array[] }))
}

/** Divides a batch into two of about as many records, which share its memory; none if there are no two in it. */
export function divideBatch(batch: PackedBatch): readonly PackedBatch[] {
  let total = 0
  for (const _record of recordsOf(batch)) total++
  return total < 2 ? [] : cutBatch(batch, (records) => records * 2 >= total)
}

/**
 * Cuts a batch into parts, in the order of its records, which share its memory.
 *
 * @param isFull tells of a part with so many records and bytes whether another one begins after it.
 */
export function cutBatch(batch: PackedBatch, isFull: (records: number, bytes: number) => boolean): PackedBatch[] {
  const parts: PackedBatch[] = []
  let runs: number[] = []
  let records = 0
  let bytes = 0
  const close = (): void => {
    if (records > 0) parts.push(withRuns(batch, runs, records))
    runs = []
    records = 0
    bytes = 0
  }
  for (const { scope, start, end } of recordsOf(batch)) {
    const at = runs.length - NUMBERS_PER_RUN
    if (runs[at] === scope && runs[at + 2] === start) runs[at + 2] = end
    else runs.push(scope, start, end)
    records++
    bytes += end - start
    if (isFull(records, bytes)) close()
  }
  close()
  return parts
}

/** Lists the runs of a batch, in the order of its records. */
export function* runsOf({ runs }: PackedBatch): Iterable<PackedRun> {
  for (let at = 0; at < runs.length; at += NUMBERS_PER_RUN) {
    const [scope = 0, start = 0, end = 0] = runs.subarray(at, at + NUMBERS_PER_RUN)
    yield { scope, start, end }
  }
}

function* recordsOf(batch: PackedBatch): Iterable<PackedRun> {
  for (const { scope, start: first, end: last } of runsOf(batch)) {
    for (let start = first; start < last;) {
      const end = findRecordEnd(batch.bytes, start)
      if (end === -1) break
      yield { scope, start, end }
      start = end
    }
  }
}

function withRuns(batch: PackedBatch, runs: readonly number[], records: number): PackedBatch {
  const part = { ...batch, runs: Uint32Array.from(runs), records }
  return batch.signal === 'metrics' ? { ...part, records: countPoints(part) } : part
}

const NOTHING = new Uint8Array(0)
// What is decoded was encoded in this process, within its limits.
const UNBOUNDED = { maxBytes: Infinity, maxElements: Infinity }

/** A record of metrics is an instrument, which may have any number of points. */
function countPoints(batch: PackedBatch): number {
  const decoded = decodeMetricsRequest(assemblePacked(NOTHING, { ...batch, resource: NOTHING }), UNBOUNDED)
  if (!decoded.ok) return 0
  let count = 0
  for (const { scopeMetrics } of decoded.value.resourceMetrics) {
    for (const { metrics } of scopeMetrics) for (const metric of metrics) count += pointsOf(metric)
  }
  return count
}

function pointsOf({ gauge, sum, histogram }: DecodedMetric): number {
  return (gauge ?? sum ?? histogram)?.dataPoints.length ?? 0
}
