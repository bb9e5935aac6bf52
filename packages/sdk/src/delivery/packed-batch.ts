import { assembleRequest, decodeMetricsRequest, findRecordEnd } from '@plutus/otlp'
import type { BufferPool, DecodedMetric, EncodedHeader } from '@plutus/otlp'
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
  /** Spans, log records or data points in it. */
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

/** Divides a batch into two of about as many records, which share its memory; none if there are no two in it. */
export function divideBatch(batch: PackedBatch): readonly PackedBatch[] {
  const { bytes, runs } = batch
  const ends = listRecordEnds(bytes, runs)
  const total = ends.reduce((sum, { length }) => sum + length, 0)
  if (total < 2) return []
  const first: number[] = []
  const second: number[] = []
  let left = total >> 1
  ends.forEach((own, i) => {
    const [scope, start, end] = runs.subarray(i * NUMBERS_PER_RUN) as unknown as [number, number, number]
    const cut = left <= 0 ? start : (own[left - 1] ?? end)
    if (cut > start) first.push(scope, start, cut)
    if (cut < end) second.push(scope, cut, end)
    left -= own.length
  })
  const half = total >> 1
  return [withRuns(batch, first, half), withRuns(batch, second, total - half)]
}

/** For each run the ends of its records. */
function listRecordEnds(bytes: Uint8Array, runs: Uint32Array): number[][] {
  const ends: number[][] = []
  for (let at = 0; at < runs.length; at += NUMBERS_PER_RUN) {
    const last = runs[at + 2] as number
    const own: number[] = []
    for (let end = runs[at + 1] as number; end !== -1 && end < last;) {
      end = findRecordEnd(bytes, end)
      if (end !== -1) own.push(end)
    }
    ends.push(own)
  }
  return ends
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
