import { diag, DiagLogLevel, ValueType } from '@opentelemetry/api'
import type { MetricOptions } from '@opentelemetry/api'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createMetricRig } from './metric-rig.test.helper.ts'

let told: string[] = []
beforeEach(() => {
  told = []
  const quiet = { error: () => undefined, info: () => undefined, debug: () => undefined, verbose: () => undefined }
  diag.setLogger({ ...quiet, warn: (message) => void told.push(message) }, DiagLogLevel.ALL)
  told = []
})
afterEach(() => diag.disable())

const OPTIONS = { unit: 's', description: 'Waiting.', valueType: ValueType.INT } as const

it('gives out one instrument for equal requests, without a word', async () => {
  const { meter, collect } = createMetricRig()
  const advice = { explicitBucketBoundaries: [1, 2] }
  const [one, other] = [1, 2].map(() => meter.createHistogram('wait', { ...OPTIONS, advice }))
  expect(one).toBe(other)
  one?.record(1)
  other?.record(2)
  expect(await collect()).toMatchObject([{ name: 'wait', points: [{ count: 2 }] }])
  expect(told).toEqual([])
})

it.each<[string, MetricOptions]>([
  ['unit', { ...OPTIONS, unit: 'ms' }],
  ['value type', { ...OPTIONS, valueType: ValueType.DOUBLE }],
])('records both of two instruments that differ in their %s, and tells it once', async (_what, options) => {
  const { meter, collect } = createMetricRig()
  for (let i = 0; i < 3; i++) {
    meter.createCounter('wait', OPTIONS).add(1)
    meter.createCounter('wait', options).add(10)
  }
  expect((await collect()).map(({ points }) => Number(points[0]?.value))).toEqual([3, 30])
  expect(told).toEqual([
    'The instrument wait exists with another kind, unit or value type; backends may mix up the two',
  ])
})

it('records both of two instruments of different kinds, and tells it once', async () => {
  const { meter, collect } = createMetricRig()
  for (let i = 0; i < 3; i++) {
    meter.createCounter('wait', OPTIONS).add(1)
    meter.createUpDownCounter('wait', OPTIONS).add(10)
  }
  expect(await collect()).toMatchObject([
    { monotonic: true, points: [{ value: 3n }] },
    { monotonic: false, points: [{ value: 30n }] },
  ])
  expect(told).toHaveLength(1)
})

it.each<[string, string, MetricOptions]>([
  ['a longer description', 'wait', { ...OPTIONS, description: 'How long it waited.' }],
  ['a shorter description', 'wait', { ...OPTIONS, description: 'W.' }],
  ['other advice', 'wait', { ...OPTIONS, advice: { explicitBucketBoundaries: [1] } }],
  ['another spelling', 'Wait', OPTIONS],
])('shares an instrument that is asked for with %s, and tells it once', async (what, name, options) => {
  const { meter, collect } = createMetricRig()
  const [one, other] = [meter.createHistogram('wait', OPTIONS), meter.createHistogram(name, options)]
  expect(other).toBe(one)
  meter.createHistogram(name, options).record(1)
  const [metric] = await collect()
  expect(metric).toMatchObject({
    name: 'wait',
    description: what === 'a longer description' ? 'How long it waited.' : 'Waiting.',
    points: [{ bounds: { length: 15 } }],
  })
  expect(told).toHaveLength(1)
})

it.each<[string, boolean]>([
  ['a'.repeat(255), true],
  ['a'.repeat(256), false],
  ['http.server_request-duration/total2', true],
  ['2xx', false],
  ['größe', false],
  ['two words', false],
])('takes %s as a name; that it is one: %s', async (name, isName) => {
  const { meter, collect } = createMetricRig()
  meter.createCounter(name).add(1)
  meter.createCounter(name).add(1)
  expect(await collect()).toMatchObject([{ name, points: [{ value: 2 }] }])
  expect(told).toHaveLength(isName ? 0 : 1)
})

it.each([[''], ['a'.repeat(1_024)], [undefined], [null], [7], [{}]])(
  'records nothing for the name %s',
  async (name) => {
    const { meter, collect, losses } = createMetricRig()
    const named = name as string
    meter.createCounter(named).add(1)
    meter.createUpDownCounter(named).add(1)
    meter.createHistogram(named).record(1)
    meter.createGauge(named).record(1)
    meter.createObservableCounter(named).addCallback((result) => result.observe(1))
    meter.createObservableUpDownCounter(named).addCallback((result) => result.observe(1))
    meter.createObservableGauge(named).addCallback((result) => result.observe(1))
    expect(await collect()).toEqual([])
    expect(losses).toEqual({ instrument_invalid: 7 })
    expect(told).toHaveLength(1)
  },
)

it('takes the default for what is wrong in the options, and tells it', async () => {
  const { meter, collect } = createMetricRig()
  const wrong: unknown[] = [
    { unit: 7, description: {}, valueType: 'int' },
    { advice: { explicitBucketBoundaries: [1, NaN] } },
    { advice: { explicitBucketBoundaries: 'text' } },
    { advice: { explicitBucketBoundaries: Array.from({ length: 1_001 }, (_, i) => i) } },
    { advice: { attributes: [1] } },
    {
      get unit(): string {
        throw new Error('no')
      },
    },
    null,
  ]
  wrong.forEach((options, i) => meter.createHistogram(`h${i}`, options as MetricOptions).record(1, { a: 1 }))
  const collected = await collect()
  expect(collected).toHaveLength(wrong.length)
  for (const { unit, description, points } of collected) {
    expect({ unit, description }).toEqual({ unit: '', description: '' })
    expect(points).toMatchObject([{ attributes: { a: 1 }, bounds: { length: 15 } }])
  }
  expect(told).toHaveLength(5)
})

it('takes 1,000 bounds', async () => {
  const { meter, collect } = createMetricRig()
  const explicitBucketBoundaries = Array.from({ length: 1_000 }, (_, i) => i)
  meter.createHistogram('h', { advice: { explicitBucketBoundaries } }).record(999)
  const [point] = (await collect())[0]?.points ?? []
  expect(point?.bounds).toHaveLength(1_000)
  expect(point?.buckets?.[999]).toBe(1)
})

it('makes no more than 10,000 instruments', async () => {
  const { meter, losses, collect } = createMetricRig()
  for (let i = 0; i < 10_003; i++) meter.createCounter(`c${i}`).add(1)
  meter.createCounter('c0').add(1)
  expect(losses).toEqual({ instrument_limit: 3 })
  expect(told).toHaveLength(1)
  expect(await collect()).toHaveLength(10_000)
})

it('tells of wrong values once for each instrument, and never what they are', () => {
  const { meter } = createMetricRig()
  const counter = meter.createCounter('c')
  for (let i = 0; i < 5; i++) counter.add('4242 4242 4242 4242' as unknown as number)
  expect(told).toEqual(['The instrument c ignores values that are not finite numbers from 0 up'])
})

it('records on when whoever counts or logs throws, or records itself', async () => {
  const rig = createMetricRig({
    onLoss: () => {
      rig.meter.createCounter('lost').add(1)
      rig.meter.createCounter('lost').add(-1)
      throw new Error('no')
    },
  })
  const quiet = { error: () => undefined, info: () => undefined, debug: () => undefined, verbose: () => undefined }
  const warn = (): never => {
    throw new Error('no')
  }
  diag.setLogger({ ...quiet, warn }, { suppressOverrideMessage: true })
  const counter = rig.meter.createCounter('c')
  counter.add(-1)
  counter.add(1)
  expect(await rig.collect()).toMatchObject([
    { name: 'c', points: [{ value: 1 }] },
    { name: 'lost', points: [{ value: 1 }] },
  ])
})
