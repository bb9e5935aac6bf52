import { ByteBuffer, countRecords, createBufferPool, createEncoder, decodeLogsRequest } from '@plutus/otlp'
import { expect, it } from 'vitest'
import { RecordBuffer } from '../record-buffer.ts'
import type { RecordBatch } from '../record-buffer.ts'
import { assemblePacked, packBatch } from './packed-batch.ts'

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
