import { context, createContextKey, ROOT_CONTEXT, ValueType } from '@opentelemetry/api'
import type { BatchObservableResult, Observable, ObservableResult } from '@opentelemetry/api'
import { afterEach, expect, it } from 'vitest'
import { StorageContextManager } from '../storage-context-manager.ts'
import { BEGIN, createMetricRig } from './metric-rig.test.helper.ts'
import type { MetricRig } from './metric-rig.test.helper.ts'

afterEach(() => context.disable())

const pointsOf = async ({ collect }: MetricRig) => (await collect()).flatMap(({ points }) => points)

it('asks callbacks at each collection, and tells what they observe then', async () => {
  const rig = createMetricRig()
  let connections = 3
  const gauge = rig.meter.createObservableGauge('pool', { unit: '{connection}', valueType: ValueType.INT })
  gauge.addCallback((result) => result.observe(connections, { state: 'used' }))
  rig.clock.millis += 10
  expect(await rig.collect()).toMatchObject([
    { name: 'pool', kind: 'gauge', points: [{ attributes: { state: 'used' }, value: 3n, time: BEGIN + 10 }] },
  ])
  connections = 4
  expect(await pointsOf(rig)).toMatchObject([{ value: 4n }])
})

it('tells an observed counter as it stands, or what it grew by', async () => {
  for (const [temporality, start, grown] of [
    ['cumulative', BEGIN, 12],
    ['delta', BEGIN + 10, 5],
  ] as const) {
    const rig = createMetricRig({ temporality })
    let total = 7
    rig.meter.createObservableCounter('c').addCallback((result) => result.observe(total))
    rig.clock.millis += 10
    expect(await pointsOf(rig)).toMatchObject([{ value: 7, start: BEGIN, time: BEGIN + 10 }])
    total = 12
    rig.clock.millis += 10
    expect(await pointsOf(rig)).toMatchObject([{ value: grown, start, time: BEGIN + 20 }])
  }
})

it('takes a counter that falls as one that began anew since the last collection', async () => {
  for (const temporality of ['cumulative', 'delta'] as const) {
    const rig = createMetricRig({ temporality })
    let total = 7
    rig.meter.createObservableCounter('c').addCallback((result) => result.observe(total))
    rig.clock.millis += 10
    await rig.collect()
    total = 2
    rig.clock.millis += 10
    expect(await pointsOf(rig)).toMatchObject([{ value: 2, start: BEGIN + 10, time: BEGIN + 20 }])
  }
})

it('lets an observed up-down counter fall', async () => {
  const rig = createMetricRig({ temporality: 'delta' })
  let total = 7
  rig.meter.createObservableUpDownCounter('c').addCallback((result) => result.observe(total))
  rig.clock.millis += 10
  await rig.collect()
  total = -2
  rig.clock.millis += 10
  expect(await rig.collect()).toMatchObject([
    { temporality: 'cumulative', monotonic: false, points: [{ value: -2, start: BEGIN }] },
  ])
})

it('does not repeat what is not observed any more, and goes on from there when it comes back', async () => {
  for (const [temporality, value, start] of [
    ['cumulative', 15, BEGIN],
    ['delta', 5, BEGIN + 20],
  ] as const) {
    const rig = createMetricRig({ temporality })
    let users = [1, 2]
    let total = 10
    rig.meter
      .createObservableCounter('c')
      .addCallback((result) => users.forEach((user) => result.observe(total, { user })))
    rig.clock.millis += 10
    expect(await pointsOf(rig)).toHaveLength(2)
    users = [1]
    rig.clock.millis += 10
    expect(await pointsOf(rig)).toMatchObject([{ attributes: { user: 1 } }])
    users = [1, 2]
    total = 15
    rig.clock.millis += 10
    expect((await pointsOf(rig))[1]).toMatchObject({ attributes: { user: 2 }, value, start })
  }
})

it('starts what was first observed later at the collection before that', async () => {
  const rig = createMetricRig()
  const users = [1]
  rig.meter.createObservableCounter('c').addCallback((result) => users.forEach((user) => result.observe(1, { user })))
  rig.clock.millis += 10
  await rig.collect()
  users.push(2)
  rig.clock.millis += 10
  expect(await pointsOf(rig)).toMatchObject([{ start: BEGIN }, { start: BEGIN + 10 }])
})

it('lets the last of several equal observations count', async () => {
  const rig = createMetricRig()
  rig.meter.createObservableGauge('g').addCallback((result) => {
    result.observe(1, { a: 1, b: 2 })
    result.observe(2, { b: 2, a: 1 })
  })
  expect(await pointsOf(rig)).toMatchObject([{ value: 2 }])
})

it('runs a callback once however often it was added, and not after it was removed', async () => {
  const rig = createMetricRig()
  let runs = 0
  const callback = (result: ObservableResult): void => result.observe(++runs)
  const gauge = rig.meter.createObservableGauge('g')
  gauge.addCallback(callback)
  rig.meter.createObservableGauge('g').addCallback(callback)
  expect(await pointsOf(rig)).toMatchObject([{ value: 1 }])
  gauge.removeCallback(callback)
  gauge.removeCallback(callback)
  expect(await pointsOf(rig)).toEqual([])
  expect(runs).toBe(1)
})

it('runs a batch callback once for all its instruments, and takes nothing for others', async () => {
  const rig = createMetricRig()
  const [a, b, other] = ['a', 'b', 'other'].map((name) => rig.meter.createObservableGauge(name)) as Observable[]
  let runs = 0
  const callback = (result: BatchObservableResult): void => {
    runs++
    result.observe(a as Observable, 1)
    result.observe(b as Observable, 2, { x: 'y' })
    result.observe(other as Observable, 3)
    result.observe({} as Observable, 4)
    result.observe(undefined as unknown as Observable, 5)
  }
  rig.meter.addBatchObservableCallback(callback, [a, b, a] as Observable[])
  rig.meter.addBatchObservableCallback(callback, [b, a] as Observable[])
  expect(await pointsOf(rig)).toMatchObject([{ value: 1 }, { value: 2, attributes: { x: 'y' } }])
  rig.meter.removeBatchObservableCallback(callback, [a as Observable])
  expect(await pointsOf(rig)).toHaveLength(2)
  rig.meter.removeBatchObservableCallback(callback, [b, a] as Observable[])
  expect(await pointsOf(rig)).toEqual([])
  expect(runs).toBe(2)
})

it('tells apart a callback that was added for one instrument, for two, and for a batch', async () => {
  const rig = createMetricRig()
  const [a, b] = ['a', 'b'].map((name) => rig.meter.createObservableGauge(name)) as [Observable, Observable]
  let runs = 0
  const callback = (): void => void runs++
  a.addCallback(callback)
  rig.meter.addBatchObservableCallback(callback, [a])
  rig.meter.addBatchObservableCallback(callback, [a, b])
  await rig.collect()
  expect(runs).toBe(3)
  rig.meter.removeBatchObservableCallback(callback, [a, b])
  b.removeCallback(callback)
  a.removeCallback(callback)
  await rig.collect()
  expect(runs).toBe(4)
})

it('makes metrics of what callbacks observe in another turn of the event loop than theirs', async () => {
  const rig = createMetricRig()
  const made: number[] = []
  rig.meter.createObservableGauge('depth').addCallback((result) => {
    result.observe(1)
    setImmediate(() => made.push(rig.requests.length))
  })
  expect(await rig.collect()).toHaveLength(1)
  expect(made).toEqual([0])
})

it('waits for asynchronous callbacks', async () => {
  const rig = createMetricRig()
  rig.meter.createObservableGauge('g').addCallback(async (result) => {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    result.observe(1)
  })
  expect(await pointsOf(rig)).toMatchObject([{ value: 1 }])
  expect(rig.losses).toEqual({})
})

const hostilePromise = new Proxy(Promise.resolve(), {
  get: () => {
    throw new Error('no')
  },
})

it('counts callbacks that throw or reject, keeps what they observed, and runs the others', async () => {
  const rig = createMetricRig()
  const add = (name: string, end: () => void | Promise<void>): void =>
    rig.meter.createObservableGauge(name).addCallback((result) => {
      result.observe(1)
      return end()
    })
  add('throws', () => {
    throw new Error('no')
  })
  add('rejects', () => Promise.reject(new Error('no')))
  add('has a hostile promise', () => hostilePromise)
  add('is well', () => undefined)
  expect(await pointsOf(rig)).toHaveLength(4)
  expect(rig.losses).toEqual({ callback_failed: 3 })
})

it('goes on without a callback that does not end, and does not start it again before it has', async () => {
  const rig = createMetricRig({ callbackTimeoutMillis: 5 })
  const { promise, resolve } = Promise.withResolvers<void>()
  let runs = 0
  let result: ObservableResult | undefined
  rig.meter.createObservableGauge('slow').addCallback(async (given) => {
    runs++
    result = given
    given.observe(runs)
    await promise
  })
  rig.meter.createObservableGauge('quick').addCallback((given) => given.observe(7))
  expect(await pointsOf(rig)).toMatchObject([{ value: 1 }, { value: 7 }])
  expect(rig.losses).toEqual({ callback_unfinished: 1 })
  result?.observe(100)
  expect(await pointsOf(rig)).toMatchObject([{ value: 7 }])
  expect([runs, rig.losses['callback_unfinished']]).toEqual([1, 2])
  resolve()
  await promise
  await Promise.resolve()
  result?.observe(100)
  expect(await pointsOf(rig)).toMatchObject([{ value: 2 }, { value: 7 }])
})

it('ignores and counts values that cannot be observed', async () => {
  const rig = createMetricRig()
  rig.meter.createObservableCounter('c').addCallback((result) => {
    for (const value of [NaN, -1, Infinity, '1' as unknown as number]) result.observe(value)
  })
  rig.meter.createObservableGauge('g', { valueType: ValueType.INT }).addCallback((result) => result.observe(-1.5))
  expect(await pointsOf(rig)).toMatchObject([{ value: -1n }])
  expect(rig.losses).toEqual({ value_invalid: 4 })
})

it('runs callbacks outside of the context that asks for a collection', async () => {
  context.setGlobalContextManager(new StorageContextManager())
  const key = createContextKey('request')
  const rig = createMetricRig()
  const seen: unknown[] = []
  rig.meter.createObservableGauge('g').addCallback(() => void seen.push(context.active().getValue(key)))
  await context.with(ROOT_CONTEXT.setValue(key, 'r1'), () => rig.collect())
  expect(seen).toEqual([undefined])
})

it('takes no callback that is none, and no instrument of somebody else', async () => {
  const rig = createMetricRig()
  const gauge = rig.meter.createObservableGauge('g')
  for (const callback of [undefined, null, 'text', {}]) {
    gauge.addCallback(callback as () => void)
    gauge.removeCallback(callback as () => void)
  }
  const neverRuns = (): void => expect.unreachable()
  for (const observables of [undefined, [], [{}], [undefined], 'text']) {
    rig.meter.addBatchObservableCallback(neverRuns, observables as unknown as Observable[])
    rig.meter.removeBatchObservableCallback(neverRuns, observables as unknown as Observable[])
  }
  expect(await pointsOf(rig)).toEqual([])
})

it('survives a callback that asks for a collection itself', async () => {
  const rig = createMetricRig()
  let runs = 0
  const asked: Promise<number>[] = []
  rig.meter.createObservableGauge('g').addCallback((result) => {
    runs++
    if (runs < 3) asked.push(rig.metering.collect())
    rig.metering.collectNow()
    rig.metering.collectNow()
    result.observe(runs)
  })
  await rig.metering.collect()
  await Promise.all(asked)
  expect(runs).toBe(3)
})
