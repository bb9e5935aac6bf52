import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MetricSnapshot } from './metric-encoder.ts'
import { anyText, encodeMetricAlone, keyValuesOf } from './oracle.test.helper.ts'

const text = anyText({ maxLength: 40 }).map((one) => one.toWellFormed())
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const attributes = fc.dictionary(
  text.filter((key) => key !== ''),
  fc.oneof(text, fc.integer()),
  { maxKeys: 5 },
)
const identity = { name: text, description: text, unit: text }
const temporality = fc.constantFrom('delta' as const, 'cumulative' as const)
const TEMPORALITY = { delta: 1, cumulative: 2 }

describe('a metric, read by protobufjs', () => {
  it('is the gauge or sum that it was', () => {
    const point = fc.record({
      startTime: nanos,
      time: nanos,
      value: fc.oneof(fc.double(), fc.maxSafeInteger()),
      attributes,
    })
    const points = fc.array(point, { maxLength: 5 })
    const valueType = fc.constantFrom('int' as const, 'double' as const)
    const metric = fc.oneof(
      fc.record({ ...identity, kind: fc.constant('gauge' as const), valueType, points }),
      fc.record({
        ...identity,
        kind: fc.constant('sum' as const),
        valueType,
        points,
        temporality,
        monotonic: fc.boolean(),
      }),
    )
    fc.assert(
      fc.property(metric, (given) => {
        const { name, description, unit } = given
        const dataPoints = given.points.map(({ startTime, time, value, attributes }) => ({
          startTimeUnixNano: startTime.toString(),
          timeUnixNano: time.toString(),
          attributes: keyValuesOf(attributes),
          exemplars: [],
          flags: 0,
          ...(given.valueType === 'int' && Number.isInteger(value) && Math.abs(value) < 2 ** 63
            ? { asInt: BigInt(value).toString() }
            : { asDouble: value }),
        }))
        const data =
          given.kind === 'gauge'
            ? { gauge: { dataPoints } }
            : {
                sum: {
                  dataPoints,
                  isMonotonic: given.monotonic,
                  aggregationTemporality: TEMPORALITY[given.temporality],
                },
              }
        expect(encodeMetricAlone(given).record).toEqual({ name, description, unit, metadata: [], ...data })
      }),
      { numRuns: 200 },
    )
  })

  it('is the histogram that it was', () => {
    const count = fc.maxSafeInteger().map(Math.abs)
    const point = fc.record(
      {
        startTime: nanos,
        time: nanos,
        count,
        sum: fc.double(),
        min: fc.double(),
        max: fc.double(),
        bounds: fc.array(fc.double()),
        bucketCounts: fc.array(count),
        attributes,
      },
      { requiredKeys: ['startTime', 'time', 'count', 'bounds', 'bucketCounts', 'attributes'] },
    )
    const metric = fc.record({
      ...identity,
      kind: fc.constant('histogram' as const),
      temporality,
      points: fc.array(point, { maxLength: 4 }),
    })
    fc.assert(
      fc.property(metric, (given) => {
        const { name, description, unit } = given
        const dataPoints = given.points.map(
          ({ startTime, time, count, bounds, bucketCounts, attributes, ...optional }) => ({
            startTimeUnixNano: startTime.toString(),
            timeUnixNano: time.toString(),
            count: count.toString(),
            explicitBounds: bounds,
            bucketCounts: bucketCounts.map(String),
            attributes: keyValuesOf(attributes),
            exemplars: [],
            flags: 0,
            ...optional,
          }),
        )
        const histogram = { dataPoints, aggregationTemporality: TEMPORALITY[given.temporality] }
        expect(encodeMetricAlone(given).record).toEqual({ name, description, unit, metadata: [], histogram })
      }),
      { numRuns: 200 },
    )
  })
})

const gauge = (value: number | bigint): MetricSnapshot => ({
  kind: 'gauge',
  name: 'g',
  valueType: 'int',
  points: [{ time: 1, value }],
})

it.each<[value: number | bigint, expected: object]>([
  [2n ** 63n - 1n, { asInt: '9223372036854775807' }],
  [-(2n ** 63n), { asInt: '-9223372036854775808' }],
  [2n ** 63n, { asDouble: 2 ** 63 }],
  [-(2 ** 63), { asInt: '-9223372036854775808' }],
  [2 ** 63, { asDouble: 2 ** 63 }],
  [0.5, { asDouble: 0.5 }],
])('writes %s as an integer if it is one of 64 bits', (value, expected) => {
  expect(encodeMetricAlone(gauge(value)).record).toMatchObject({ gauge: { dataPoints: [expected] } })
})

it('has no limit of attributes', () => {
  const attributes = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i]))
  const { record, losses } = encodeMetricAlone({
    ...gauge(1),
    points: [{ time: 1, value: 1, attributes }],
  } as MetricSnapshot)
  expect(record).toMatchObject({ gauge: { dataPoints: [{ attributes: keyValuesOf(attributes) }] } })
  expect(losses).toEqual({})
})

it('drops the points that do not fit the record, and counts them', () => {
  const points = Array.from({ length: 1000 }, (_, i) => ({ time: 1, value: i, attributes: { text: 'x'.repeat(50) } }))
  const { losses, bytes } = encodeMetricAlone(
    { kind: 'gauge', name: 'g', valueType: 'int', points },
    { limits: { recordBytes: 8192 } },
  )
  expect(losses.record_size).toBeGreaterThan(800)
  expect(bytes.length).toBeLessThan(8192 + 200)
})
