import { ByteBuffer, countRecords, createBufferPool, createEncoder, decodeLogsRequest } from '@plutus/otlp'
import { expect, it } from 'vitest'
import { RecordBuffer } from '../record-buffer.ts'
import type { RecordBatch } from '../record-buffer.ts'
import { assemblePacked, cutBatch, divideBatch, layOutPacked, packBatch } from './packed-batch.ts'

const encoder = createEncoder()
const resource = encoder.encodeResource({ attributes: { 'service.name': 'shop' } })
const scopes = ['a', 'b'].map((name) => encoder.encodeScope({ name }))

function gather(bodies: readonly string[], bufferBytes: number) {
  const pool = createBufferPool({ bufferBytes })
  const batches: RecordBatch[] = []
  const limits = { maxBytes: Infinity, maxRecords: Infinity, delayMillis: 60_000 }
  const records = new RecordBuffer({ pool, ...limits, onBatch: (batch) => batches.push(batch) })
  bodies.forEach((body, i) => {
    const out = records.open()
    const start = out.position
    encoder.encodeLogRecord(out, { body })
    records.close(scopes[i % 2] as Uint8Array, start)
  })
  records.flush()
  return { pool, batch: batches[0] as RecordBatch }
}

it.each([
  ['copied out of a buffer that they hardly fill', 100_000, 100_000],
  ['left in a buffer that they fill', 300, undefined],
])('carries records by scope and in their order, %s', (_how, bufferBytes, free) => {
  const bodies = ['1', '2', '3', '4', '5']
  const { pool, batch } = gather(bodies, bufferBytes)
  const packed = packBatch(batch, { signal: 'logs', isDurable: true, pool })
  expect(packed).toMatchObject({ signal: 'logs', isDurable: true, records: 5 })
  expect(packed.bytes.length < 1000).toBe(true)
  // The buffer is free again only where nothing of it is needed.
  expect(pool.acquire() === batch.buffer).toBe(free !== undefined)
  const decoded = decodeLogsRequest(assemblePacked(resource, packed))
  expect(decoded.ok).toBe(true)
  const groups = decoded.ok ? decoded.value.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs) : []
  expect(groups.map(({ scope, logRecords }) => [scope?.name, logRecords.length])).toEqual([
    ['a', 3],
    ['b', 2],
  ])
})

it('tells the resource of the thread that the records come from, where there is one', () => {
  const { pool, batch } = gather(['1'], 1000)
  const other = encoder.encodeResource({ attributes: { 'service.name': 'other' } })
  const request = assemblePacked(resource, {
    ...packBatch(batch, { signal: 'logs', isDurable: false, pool }),
    resource: other,
  })
  const decoded = decodeLogsRequest(request)
  const [from] = decoded.ok ? decoded.value.resourceLogs : []
  expect(from?.resource?.attributes[0]?.value).toMatchObject({ stringValue: 'other' })
  expect(countRecords(new ByteBuffer(8).written())).toBe(0)
})

it.each([
  [16, true],
  [17, false],
])('is a request in parts that share its memory, where it has %d runs of records: %s', (runs, isShared) => {
  const bodies = Array.from({ length: runs }, (_none, i) => String(i))
  const { pool, batch } = gather(bodies, 100_000)
  const packed = packBatch(batch, { signal: 'logs', isDurable: false, pool })
  const parts = layOutPacked(resource, packed)
  expect(parts.some(({ buffer }) => buffer === packed.bytes.buffer)).toBe(isShared)
  expect(Buffer.concat(parts).equals(assemblePacked(resource, packed))).toBe(true)
})

const LIMITS = { maxBytes: Infinity, maxElements: Infinity }

it.each([2, 3, 5, 8])('divides %d records of several scopes into two parts, in their order', (count) => {
  const bodies = Array.from({ length: count }, (_none, i) => String(i))
  const { pool, batch } = gather(bodies, 100_000)
  const packed = packBatch(batch, { signal: 'logs', isDurable: true, pool })
  const halves = divideBatch(packed)
  expect(halves.map(({ records, isDurable }) => [records, isDurable])).toEqual([
    [count - (count >> 1), true],
    [count >> 1, true],
  ])
  const found = halves.map((half) => {
    const decoded = decodeLogsRequest(assemblePacked(resource, half), LIMITS)
    const logs = decoded.ok ? decoded.value.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs) : []
    return logs.flatMap(({ logRecords }) => logRecords.map(({ body }) => Number(body?.stringValue)))
  })
  // Those of a scope stand together in a request.
  expect(found.flatMap((part) => part.sort((a, b) => a - b))).toEqual(bodies.map(Number))
})

it('divides long runs of one scope', () => {
  const { pool, batch } = gather(['1'], 100_000)
  const packed = packBatch(batch, { signal: 'logs', isDurable: false, pool })
  expect(divideBatch(packed)).toEqual([])
  const { start, end } = batch.runs[0] ?? { start: 0, end: 0 }
  const bytes = Uint8Array.from([1, 2, 3, 4, 5].flatMap(() => [...packed.bytes.subarray(start, end)]))
  const long = { ...packed, bytes, runs: Uint32Array.of(0, 0, bytes.length), records: 5 }
  expect(divideBatch(long).map(({ records, runs }) => [records, ...runs])).toEqual([
    [3, 0, 0, 3 * end],
    [2, 0, 3 * end, 5 * end],
  ])
})

it('counts the points of metrics, not the metrics', () => {
  const pool = createBufferPool()
  const batches: RecordBatch[] = []
  const limits = { maxBytes: Infinity, maxRecords: Infinity, delayMillis: 60_000 }
  const records = new RecordBuffer({ pool, ...limits, onBatch: (batch) => batches.push(batch) })
  const points = (count: number) =>
    Array.from({ length: count }, (_none, value) => ({ startTime: 1, time: 2, attributePairs: ['n', value], value }))
  for (const count of [3, 1, 2]) {
    const out = records.open()
    const start = out.position
    const dataPoints = points(count)
    encoder.encodeMetric(out, { kind: 'gauge', valueType: 'int', name: 'queue.length', points: dataPoints })
    records.close(scopes[0] as Uint8Array, start, count)
  }
  records.flush()
  const packed = packBatch(batches[0] as RecordBatch, { signal: 'metrics', isDurable: false, pool })
  expect(packed.records).toBe(6)
  expect(divideBatch(packed).map((half) => half.records)).toEqual([4, 2])
})

it('tells no scope in a part that has none of its records', () => {
  const { pool, batch } = gather(['1', '2'], 100_000)
  const names = cutBatch(packBatch(batch, { signal: 'logs', isDurable: false, pool }), () => true).map((part) => {
    const decoded = decodeLogsRequest(assemblePacked(resource, part))
    return decoded.ok && decoded.value.resourceLogs[0]?.scopeLogs.map(({ scope }) => scope?.name)
  })
  expect(names).toEqual([['a'], ['b']])
})

it('cuts a batch wherever a part is full, and keeps every record', () => {
  const { pool, batch } = gather(['a', 'b', 'c'.repeat(100), 'd', 'e'], 100_000)
  const packed = packBatch(batch, { signal: 'logs', isDurable: false, pool })
  const sizes = cutBatch(packed, (_records, bytes) => bytes >= 30).map(({ records }) => records)
  expect(sizes.reduce((sum, count) => sum + count, 0)).toBe(5)
  expect(cutBatch(packed, () => true).map(({ records }) => records)).toEqual([1, 1, 1, 1, 1])
  expect(cutBatch(packed, () => false)).toEqual([packed])
})
