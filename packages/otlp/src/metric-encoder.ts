import { putAttributes, type AttributeSources } from './attribute-writer.ts'
import type { ByteBuffer } from './byte-buffer.ts'
import type { EncodeSession } from './encode-session.ts'
import { NO_LIMIT } from './limits.ts'
import { isInt64 } from './scalar-writer.ts'
import { putTimeField, type UnixTime } from './unix-time.ts'
import { closeMessage, openMessage, putDoubleField, putVarintAt, putVarintField } from './wire-writer.ts'

/** What a metric is, and how it is read. */
interface MetricIdentity {
  readonly name: string
  readonly description?: string | undefined
  /** UCUM, such as `s` or `By`. */
  readonly unit?: string | undefined
}

/** Values that were last measured. */
export interface GaugeSnapshot extends MetricIdentity {
  readonly kind: 'gauge'
  readonly valueType: 'int' | 'double'
  readonly points: readonly NumberPoint[]
}

/** Values that were added up. */
export interface SumSnapshot extends MetricIdentity {
  readonly kind: 'sum'
  readonly valueType: 'int' | 'double'
  /** Whether points count from the last snapshot or from the start. */
  readonly temporality: 'delta' | 'cumulative'
  /** Whether the value only grows. */
  readonly monotonic: boolean
  readonly points: readonly NumberPoint[]
}

/** Values that were counted by range. */
export interface HistogramSnapshot extends MetricIdentity {
  readonly kind: 'histogram'
  /** Whether points count from the last snapshot or from the start. */
  readonly temporality: 'delta' | 'cumulative'
  readonly points: readonly HistogramPoint[]
}

/** State of one metric with all its points, as a meter collects it. */
export type MetricSnapshot = GaugeSnapshot | SumSnapshot | HistogramSnapshot

/** Value of a gauge or sum for one set of attributes. Attributes have no limit of number. */
export interface NumberPoint extends AttributeSources {
  readonly startTime?: UnixTime | undefined
  readonly time: UnixTime
  /** Under `valueType` `int` a value that is no integer of 64 bits is written as a double. */
  readonly value: number | bigint
}

/** State of a histogram for one set of attributes. Attributes have no limit of number. */
export interface HistogramPoint extends AttributeSources {
  readonly startTime?: UnixTime | undefined
  readonly time: UnixTime
  readonly count: number
  readonly sum?: number | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** Upper bounds of all buckets but the last, rising. */
  readonly bounds: ArrayLike<number>
  /** How many values fell into each bucket: one more than there are bounds. */
  readonly bucketCounts: ArrayLike<number>
}

const TAG_RECORD = 0x12
const TAG_POINT = 0x0a
const TAG_DATA = { gauge: 0x2a, sum: 0x3a, histogram: 0x4a }
// Bytes that lengths are taken to need; a point with few attributes has fewer than 128 bytes, one with buckets more.
const METRIC_LENGTH = 2
const NUMBER_POINT_LENGTH = 1
const HISTOGRAM_POINT_LENGTH = 2
const DELTA = 1
const CUMULATIVE = 2
const TWO_TO_32 = 0x1_0000_0000

/** Writes a metric with its points as one record of a scope; points that do not fit the record are dropped and counted. */
export function putMetric(s: EncodeSession, metric: MetricSnapshot): void {
  const { out } = s
  const content = openMessage(out, TAG_RECORD, METRIC_LENGTH)
  s.putText(0x0a, metric.name, 'metric.name')
  s.putText(0x12, metric.description, 'metric.description')
  s.putText(0x1a, metric.unit, 'metric.unit')
  const data = openMessage(out, TAG_DATA[metric.kind], METRIC_LENGTH)
  let written = 0
  for (const point of metric.points) {
    if (out.position >= s.end) break
    if (metric.kind === 'histogram') putHistogramPoint(s, point as HistogramPoint)
    else putNumberPoint(s, point as NumberPoint, metric.valueType === 'int')
    written++
  }
  s.lose('record_size', metric.points.length - written)
  if (metric.kind !== 'gauge') putVarintField(out, 0x10, metric.temporality === 'delta' ? DELTA : CUMULATIVE)
  if (metric.kind === 'sum' && metric.monotonic) putVarintField(out, 0x18, 1)
  closeMessage(out, data, METRIC_LENGTH)
  closeMessage(out, content, METRIC_LENGTH)
}

function putNumberPoint(s: EncodeSession, point: NumberPoint, asInt: boolean): void {
  const { out } = s
  const { value } = point
  const content = openMessage(out, TAG_POINT, NUMBER_POINT_LENGTH)
  putTimes(s, point)
  if (typeof value === 'bigint' ? asInt && BigInt.asIntN(64, value) === value : asInt && isInt64(value))
    putInt(out, 0x31, value)
  else putDoubleField(out, 0x21, Number(value))
  s.beginAttributes('metric.attribute', NO_LIMIT, NO_LIMIT)
  putAttributes(s, 0x3a, point.attributes, point.attributePairs, point.prepared, point.droppedAttributesCount)
  closeMessage(out, content, NUMBER_POINT_LENGTH)
}

function putHistogramPoint(s: EncodeSession, point: HistogramPoint): void {
  const { out } = s
  const { sum, min, max, bounds, bucketCounts } = point
  const content = openMessage(out, TAG_POINT, HISTOGRAM_POINT_LENGTH)
  putTimes(s, point)
  putCount(out, 0x21, point.count)
  if (sum !== undefined) putDoubleField(out, 0x29, sum)
  if (bucketCounts.length > 0) {
    putPackedTag(out, 0x32, bucketCounts.length)
    for (let i = 0; i < bucketCounts.length; i++) putUint64(out, bucketCounts[i] as number)
  }
  if (bounds.length > 0) {
    putPackedTag(out, 0x3a, bounds.length)
    for (let i = 0; i < bounds.length; i++, out.position += 8)
      out.view.setFloat64(out.position, bounds[i] as number, true)
  }
  s.beginAttributes('metric.attribute', NO_LIMIT, NO_LIMIT)
  putAttributes(s, 0x4a, point.attributes, point.attributePairs, point.prepared, point.droppedAttributesCount)
  if (min !== undefined) putDoubleField(out, 0x59, min)
  if (max !== undefined) putDoubleField(out, 0x61, max)
  closeMessage(out, content, HISTOGRAM_POINT_LENGTH)
}

function putTimes(s: EncodeSession, point: NumberPoint | HistogramPoint): void {
  const { startTime, time } = point
  if (startTime !== undefined && !putTimeField(s.out, 0x11, startTime)) s.lose('time_invalid')
  if (!putTimeField(s.out, 0x19, time)) s.lose('time_invalid')
}

function putInt(out: ByteBuffer, tag: number, value: number | bigint): void {
  out.reserve(9)
  out.bytes[out.position] = tag
  out.view.setBigInt64(out.position + 1, BigInt(value), true)
  out.position += 9
}

function putCount(out: ByteBuffer, tag: number, count: number): void {
  out.reserve(9)
  out.bytes[out.position++] = tag
  putUint64(out, count)
}

/** Starts a packed field of values of eight bytes, and makes room for them. */
function putPackedTag(out: ByteBuffer, tag: number, values: number): void {
  out.reserve(6 + values * 8)
  out.bytes[out.position] = tag
  out.position = putVarintAt(out.bytes, out.position + 1, values * 8)
}

function putUint64(out: ByteBuffer, count: number): void {
  out.view.setUint32(out.position, count % TWO_TO_32, true)
  out.view.setUint32(out.position + 4, Math.floor(count / TWO_TO_32), true)
  out.position += 8
}
