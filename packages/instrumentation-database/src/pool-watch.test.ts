import { context, createContextKey } from '@opentelemetry/api'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { PoolKind } from './pool-set.ts'
import { PoolWatch, poolWatchOf } from './pool-watch.ts'
import type { PoolReport } from './pool-watch.ts'

interface FakePool {
  used: number
  pending: number
  ended?: boolean
}
const kindOf = (name: string): PoolKind<FakePool> => ({
  name: () => name,
  read: ({ used, pending, ended }) => (ended === true ? undefined : { used, idle: 0, pending, max: 2 }),
})
const MINUTE = 60_000

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
let reports: PoolReport[]
let watch: PoolWatch
let pool: FakePool
beforeEach(() => {
  // The clock is what the tests say; the watch's own timer never fires.
  vi.useFakeTimers()
  reports = []
  watch = new PoolWatch((report) => void reports.push(report))
  pool = { used: 1, pending: 0 }
  watch.track(pool, kindOf('db'))
})
afterEach(() => {
  vi.useRealTimers()
})
const pendings = (): number[] => reports.map(({ pending }) => pending)

it('tells of a pool at its first look, and of a changed state once a minute', () => {
  watch.look(0)
  expect(reports).toEqual([{ name: 'db', used: 1, idle: 0, pending: 0, max: 2, waitingSeconds: 0 }])
  watch.look(MINUTE * 2)
  pool.used = 2
  watch.look(MINUTE * 2 + 500)
  pool.used = 1
  watch.look(MINUTE * 3)
  pool.used = 0
  watch.look(MINUTE * 3 + 499)
  watch.look(MINUTE * 3 + 500)
  expect(reports.map(({ used }) => used)).toEqual([1, 2, 0])
})

it('tells of requests that wait after a second, every ten seconds, and when none waits any more', () => {
  watch.look(0)
  pool.pending = 3
  watch.look(500)
  watch.look(1_499)
  expect(pendings()).toEqual([0])
  watch.look(1_500)
  watch.look(11_499)
  expect(pendings()).toEqual([0, 3])
  expect(reports[1]?.waitingSeconds).toBe(1)
  watch.look(11_500)
  expect(reports[2]?.waitingSeconds).toBe(11)
  pool.pending = 0
  watch.look(12_000)
  watch.look(12_500)
  expect(pendings()).toEqual([0, 3, 3, 0])
})

it('leaves out a wait that ends within a second, also where another follows', () => {
  watch.look(0)
  for (let now = 500; now < 20_000; now += 500) {
    pool.pending = now % 1_500 === 0 ? 0 : 1 // at two looks of three
    watch.look(now)
  }
  expect(pendings()).toEqual([0])
})

it('adds up pools of one name, and forgets them when they end', () => {
  const other: FakePool = { used: 1, pending: 2 }
  watch.track(other, kindOf('db'))
  watch.track(other, kindOf('db'))
  watch.look(0)
  watch.look(1_000)
  expect(reports).toMatchObject([{ used: 2, pending: 2, max: 4 }])
  other.ended = true
  pool.ended = true
  watch.look(2_000)
  expect(reports).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
  watch.track({ used: 1, pending: 0 }, kindOf('db'))
  expect(vi.getTimerCount()).toBe(1)
})

it('tells no more than 60 times a minute, of which 30 are left for requests that wait', () => {
  const waiting = Array.from({ length: 40 }, () => ({ used: 2, pending: 1 }))
  for (let i = 0; i < 100; i += 1) watch.track({ used: 1, pending: 0 }, kindOf(`quiet${i}`))
  for (const [i, one] of waiting.entries()) watch.track(one, kindOf(`full${i}`))
  watch.look(0)
  expect(reports).toHaveLength(30)
  watch.look(1_000)
  expect(reports).toHaveLength(60)
  expect(reports.slice(30).every(({ pending }) => pending === 1)).toBe(true)
  watch.look(MINUTE - 1)
  expect(reports).toHaveLength(60)
  watch.look(MINUTE)
  expect(reports.length).toBeGreaterThan(60)
})

it('goes on with the other pools when one cannot be read or the listener throws', () => {
  const failing = new PoolWatch((report) => {
    reports.push(report)
    throw new Error('no')
  })
  const broken: PoolKind<FakePool> = {
    name: () => 'broken',
    read: () => {
      throw new Error('no')
    },
  }
  failing.track({ used: 1, pending: 0 }, broken)
  failing.track({ used: 1, pending: 0 }, kindOf('one'))
  failing.track({ used: 1, pending: 0 }, kindOf('two'))
  failing.look(0)
  expect(reports.map(({ name }) => name)).toEqual(['one', 'two'])
})

it('keeps no process alive', () => {
  vi.useRealTimers()
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  watch = new PoolWatch(() => undefined)
  watch.track(pool, kindOf('db'))
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before)
  pool.ended = true
  watch.look(0)
})

it('tells outside of the context in which the pool was first seen', () => {
  const key = createContextKey('request')
  const seen: unknown[] = []
  const listener = (): void => void seen.push(context.active().getValue(key))
  context.with(context.active().setValue(key, 'a request'), () => {
    const own = poolWatchOf(listener)
    expect(poolWatchOf(listener)).toBe(own)
    own.track(pool, kindOf('db'))
    own.look(0)
  })
  expect(seen).toEqual([undefined])
})
