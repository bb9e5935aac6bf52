import { metrics } from '@opentelemetry/api'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeEach, expect, it } from 'vitest'
import { metersOf } from './operation-metrics.ts'
import type { PoolKind } from './pool-set.ts'
import { points, reset, settle } from './telemetry.test.support.ts'

interface FakePool {
  readonly size: number
  ended?: boolean
}
const kind: PoolKind<FakePool> = {
  name: ({ size }) => (size > 5 ? 'big' : 'small'),
  read: ({ size, ended }) =>
    ended === true ? undefined : { used: size, idle: 1, pending: 0, max: size > 5 ? undefined : 9 },
}
const { pools } = metersOf(metrics.getMeterProvider())
const values = async (metric: string): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await points(metric)).map(({ attributes, value }) => [Object.values(attributes).join(' '), value]),
  )

beforeEach(() => reset())

it('adds up pools of one name, and tells the end of the last', async () => {
  const [one, other] = [
    { size: 2, ended: false },
    { size: 3, ended: false },
  ]
  pools.track(one, kind)
  pools.track(other, kind)
  pools.track(other, kind)
  expect(await values('db.client.connection.count')).toEqual({ 'small used': 5, 'small idle': 2 })
  expect(await values('db.client.connection.max')).toEqual({ small: 18 })
  one.ended = true
  expect(await values('db.client.connection.count')).toEqual({ 'small used': 3, 'small idle': 1 })
  other.ended = true
  expect(await values('db.client.connection.count')).toEqual({ 'small used': 0, 'small idle': 0 })
})

it('leaves a pool out that cannot be read, and goes on with the others', async () => {
  const broken: PoolKind<FakePool> = {
    name: () => 'broken',
    read: () => {
      throw new Error('no')
    },
  }
  const fine = { size: 7 }
  pools.track({ size: 1 }, broken)
  pools.track(fine, kind)
  expect(await values('db.client.connection.count')).toMatchObject({ 'big used': 7, 'big idle': 1 })
  expect(await values('db.client.connection.max')).not.toHaveProperty('big')
})

it('keeps no pool alive', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const lost = new WeakRef(trackNew())
  await settle() // a WeakRef holds its target until the turn of the event loop is over
  collect()
  expect(lost.deref()).toBeUndefined()

  function trackNew(): FakePool {
    const pool = { size: 4 }
    pools.track(pool, kind)
    return pool
  }
})
