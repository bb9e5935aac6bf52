import type { MeterOptions } from '@opentelemetry/api'
import { startReceiver, waitFor } from '@plutus/test-kit'
import { ByteBuffer } from '@plutus/otlp'
import { expect, it, vi } from 'vitest'
import type { MeterProviderOptions } from './meter-provider.ts'
import { readMetrics } from './collected-metric.test.helper.ts'
import type { CollectedMetric } from './collected-metric.test.helper.ts'
import { BEGIN, createMetricRig } from './metric-rig.test.helper.ts'

it('sends what an independent receiver reads as it was recorded', async () => {
  const receiver = await startReceiver()
  try {
    const { meter, metering, requests } = createMetricRig({ temporality: 'delta' })
    meter.createCounter('orders', { unit: '{order}' }).add(2, { region: 'eu' })
    const advice = { explicitBucketBoundaries: [0.1, 1] }
    meter.createHistogram('wait', { unit: 's', description: 'Waiting.', advice }).record(0.5)
    expect(await metering.collect()).toBe(2)
    for (const body of requests.splice(0)) {
      const headers = { 'content-type': 'application/x-protobuf' }
      const answer = await fetch(`${receiver.httpUrl}/v1/metrics`, { method: 'POST', body: Buffer.from(body), headers })
      expect(answer.status).toBe(200)
    }
    expect(receiver.metrics).toMatchObject([
      { name: 'orders', unit: '{order}', type: 'sum', temporality: 'delta', monotonic: true, points: [{ value: 2 }] },
      { name: 'wait', description: 'Waiting.', points: [{ count: 1, sum: 0.5, bounds: [0.1, 1], buckets: [0, 1, 0] }] },
    ])
    expect(receiver.metrics[0]?.scope).toEqual({ name: 'shop', version: '1.2.3' })
  } finally {
    await receiver.close()
  }
})

it('has one meter per name, version, schema and attributes', async () => {
  const { provider, collect } = createMetricRig()
  const scopes: [name: string, version?: string, options?: MeterOptions & { scopeAttributes?: object }][] = [
    ['a'],
    ['b'],
    ['a', '1'],
    ['a', '1', { schemaUrl: 'https://s' }],
    ['a', '1', { scopeAttributes: { x: 1 } }],
    ['a', '1', { scopeAttributes: { x: '1' } }],
  ]
  for (let round = 0; round < 2; round++) {
    for (const scope of scopes)
      provider
        .getMeter(...scope)
        .createCounter('c')
        .add(1)
  }
  expect(await collect()).toMatchObject([
    { scope: 'a', version: '', schemaUrl: '', points: [{ value: 2 }] },
    { scope: 'b', points: [{ value: 2 }] },
    { scope: 'a', version: '1', points: [{ value: 2 }] },
    { schemaUrl: 'https://s', points: [{ value: 2 }] },
    { scopeAttributes: { x: 1 }, points: [{ value: 2 }] },
    { scopeAttributes: { x: '1' }, points: [{ value: 2 }] },
  ])
})

it('makes a meter of whatever it is asked for with', async () => {
  const { provider, collect } = createMetricRig()
  const hostile = {
    get schemaUrl(): string {
      throw new Error('no')
    },
  }
  provider
    .getMeter(undefined as unknown as string, 7 as unknown as string, hostile)
    .createCounter('c')
    .add(1)
  provider
    .getMeter('', '', null as unknown as MeterOptions)
    .createCounter('c')
    .add(1)
  expect(await collect()).toMatchObject([{ scope: '', version: '', points: [{ value: 2 }] }])
})

it('makes no more than 1,000 meters', () => {
  const { provider, losses } = createMetricRig()
  for (let i = 0; i < 1_002; i++) provider.getMeter(`m${i}`).createCounter('c').add(1)
  // One is the rig's own.
  expect(losses).toEqual({ instrument_limit: 3 })
})

it('sends nothing for instruments and meters that are not used', async () => {
  const { meter, metering, requests } = createMetricRig()
  meter.createCounter('c')
  meter.createHistogram('h')
  meter.createObservableGauge('g')
  expect(await metering.collect()).toBe(0)
  expect(metering.collectNow()).toBe(0)
  expect(requests).toEqual([])
})

it('hands over each collection at once, as one batch', async () => {
  const { meter, metering, requests } = createMetricRig()
  const counter = meter.createCounter('c')
  counter.add(1)
  for (let i = 1; i <= 3; i++) {
    await metering.collect()
    expect(requests).toHaveLength(i)
  }
})

it('collects one after the other, and once for all who ask while one is under way', async () => {
  const { meter, metering } = createMetricRig()
  let running = 0
  let runs = 0
  meter.createObservableGauge('g').addCallback(async (result) => {
    expect(++running).toBe(1)
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    running--
    result.observe(++runs)
  })
  const [first, second, third] = [metering.collect(), metering.collect(), metering.collect()]
  expect(third).toBe(second)
  await Promise.all([first, second])
  expect(runs).toBe(2)
})

it('takes what was recorded while a collection is under way with the next one', async () => {
  const { meter, metering, collect } = createMetricRig({ temporality: 'delta' })
  const counter = meter.createCounter('c')
  counter.add(1)
  const first = metering.collect()
  await first
  counter.add(2)
  expect((await collect()).at(-1)?.points).toMatchObject([{ value: 2 }])
})

it('collects at once when there is no time to wait, and tells no value twice', async () => {
  const { meter, metering, collectNow, losses, requests } = createMetricRig({ temporality: 'delta' })
  const counter = meter.createCounter('c')
  const gauge = meter.createObservableGauge('g')
  gauge.addCallback(async (result) => {
    result.observe(1)
    await new Promise((resolve) => {
      setTimeout(resolve, 1)
    })
    result.observe(2)
  })
  counter.add(5)
  const waiting = metering.collect()
  await Promise.resolve()
  const collected = collectNow()
  const sums = collected.filter(({ name }) => name === 'c').flatMap(({ points }) => points)
  expect(sums).toMatchObject([{ value: 5 }])
  expect(collected.filter(({ name }) => name === 'g')).toMatchObject([{ points: [{ value: 1 }] }])
  counter.add(7)
  expect(collectNow().flatMap(({ points }) => points)).toMatchObject([{ value: 7 }])
  await waiting
  expect(requests).toEqual([])
  // It did not end for the first, and was not called for the other two.
  expect(losses).toEqual({ callback_unfinished: 3 })
})

it('does not miss the end of a callback that waits for nothing when the process leaves it no turn', () => {
  const { meter, collectNow, losses } = createMetricRig()
  // eslint-disable-next-line @typescript-eslint/require-await -- as instrumentations write them
  meter.createObservableGauge('asynchronous').addCallback(async (result) => result.observe(1))
  meter.createObservableGauge('silent').addCallback(async () => undefined)
  expect(collectNow()).toMatchObject([{ points: [{ value: 1 }] }])
  expect(collectNow()).toHaveLength(1)
  expect(losses).toEqual({})
  meter.createObservableGauge('later').addCallback(async (result) => {
    await Promise.resolve()
    result.observe(1)
  })
  collectNow()
  expect(losses).toEqual({ callback_unfinished: 1 })
})

it('gives the application turns during a large collection, and still tells everything', async () => {
  const { meter, metering, collect } = createMetricRig()
  const counters = Array.from({ length: 5 }, (_, i) => meter.createCounter(`c${i}`))
  for (const counter of counters) for (let user = 0; user < 1_500; user++) counter.add(1, { user })
  let turns = 0
  let isOver = false
  const turn = (): void => {
    turns++
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  const collected = await collect()
  isOver = true
  expect(collected.flatMap(({ points }) => points)).toHaveLength(7_500)
  expect(turns).toBeGreaterThanOrEqual(4)
  const unfinished = metering.collect()
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  // Five times 1,500 for what was under way and once more for all.
  const now = metering.collectNow()
  expect(now).toBeGreaterThan(7_500)
  expect(now + (await unfinished)).toBeGreaterThanOrEqual(15_000)
})

it.each(['cumulative', 'delta'] as const)(
  'tells under %s all that is recorded while it collects',
  async (temporality) => {
    const { meter, metering, collect, collectNow } = createMetricRig({ temporality })
    const counter = meter.createCounter('c')
    const histogram = meter.createHistogram('h')
    let recorded = 0
    const record = (): void => {
      // Sets from before and new ones, told already in this collection or not.
      for (let i = 0; i < 50; i++, recorded++) {
        const attributes = { user: recorded % 2 === 0 ? recorded % 700 : 1_000 + ((recorded * 7) % 900) }
        counter.add(1, attributes)
        histogram.record(1, attributes)
      }
    }
    for (let i = 0; i < 20; i++) record()
    const collected: CollectedMetric[] = []
    for (let round = 0; round < 3; round++) {
      let isOver = false
      const turn = (): void => {
        record()
        if (!isOver) setImmediate(turn)
      }
      setImmediate(turn)
      const rest = collect()
      if (round === 1) void metering.collect()
      collected.push(...(await rest))
      isOver = true
      record()
    }
    const last = [...(await collect()), ...collectNow()]
    const told = temporality === 'delta' ? [...collected, ...last] : last.slice(last.length / 2)
    const sumOf = (name: string): number =>
      told
        .flatMap((metric) => (metric.name === name ? metric.points : []))
        .reduce((sum, { value, count }) => sum + Number(value ?? count), 0)
    expect([sumOf('c'), sumOf('h')]).toEqual([recorded, recorded])
  },
)

it('never lets a point end before it starts, though the clock is set back', async () => {
  for (const temporality of ['cumulative', 'delta'] as const) {
    const { meter, clock, collect } = createMetricRig({ temporality })
    const counter = meter.createCounter('c')
    counter.add(1)
    await collect()
    clock.millis -= 3_600_000
    counter.add(1)
    for (const { points } of await collect()) expect(points).toMatchObject([{ start: BEGIN, time: BEGIN }])
  }
})

it('collects by itself, as often as it is told', async () => {
  const { meter, requests, metering } = createMetricRig({ intervalMillis: 5 })
  meter.createCounter('c').add(1)
  await waitFor(() => requests.length >= 3)
  await metering.shutdown()
  expect(requests.flatMap(readMetrics)).toMatchObject(requests.map(() => ({ points: [{ value: 1 }] })))
})

it('leaves out a collection while one is under way, and collects no more after it was shut down', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const { meter, metering } = createMetricRig({ intervalMillis: 10 })
    const { promise, resolve } = Promise.withResolvers<void>()
    let runs = 0
    meter.createObservableGauge('g').addCallback(() => {
      runs++
      return promise
    })
    await vi.advanceTimersByTimeAsync(50)
    resolve()
    await vi.advanceTimersByTimeAsync(1)
    expect(runs).toBe(1)
    await metering.shutdown()
    expect([runs, vi.getTimerCount()]).toEqual([2, 0])
  } finally {
    vi.useRealTimers()
  }
})

it('keeps no process alive', () => {
  const before = process.getActiveResourcesInfo().length
  const { metering } = createMetricRig({ intervalMillis: 60_000 })
  expect(process.getActiveResourcesInfo()).toHaveLength(before)
  void metering.shutdown()
})

it('collects for the last time when it is shut down', async () => {
  const { meter, provider, metering, losses, requests } = createMetricRig({ intervalMillis: 5 })
  const counter = meter.createCounter('c')
  counter.add(1)
  expect(await Promise.all([metering.shutdown(), metering.shutdown()])).toEqual([1, 1])
  const sent = requests.length
  counter.add(1)
  provider.getMeter('late').createCounter('c').add(1)
  expect(await metering.collect()).toBe(1)
  expect(metering.collectNow()).toBe(0)
  expect(requests).toHaveLength(sent)
  expect(losses).toEqual({ instrument_limit: 1 })
})

it('survives a buffer that throws, and goes on with the next collection', async () => {
  let calls = 0
  const failOnce = <T>(result: T): T => {
    if (calls++ < 2) throw new Error('no')
    return result
  }
  const out = new ByteBuffer()
  const records = {
    open: () => failOnce(out),
    close: () => undefined,
    flush: () => failOnce(undefined),
  }
  const { meter, metering, losses } = createMetricRig({ temporality: 'delta', records })
  const counter = meter.createCounter('c')
  counter.add(1)
  expect([await metering.collect(), losses]).toEqual([0, { metric_failed: 2 }])
  counter.add(1)
  expect([await metering.collect(), losses]).toEqual([1, { metric_failed: 2 }])
})

it.each<[string, Partial<MeterProviderOptions>, Partial<MeterProviderOptions>]>([
  ['intervalMillis', { intervalMillis: 1 }, { intervalMillis: 0 }],
  ['intervalMillis', { intervalMillis: 2_147_483_647 }, { intervalMillis: 2_147_483_648 }],
  ['intervalMillis', { intervalMillis: Infinity }, { intervalMillis: NaN }],
  ['callbackTimeoutMillis', { callbackTimeoutMillis: 1 }, { callbackTimeoutMillis: 0 }],
  ['callbackTimeoutMillis', { callbackTimeoutMillis: 2_147_483_647 }, { callbackTimeoutMillis: Infinity }],
  ['cardinalityLimit', { cardinalityLimit: 2 }, { cardinalityLimit: 1 }],
  ['cardinalityLimit', { cardinalityLimit: 100_000 }, { cardinalityLimit: 100_001 }],
  ['temporality', { temporality: 'lowmemory' }, { temporality: 'low' as 'lowmemory' }],
])('takes the last right value of %s and refuses the first wrong one', (option, right, wrong) => {
  void createMetricRig(right).metering.shutdown()
  expect(() => createMetricRig(wrong)).toThrow(
    expect.objectContaining({ code: 'PLUTUS_OPTION_INVALID', option: `metrics.${option}` }),
  )
})

it.each([
  ['cumulative', [0, 4]],
  ['lowmemory', [0, 2]],
  ['delta', [0, 0]],
] as const)('tells how many points of a collection repeat the one before under %s', async (temporality, expected) => {
  const { meter, metering } = createMetricRig({ temporality })
  const counter = meter.createCounter('orders')
  const sizes = meter.createObservableGauge('sizes')
  sizes.addCallback((result) => ['a', 'b'].forEach((at) => result.observe(1, { at })))
  const repeated: number[] = []
  for (const at of ['a', 'b', 'c']) {
    counter.add(1, { at })
    if (at !== 'a') {
      await metering.collect()
      repeated.push(metering.repeated)
    }
  }
  expect(repeated).toEqual(expected)
})
