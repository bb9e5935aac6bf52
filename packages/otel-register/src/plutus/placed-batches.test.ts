import { assembleRequest, createBufferPool, createEncoder, decodeLogsRequest } from '@plutus/otlp'
import { packBatch, RecordBuffer } from '@plutus/sdk'
import type { PackedBatch } from '@plutus/sdk'
import { expect, it, vi } from 'vitest'
import { PlacedBatches } from './placed-batches.ts'

const encoder = createEncoder()
const pool = createBufferPool()
const SCOPES = ['a', 'b'].map((name) => encoder.encodeScope({ name }))

/** Records with these bodies, of one scope after the other, that a thread has on disk from a position on. */
function batchAt(
  directory: string,
  start: number,
  ...bodies: string[]
): Required<Pick<PackedBatch, 'place'>> & PackedBatch {
  const packed: PackedBatch[] = []
  const limits = { maxBytes: Infinity, maxRecords: Infinity, delayMillis: 60_000 }
  const buffer = new RecordBuffer({
    pool,
    ...limits,
    onBatch: (batch) => void packed.push(packBatch(batch, { signal: 'logs', isDurable: true, pool })),
  })
  bodies.forEach((body, i) => {
    const out = buffer.open()
    const from = out.position
    encoder.encodeLogRecord(out, { body })
    // A thread sends its scopes with each batch: they are equal, not the same.
    buffer.close(Uint8Array.from(SCOPES[i % 2] as Uint8Array), from)
  })
  buffer.flush()
  return { ...(packed[0] as PackedBatch), place: { directory, start, end: start + bodies.length } }
}

/** Bodies by scope, with the place and the number that the batch tells. */
function read({ place, records, bytes, scopes, runs }: PackedBatch): unknown {
  const parts = scopes.map((): Uint8Array[] => [])
  for (let at = 0; at < runs.length; at += 3)
    parts[runs[at] as number]?.push(bytes.subarray(runs[at + 1], runs[at + 2]))
  const request = assembleRequest(
    new Uint8Array(0),
    scopes.map((scope, i) => ({ scope, parts: parts[i] as Uint8Array[] })),
  )
  const decoded = decodeLogsRequest(request)
  if (!decoded.ok) throw new Error('not OTLP')
  const groups = decoded.value.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs)
  const bodies = groups.map(({ scope, logRecords }) => [
    scope?.name,
    ...logRecords.map(({ body }) => body?.stringValue),
  ])
  return { place: `${place?.directory} ${place?.start} ${place?.end}`, records, bodies }
}

function create() {
  const found: unknown[] = []
  return { found, placed: new PlacedBatches((batch) => void found.push(read(batch))) }
}

it('makes one batch of what a thread hands over within a moment', () => {
  const { found, placed } = create()
  placed.add(batchAt('x', 0, '1'))
  placed.add(batchAt('x', 1, '2', '3', '4'))
  placed.add(batchAt('y', 7, '5'))
  placed.add(batchAt('x', 4, '6'))
  expect(found).toEqual([])
  placed.flush()
  expect(found).toEqual([
    {
      place: 'x 0 5',
      records: 5,
      bodies: [
        ['a', '1', '2', '4', '6'],
        ['b', '3'],
      ],
    },
    { place: 'y 7 8', records: 1, bodies: [['a', '5']] },
  ])
})

it('hands on by itself, and parts what does not stand beside one another', async () => {
  const { found, placed } = create()
  placed.add(batchAt('x', 0, '1'))
  placed.add(batchAt('x', 3, '2'))
  expect(found).toEqual([{ place: 'x 0 1', records: 1, bodies: [['a', '1']] }])
  await vi.waitFor(() => expect(found.slice(1)).toEqual([{ place: 'x 3 4', records: 1, bodies: [['a', '2']] }]))
})

it('makes no batch that is too large', () => {
  const { found, placed } = create()
  const LARGE = 'x'.repeat(90 * 1024)
  for (let i = 0; i < 3; i++) placed.add(batchAt('x', i, LARGE))
  placed.flush()
  expect(found).toMatchObject([{ records: 2 }, { records: 1 }])
})
