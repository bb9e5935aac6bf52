import { ByteBuffer } from '@plutus/otlp'
import type { BufferPool } from '@plutus/otlp'
import { startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { BatchSpool } from './batch-spool.ts'
import type { PackedBatch } from './packed-batch.ts'
import { createPipeline, settingsFor } from './pipeline.test.helper.ts'

const WAIT_MILLIS = 10_000
let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

/** A pool that remembers what it was given back. */
function createPool(): { readonly pool: BufferPool; readonly released: unknown[] } {
  const released: unknown[] = []
  return { released, pool: { acquire: () => new ByteBuffer(), release: (memory) => void released.push(memory) } }
}

/** A spool that takes what it is given, or does not. */
function createSpool(keep: (batch: PackedBatch) => boolean): () => BatchSpool {
  const nothing = (): void => {}
  return () => ({
    keep,
    store: () => undefined,
    settle: (_ticket, outcomes) => outcomes,
    release: () => true,
    isPart: () => false,
    waiting: new Map(),
    end: nothing,
    wake: nothing,
  })
}

it.each([
  ['has gone to disk', true],
  ['was dropped', false],
])('memory of what %s in an outage is lent again', async (_what, isKept) => {
  receiver.respond({ status: 503 })
  const { pool, released } = createPool()
  const offered: unknown[] = []
  const spool = createSpool(({ bytes }) => {
    offered.push(bytes.buffer)
    return isKept
  })
  const { pipeline, push, packed, lines } = createPipeline(settingsFor(receiver.httpUrl, 'http/protobuf'), {
    thread: 'main',
    pool,
    spool,
    maxBytes: 4_000_000,
  })
  for (let i = 0; i < 12; i++) push(packed(`${i}${'x'.repeat(300_000)}`))
  await vi.waitFor(() => expect(lines).toHaveLength(1), WAIT_MILLIS)
  // Nothing goes to disk for an outage before it is known.
  for (let i = 0; i < 12; i++) push(packed(`${i}${'x'.repeat(300_000)}`))
  expect(offered).toEqual(expect.arrayContaining(released))
  // What spills and is not taken stays, until there is no room.
  const inMemory = offered.filter((memory) => !released.includes(memory))
  expect(isKept ? inMemory : []).toEqual([])
  expect(released.length).toBeGreaterThan(8)
  await pipeline.flush(0)
})

it.each(['main', 'worker'] as const)(
  'memory of what was read from disk is lent again once it has arrived from the %s thread',
  async (thread) => {
    const { pool, released } = createPool()
    const { pipeline, packed } = createPipeline(settingsFor(receiver.httpUrl, 'http/protobuf'), { thread, pool })
    const batch = packed('x'.repeat(300_000))
    const size = batch.bytes.length
    const releasedAtFirst = await new Promise((resolve) => {
      pipeline.replay(batch, () => resolve(released.length))
    })
    expect(releasedAtFirst).toBe(0)
    await vi.waitFor(() => expect(released).toEqual([expect.objectContaining({ byteLength: size })]), WAIT_MILLIS)
    expect(receiver.logs).toHaveLength(1)
    pipeline.finish(0)
  },
)
