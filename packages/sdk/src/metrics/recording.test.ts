import { ValueType } from '@opentelemetry/api'
import type { Attributes, MetricOptions } from '@opentelemetry/api'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { BEGIN, createMetricRig } from './metric-rig.test.helper.ts'

const points = (metrics: readonly { readonly points: readonly object[] }[]) => metrics.flatMap(({ points }) => points)

it('tells a counter as a rising sum with everything that it was made with', async () => {
  const { meter, clock, collect } = createMetricRig()
  const counter = meter.createCounter('orders', { unit: '{order}', description: 'Orders paid.' })
  clock.millis += 5
  counter.add(1.5, { region: 'eu' })
  clock.millis += 5
  counter.add(2, { region: 'eu' })
  counter.add(0)
  clock.millis += 5
  expect(await collect()).toEqual([
    {
      scope: 'shop',
      version: '1.2.3',
      schemaUrl: '',
      scopeAttributes: {},
      name: 'orders',
      unit: '{order}',
      description: 'Orders paid.',
      kind: 'sum',
      temporality: 'cumulative',
      monotonic: true,
      points: [
        { attributes: { region: 'eu' }, start: BEGIN + 5, time: BEGIN + 15, value: 3.5 },
        { attributes: {}, start: BEGIN + 10, time: BEGIN + 15, value: 0 },
      ],
    },
  ])
})

it('goes on counting under cumulative, and starts anew under delta', async () => {
  for (const [temporality, second, start] of [
    ['cumulative', 5, BEGIN + 10],
    ['delta', 3, BEGIN + 20],
  ] as const) {
    const { meter, clock, collect } = createMetricRig({ temporality })
    const counter = meter.createCounter('c')
    const histogram = meter.createHistogram('h', { advice: { explicitBucketBoundaries: [2] } })
    const step = (value: number): void => {
      clock.millis += 10
      counter.add(value)
      histogram.record(value)
    }
    step(2)
    clock.millis += 10
    expect(await collect()).toMatchObject([{ points: [{ value: 2 }] }, { points: [{ count: 1, max: 2 }] }])
    step(3)
    const [sum, distribution] = await collect()
    expect(sum?.points).toMatchObject([{ value: second, start, time: BEGIN + 30 }])
    expect(distribution?.points).toMatchObject([
      { sum: second, start, ...(temporality === 'delta' ? { min: 3, buckets: [0, 1] } : { min: 2, buckets: [1, 1] }) },
    ])
    clock.millis += 10
    expect(await collect()).toHaveLength(temporality === 'delta' ? 0 : 2)
  }
})

it('tells the last value of a gauge, under delta only when there is a new one', async () => {
  for (const [temporality, later] of [
    ['cumulative', [{ value: 7, time: BEGIN + 9 }]],
    ['delta', []],
  ] as const) {
    const { meter, clock, collect } = createMetricRig({ temporality })
    const gauge = meter.createGauge('g')
    gauge.record(5)
    gauge.record(7)
    expect(points(await collect())).toMatchObject([{ value: 7, time: BEGIN }])
    clock.millis += 9
    expect(points(await collect())).toMatchObject(later)
  }
})

it('counts values into the default buckets of the specification, a bound below it', async () => {
  const { meter, collect } = createMetricRig()
  const histogram = meter.createHistogram('h')
  for (const value of [0, 0.25, 5, 5.25, 10_000, 10_000.25]) histogram.record(value)
  expect(points(await collect())).toMatchObject([
    {
      count: 6,
      sum: 20_010.75,
      min: 0,
      max: 10_000.25,
      bounds: [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000],
      buckets: [1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
    },
  ])
})

it.each<[string, unknown, readonly number[]]>([
  ['sorts them', [3, 1, 2], [1, 2, 3]],
  ['drops infinite and repeated ones', [-Infinity, 1, 1, Infinity], [1]],
  ['may have none', [], []],
])('takes advice on the bounds of buckets: %s', async (_what, explicitBucketBoundaries, bounds) => {
  const { meter, collect } = createMetricRig()
  const advice = { explicitBucketBoundaries } as NonNullable<MetricOptions['advice']>
  meter.createHistogram('h', { advice }).record(1)
  expect(points(await collect())).toMatchObject([{ bounds, count: 1 }])
})

it('makes series of the advised attributes only', async () => {
  const { meter, collect } = createMetricRig()
  const advice = { attributes: ['route'] } as NonNullable<MetricOptions['advice']>
  const counter = meter.createCounter('c', { advice })
  for (let user = 0; user < 3; user++) counter.add(1, { user, route: '/pay' })
  counter.add(1, { user: 1 })
  expect(points(await collect())).toMatchObject([
    { attributes: { route: '/pay' }, value: 3 },
    { attributes: {}, value: 1 },
  ])
})

it.each<[string, number, readonly unknown[]]>([
  ['createCounter', 0, [-0.1, NaN, Infinity, '1', 1n, undefined, null, {}]],
  ['createUpDownCounter', -1e300, [NaN, Infinity, -Infinity, '1', 1n, undefined]],
  ['createHistogram', 0, [-0.1, NaN, Infinity, '1', 1n, undefined]],
  ['createGauge', -Infinity, [NaN, '1', 1n, undefined]],
] as const)('ignores and counts what an instrument of %s cannot hold', async (method, accepted, refused) => {
  const { meter, losses, collect } = createMetricRig()
  const instrument = meter[method as 'createCounter']('i') as unknown as Record<string, (value: unknown) => void>
  const record = (value: unknown): void => (instrument['add'] ?? instrument['record'])?.call(instrument, value)
  for (const value of refused) record(value)
  expect(await collect()).toEqual([])
  expect(losses).toEqual({ value_invalid: refused.length })
  record(accepted)
  const [point] = points(await collect()) as { value?: number; sum?: number }[]
  expect(point?.value ?? point?.sum).toBe(accepted)
  expect(losses).toEqual({ value_invalid: refused.length })
})

it('cuts fractions off where integers are asked for', async () => {
  const { meter, losses, collect } = createMetricRig()
  const options = { valueType: ValueType.INT }
  meter.createCounter('c', options).add(2.9)
  meter.createUpDownCounter('u', options).add(-2.9)
  meter.createGauge('g', options).record(7.9)
  meter.createGauge('g', options).record(Infinity)
  meter.createHistogram('h', options).record(1.9)
  expect(points(await collect())).toMatchObject([{ value: 2n }, { value: -2n }, { value: 7n }, { sum: 1 }])
  expect(losses).toEqual({ value_invalid: 1 })
})

it('counts by the content of attributes, not by their object', async () => {
  const { meter, collect } = createMetricRig()
  const counter = meter.createCounter('c')
  const attributes: Attributes = { route: '/pay', list: ['a'] }
  counter.add(1, attributes)
  ;(attributes['list'] as string[]).push('b')
  counter.add(2, attributes)
  attributes['list'] = 'none'
  counter.add(4, attributes)
  attributes['route'] = '/refund'
  counter.add(8, attributes)
  delete attributes['route']
  counter.add(16, attributes)
  counter.add(32, { list: 'none', route: '/pay' })
  expect(points(await collect())).toMatchObject([
    { attributes: { route: '/pay', list: ['a'] }, value: 1 },
    { attributes: { route: '/pay', list: ['a', 'b'] }, value: 2 },
    { attributes: { route: '/pay', list: 'none' }, value: 36 },
    { attributes: { route: '/refund', list: 'none' }, value: 8 },
    { attributes: { list: 'none' }, value: 16 },
  ])
})

it('keeps an attribute named __proto__', async () => {
  const { meter, collect } = createMetricRig()
  meter.createCounter('c').add(1, JSON.parse('{"__proto__":"x"}') as Attributes)
  const [point] = points(await collect()) as { attributes: object }[]
  expect(Object.entries(point?.attributes ?? {})).toEqual([['__proto__', 'x']])
})

it('never throws, and loses no measurement, whatever stands for attributes', async () => {
  const throwing = (trap: string) =>
    new Proxy(
      {},
      {
        [trap]: () => {
          throw new Error('no')
        },
      },
    )
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const hostile: unknown[] = [
    null,
    undefined,
    1,
    'text',
    Symbol('s'),
    () => 1,
    [],
    ['a'],
    new Map([['a', 1]]),
    new Date(NaN),
    proxy,
    ...['ownKeys', 'get', 'getOwnPropertyDescriptor', 'getPrototypeOf'].map(throwing),
  ]
  const { meter, collect } = createMetricRig()
  const counter = meter.createCounter('c')
  for (const attributes of [...hostile, ...hostile]) counter.add(1, attributes as Attributes)
  fc.assert(
    fc.property(fc.object(), (attributes) => counter.add(1, attributes)),
    { numRuns: 100 },
  )
  const values = points(await collect()).map((point) => (point as { value: number }).value)
  expect(values.reduce((sum, value) => sum + value, 0)).toBe(hostile.length * 2 + 100)
})

it('records once for a getter that records itself', async () => {
  const { meter, collect } = createMetricRig()
  const counter = meter.createCounter('c')
  const attributes = {
    get a(): string {
      counter.add(1, { inner: true })
      return 'x'
    },
  }
  counter.add(10, attributes)
  counter.add(10, { ...attributes })
  const all = points(await collect()) as { attributes: object; value: number }[]
  expect(all.find(({ attributes }) => 'a' in attributes)?.value).toBe(20)
})
