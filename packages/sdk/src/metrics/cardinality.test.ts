import { expect, it } from 'vitest'
import { createMetricRig } from './metric-rig.test.helper.ts'
import type { MetricRig } from './metric-rig.test.helper.ts'

const OVERFLOW = { 'otel.metric.overflow': true }
const valuesOf = async ({ collect }: MetricRig): Promise<Record<string, unknown>> => {
  const points = (await collect()).flatMap(({ points }) => points)
  return Object.fromEntries(points.map(({ attributes, value, count }) => [JSON.stringify(attributes), value ?? count]))
}

it('counts what exceeds 2,000 sets of attributes together, and loses nothing', async () => {
  const rig = createMetricRig()
  const counter = rig.meter.createCounter('c')
  for (let round = 0; round < 2; round++) for (let user = 0; user < 2_500; user++) counter.add(1, { user })
  const values = await valuesOf(rig)
  expect(Object.keys(values)).toHaveLength(2_000)
  expect(values['{"user":1998}']).toBe(2)
  expect(values['{"user":1999}']).toBeUndefined()
  expect(values[JSON.stringify(OVERFLOW)]).toBe(501 * 2)
  expect(rig.losses).toEqual({})
})

it.each(['createHistogram', 'createGauge'] as const)('holds instruments of %s to the limit too', async (method) => {
  const rig = createMetricRig({ cardinalityLimit: 3 })
  const instrument = rig.meter[method]('i')
  for (const user of [1, 2, 3, 4, 1]) instrument.record(10 + user, { user })
  expect(await valuesOf(rig)).toEqual(
    method === 'createGauge'
      ? { '{"user":1}': 11, '{"user":2}': 12, [JSON.stringify(OVERFLOW)]: 14 }
      : { '{"user":1}': 2, '{"user":2}': 1, [JSON.stringify(OVERFLOW)]: 2 },
  )
})

it('keeps the first sets for good under cumulative', async () => {
  const rig = createMetricRig({ cardinalityLimit: 2 })
  const counter = rig.meter.createCounter('c')
  counter.add(1, { user: 1 })
  await rig.collect()
  counter.add(1, { user: 2 })
  counter.add(1)
  expect(await valuesOf(rig)).toEqual({ '{"user":1}': 1, [JSON.stringify(OVERFLOW)]: 2 })
})

it('gives each interval the whole limit under delta', async () => {
  const rig = createMetricRig({ cardinalityLimit: 3, temporality: 'delta' })
  const counter = rig.meter.createCounter('c')
  for (let interval = 0; interval < 20; interval += 2) {
    for (const user of [interval, interval + 1, interval + 2]) counter.add(1, { user })
    expect(await valuesOf(rig)).toEqual({
      [`{"user":${interval}}`]: 1,
      [`{"user":${interval + 1}}`]: 1,
      [JSON.stringify(OVERFLOW)]: 1,
    })
  }
})

it('counts a set that was in the last interval like any other under delta', async () => {
  const rig = createMetricRig({ cardinalityLimit: 2, temporality: 'delta' })
  const counter = rig.meter.createCounter('c')
  counter.add(1, { user: 1 })
  await rig.collect()
  counter.add(1, { user: 2 })
  counter.add(1, { user: 1 })
  expect(await valuesOf(rig)).toEqual({ '{"user":2}': 1, [JSON.stringify(OVERFLOW)]: 1 })
})

it('tells one overflow point, also when the application records one itself', async () => {
  const rig = createMetricRig({ cardinalityLimit: 2 })
  const counter = rig.meter.createCounter('c')
  counter.add(1, OVERFLOW)
  counter.add(2, { user: 1 })
  counter.add(4, { user: 2 })
  counter.add(8, OVERFLOW)
  expect(await valuesOf(rig)).toEqual({ [JSON.stringify(OVERFLOW)]: 13, '{"user":1}': 2 })
})

it('counts a set that is too large to keep in the overflow point, and tells that', async () => {
  const rig = createMetricRig()
  const counter = rig.meter.createCounter('c')
  counter.add(1, { text: 'x'.repeat(20_000) })
  expect(await valuesOf(rig)).toEqual({ [JSON.stringify(OVERFLOW)]: 1 })
  expect(rig.losses).toEqual({ attributes_invalid: 1 })
})

it('adds up what exceeds the limit in one collection of observed values', async () => {
  for (const [temporality, second] of [
    ['cumulative', 70],
    ['delta', 15],
  ] as const) {
    const rig = createMetricRig({ cardinalityLimit: 2, temporality })
    let factor = 1
    rig.meter.createObservableCounter('c').addCallback((result) => {
      for (const user of [1, 2, 3]) result.observe(user * 10 + factor, { user })
      factor += 8
    })
    expect(await valuesOf(rig)).toEqual({ '{"user":1}': 11, [JSON.stringify(OVERFLOW)]: 52 })
    factor = 10
    expect(await valuesOf(rig)).toEqual({
      '{"user":1}': temporality === 'delta' ? 9 : 20,
      [JSON.stringify(OVERFLOW)]: temporality === 'delta' ? second + 3 : second,
    })
  }
})

it('prefers what a callback observes first', async () => {
  const rig = createMetricRig({ cardinalityLimit: 3 })
  let users = [1, 2, 3]
  rig.meter.createObservableGauge('g').addCallback((result) => users.forEach((user) => result.observe(user, { user })))
  await rig.collect()
  users = [3, 4, 1, 2]
  expect(await valuesOf(rig)).toEqual({ '{"user":3}': 3, '{"user":4}': 4, [JSON.stringify(OVERFLOW)]: 2 })
})

it('remembers what is not observed any more only as long as there is room', async () => {
  const rig = createMetricRig({ cardinalityLimit: 3, temporality: 'delta' })
  let user = 0
  rig.meter.createObservableCounter('c').addCallback((result) => result.observe(10, { user }))
  for (; user < 5; user++) expect(await valuesOf(rig)).toEqual({ [`{"user":${user}}`]: 10 })
  user = 0
  expect(await valuesOf(rig)).toEqual({ '{"user":0}': 0 })
  // The seventh makes the table forget the six before.
  for (user = 5; user < 7; user++) expect(await valuesOf(rig)).toEqual({ [`{"user":${user}}`]: 10 })
  user = 0
  expect(await valuesOf(rig)).toEqual({ '{"user":0}': 10 })
})

it('sends thousands of large points in records that fit, all of them', async () => {
  const rig = createMetricRig()
  const histogram = rig.meter.createHistogram('h')
  for (let user = 0; user < 1_999; user++) histogram.record(1, { user, text: 'é'.repeat(1_000) })
  const collected = await rig.collect()
  expect(collected.length).toBeGreaterThan(1)
  expect(collected.flatMap(({ points }) => points)).toHaveLength(1_999)
  const sizes = collected.map(({ points }) => points.length)
  expect(Math.max(...sizes)).toBeLessThan(50)
  expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(30)
})
