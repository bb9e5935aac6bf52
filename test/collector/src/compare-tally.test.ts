import { expect, it } from 'vitest'
import { compareTally } from './compare-tally.ts'
import type { Payload, SentItem } from './load-payloads.ts'

const CHOSEN = 'f'.repeat(32)
const OTHER = '0'.repeat(32)
const item = (id: string, dataClass: string, traceId: string): SentItem => ({ id, dataClass, traceId })
const taken = (times: number, ...ids: SentItem[]): Payload => ({
  body: Buffer.alloc(100),
  ids,
  taken: times,
  refused: 0,
})
const tally = (logs: Record<string, number>, traces: Record<string, number> = {}, misplaced = 0) => ({
  logs,
  traces,
  misplaced,
  bytes: { logs: 10, traces: 0 },
})

it('finds nothing where all came as often as it was taken', () => {
  const payloads = { logs: [taken(3, item('a', 'audit', OTHER))], traces: [taken(2, item('s', 'application', OTHER))] }
  expect(compareTally(payloads, tally({ a: 3 }, { s: 2 }), 1)).toEqual({
    lost: 0,
    twice: 0,
    wrong: 0,
    recordBytes: [100, 3],
    spanBytes: [100, 0],
  })
})

it('counts what lacks, what came too often, and what is under a class that is not its own', () => {
  const payloads = { logs: [taken(3, item('a', 'audit', OTHER), item('b', 'payment', OTHER))], traces: [] }
  expect(compareTally(payloads, tally({ a: 1, b: 4 }, {}, 2), 1)).toMatchObject({ lost: 2, twice: 1, wrong: 2 })
})

it('takes no offence at what was refused and came all the same', () => {
  const payloads = { logs: [{ ...taken(3, item('a', 'audit', OTHER)), refused: 1 }], traces: [] }
  expect(compareTally(payloads, tally({ a: 4 }), 1)).toMatchObject({ lost: 0, twice: 0 })
})

it('asks of what is sampled that the chosen and the kept arrive, and nothing else', () => {
  const logs = [taken(1, item('a', 'application', CHOSEN), item('b', 'application', OTHER), item('c', 'audit', OTHER))]
  const kept = 'e'.repeat(18) + '0'.repeat(14) // with a span of a class that is kept
  const spans = [item('s', 'application', kept), item('t', 'payment', kept), item('u', 'application', OTHER)]
  const payloads = { logs, traces: [taken(1, ...spans)] }
  expect(compareTally(payloads, tally({ a: 1, c: 1 }, { s: 1, t: 1 }), 0.1)).toMatchObject({ lost: 0, wrong: 0 })
  expect(compareTally(payloads, tally({ b: 1, c: 1 }, { t: 1, u: 1 }), 0.1)).toMatchObject({ lost: 2, wrong: 2 })
})
