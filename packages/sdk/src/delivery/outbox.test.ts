import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { Outbox } from './outbox.ts'
import type { PackedBatch } from './packed-batch.ts'
import type { Signal } from './settings.ts'

const OVERHEAD = 1024

function batchOf(signal: Signal, records: number, { bytes = 1000, isDurable = false } = {}): PackedBatch {
  return { signal, isDurable, bytes: new Uint8Array(bytes), scopes: [], runs: new Uint32Array(), records }
}

function createOutbox(maxBytes: number, maxRecords: Partial<Record<Signal, number>> = {}) {
  const drops: [Signal, string, number][] = []
  const outbox = new Outbox({ maxBytes, maxRecords, onDrop: (...drop) => drops.push(drop) })
  const push = (...batches: PackedBatch[]): void => {
    for (const batch of batches) outbox.push(batch)
    outbox.trim()
  }
  return { outbox, drops, push }
}

it('drops the oldest ordinary batch first, and durable ones only when nothing else waits', () => {
  const { outbox, drops, push } = createOutbox(3 * (1000 + OVERHEAD))
  push(batchOf('logs', 1, { isDurable: true }), batchOf('traces', 2), batchOf('logs', 3), batchOf('logs', 4))
  expect(drops).toEqual([['traces', 'queue_full', 2]])
  push(batchOf('logs', 5, { isDurable: true }), batchOf('logs', 6, { isDurable: true }))
  expect(drops.slice(1)).toEqual([
    ['logs', 'queue_full', 3],
    ['logs', 'queue_full', 4],
  ])
  push(batchOf('logs', 7, { isDurable: true }))
  expect(drops.slice(3)).toEqual([['logs', 'queue_full', 1]])
  expect(outbox.bytes).toBe(3 * (1000 + OVERHEAD))
})

it('keeps exactly what the bound holds', () => {
  const { drops, push } = createOutbox(2 * (1000 + OVERHEAD))
  push(batchOf('traces', 1), batchOf('traces', 2))
  expect(drops).toEqual([])
  push(batchOf('traces', 3, { bytes: 0 }))
  expect(drops).toEqual([['traces', 'queue_full', 1]])
})

it('counts what is on its way, but does not drop it', () => {
  const { outbox, drops, push } = createOutbox(2 * (1000 + OVERHEAD))
  push(batchOf('traces', 1), batchOf('traces', 2))
  const taken = outbox.takeNext()
  expect(taken.map(({ batch }) => batch.records)).toEqual([1, 2])
  push(batchOf('traces', 3))
  expect(drops).toEqual([['traces', 'queue_full', 3]])
  for (const { id } of taken) outbox.done(id)
  expect([outbox.bytes, outbox.isEmpty]).toEqual([0, true])
})

it('hands over a bounded number of batches in one turn, however many wait', () => {
  const { outbox, push } = createOutbox(Infinity)
  for (let i = 0; i < 1000; i++) push(batchOf('logs', 1), batchOf('traces', 1), batchOf('metrics', 1))
  expect(outbox.takeNext()).toHaveLength(12)
  expect(outbox.takeNext()).toHaveLength(0)
  expect(outbox.signals).toEqual(new Set(['logs', 'traces', 'metrics']))
})

it('sends durable batches before those that came earlier', () => {
  const { outbox, push } = createOutbox(Infinity)
  push(batchOf('logs', 1), batchOf('logs', 2), batchOf('logs', 3, { isDurable: true }))
  expect(outbox.takeNext().map(({ batch }) => batch.records)).toEqual([3, 1, 2])
})

it('holds a bound of records where one is set, beside the one batch that is leaving', () => {
  const { outbox, drops, push } = createOutbox(Infinity, { traces: 100 })
  for (let i = 0; i < 10; i++) push(batchOf('traces', 100))
  expect(drops).toHaveLength(8)
  expect(outbox.takeNext()).toHaveLength(1)
  outbox.trim()
  expect(drops).toHaveLength(8)
})

it('tells what has not arrived, by signal', () => {
  const { outbox, push } = createOutbox(Infinity)
  push(batchOf('traces', 3), batchOf('logs', 4), batchOf('traces', 5))
  outbox.takeNext()
  push(batchOf('logs', 6, { isDurable: true }))
  expect(outbox.records).toEqual(
    new Map([
      ['traces', 8],
      ['logs', 10],
    ]),
  )
  outbox.clear()
  expect([outbox.isEmpty, outbox.records.size]).toEqual([true, 0])
})

it('accounts for every batch, whatever comes and goes', () => {
  const step = fc.oneof(
    fc.record({
      signal: fc.constantFrom<Signal>('traces', 'logs', 'metrics'),
      bytes: fc.integer({ min: 0, max: 5000 }),
      isDurable: fc.boolean(),
    }),
    fc.constantFrom('take', 'done'),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { outbox, drops, push } = createOutbox(12_000)
      const away: number[] = []
      let pushed = 0
      let done = 0
      let over = 0
      for (const one of steps) {
        if (one === 'take') away.push(...outbox.takeNext().map(({ id }) => id))
        else if (one === 'done') {
          if (outbox.done(away.shift() ?? -1) !== undefined) done++
        } else {
          push(batchOf(one.signal, 1, one))
          pushed++
        }
        if (away.length === 0 && outbox.bytes > 12_000) over++
      }
      const unsent = [...outbox.records.values()].reduce((sum, count) => sum + count, 0)
      expect(over).toBe(0)
      expect(pushed).toBe(done + drops.length + unsent)
      expect(outbox.isEmpty).toBe(unsent === 0)
    }),
  )
})

it('stores what has not arrived, each once and in its order, and hands over what is more than memory is to keep', () => {
  const order: string[] = []
  const tell =
    <T>(verb: string, answer: T) =>
    ({ records }: PackedBatch): T => {
      order.push(`${verb} ${records}`)
      return answer
    }
  const outbox = new Outbox({
    maxBytes: 6 * (1000 + OVERHEAD),
    maxRecords: {},
    onDrop: () => {},
    keep: tell('keep', true),
    relieve: tell('relieve', true),
    store: tell('store', 7),
  })
  outbox.push(batchOf('logs', 1, { isDurable: true }))
  outbox.push(batchOf('traces', 2))
  for (const records of [3, 4, 5]) outbox.push(batchOf('logs', records))
  const onWay = outbox.takeNext()
  expect(onWay.map(({ batch }) => batch.records)).toEqual([1, 3, 4, 5, 2])
  for (const records of [6, 7]) outbox.push(batchOf('logs', records))
  outbox.push({ ...batchOf('logs', 8, { isDurable: true }), ticket: 1 })
  // In steps, which have what is stored in them.
  while (outbox.spill('logs', 1000 + OVERHEAD, 2 * (1000 + OVERHEAD))) order.push('turn')
  expect(order.splice(0).join(', ')).toBe(
    'store 3, store 4, turn, store 5, store 6, turn, store 7, relieve 6, turn, store 1',
  )
  expect(outbox.spill('logs', 0, Infinity)).toBe(false)
  expect(order.splice(0)).toEqual(['relieve 7', 'relieve 8'])
  for (const records of [9, 10]) outbox.push(batchOf('traces', records))
  outbox.trim()
  expect(order).toEqual(['store 2', 'keep 9'])
  expect(onWay.map(({ id }) => outbox.done(id)?.ticket)).toEqual([7, 7, 7, 7, 7])
})

it('hands over the younger all the same where the older cannot be stored', () => {
  const kept: number[] = []
  const outbox = new Outbox({
    maxBytes: Infinity,
    maxRecords: {},
    onDrop: () => {},
    relieve: ({ records }) => kept.push(records) > 0,
    store: () => undefined,
  })
  for (const records of [1, 2, 3, 4]) outbox.push(batchOf('logs', records))
  outbox.takeNext()
  outbox.push(batchOf('logs', 5))
  expect(outbox.spill('logs', 0, Infinity)).toBe(false)
  expect(kept).toEqual([5])
})

it('knows what waits and is stored from what came since, whatever has left before it', () => {
  const stored: number[] = []
  const store = ({ records }: PackedBatch): number => stored.push(records)
  const outbox = new Outbox({ maxBytes: Infinity, maxRecords: { logs: Infinity }, onDrop: () => {}, store })
  let records = 0
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < round % 4; i++) outbox.push({ ...batchOf('logs', ++records), ...(i === 1 && { ticket: 99 }) })
    outbox.spill('logs', Infinity, Infinity)
    for (const { id } of outbox.takeNext()) outbox.done(id)
  }
  const NEVER = new Set([3, 5]) // with a ticket from the start, and so on in each four rounds
  expect(stored.slice(0, 4)).toEqual([1, 2, 4, 6])
  expect(stored).toEqual(
    Array.from({ length: records }, (_, i) => i + 1).filter((each) => !NEVER.has(((each - 1) % 6) + 1)),
  )
})

it('tells of what is dropped or taken over that nobody reads its memory any more, and never of what is on its way', () => {
  const free: number[] = []
  const isKept = { relieve: 1, keep: false }
  const outbox = new Outbox({
    maxBytes: 4 * (1000 + OVERHEAD),
    maxRecords: {},
    onDrop: () => {},
    onFree: ({ records }) => free.push(records),
    keep: () => isKept.keep,
    relieve: () => isKept.relieve-- > 0,
  })
  for (let records = 1; records <= 9; records++) outbox.push(batchOf('logs', records))
  expect(outbox.takeNext()).toHaveLength(4)
  outbox.spill('logs', 0, Infinity)
  expect(free).toEqual([5])
  outbox.trim() // what is on its way takes all the memory
  expect(free).toEqual([5, 6, 7, 8, 9])
  outbox.push(batchOf('logs', 10))
  isKept.keep = true
  outbox.trim()
  expect(free).toEqual([5, 6, 7, 8, 9, 10])
})
