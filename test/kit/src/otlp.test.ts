import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJson, decodeProtobuf, MalformedError } from './otlp-decode.ts'
import { listLogs, listMetrics, listSpans } from './otlp-records.ts'
import { EXPORT_CALLS, type Signal } from './otlp-schema.ts'
import type { WireLogsRequest, WireMetricsRequest, WireTraceRequest } from './otlp-wire.ts'
import { encodeSample, SAMPLES } from './sample-export.ts'

const { traces, logs, metrics } = EXPORT_CALLS
const FORMATS = ['protobuf', 'JSON'] as const
const decode = (format: (typeof FORMATS)[number], signal: Signal, sample: object = SAMPLES[signal]): unknown =>
  format === 'JSON'
    ? decodeJson(EXPORT_CALLS[signal], JSON.stringify(sample))
    : decodeProtobuf(EXPORT_CALLS[signal], encodeSample(signal, sample))
const span = (change: object): object => {
  const sample = structuredClone(SAMPLES.traces) as { resourceSpans: [{ scopeSpans: [{ spans: [object] }] }] }
  Object.assign(sample.resourceSpans[0].scopeSpans[0].spans[0], change)
  return sample
}
const outcomeOf = (body: Uint8Array): string => {
  try {
    listSpans(decodeProtobuf(traces, body) as WireTraceRequest)
    return 'read'
  } catch (error) {
    return error instanceof MalformedError ? 'malformed' : String(error)
  }
}
const metric = (data: object): object => ({
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', ...data }] }] }],
})

describe.each(FORMATS)('OTLP in %s', (format) => {
  it('gives a span with all that it carries', () => {
    expect(listSpans(decode(format, 'traces') as WireTraceRequest)).toEqual([
      {
        traceId: '5b8efff798038103d269b633813fc60c',
        spanId: 'eee19b7ec3c1b174',
        parentSpanId: 'eee19b7ec3c1b173',
        traceState: 'a=b',
        name: 'SELECT payments',
        kind: 'CLIENT',
        startTimeUnixNano: 1544712660000000001n,
        endTimeUnixNano: 1544712660500000001n,
        durationMillis: 500,
        attributes: {
          text: 'text',
          yes: true,
          no: false,
          count: -3,
          large: 9007199254740993n,
          ratio: 0.25,
          list: ['text', 0],
          map: Object.fromEntries([['__proto__', 'text']]),
          bytes: Buffer.from([1, 2, 255]),
          empty: '',
        },
        droppedAttributesCount: 1,
        events: [{ name: 'retry', timeUnixNano: 1544712660100000000n, attributes: { n: 'text' } }],
        links: [
          {
            traceId: '5b8efff798038103d269b633813fc60d',
            spanId: 'eee19b7ec3c1b175',
            traceState: '',
            attributes: {},
            flags: 1,
          },
        ],
        status: { code: 'ERROR', message: 'relation does not exist' },
        scope: { name: 'pg', version: '1.2.3' },
        resource: { 'service.name': 'checkout' },
        flags: 257,
      },
    ])
  })

  it('leaves out the parent, the message and the version that are not there', () => {
    const bare = span({ parentSpanId: '', status: undefined, kind: 0 })
    const [root] = listSpans(decode(format, 'traces', bare) as WireTraceRequest)
    expect(root).not.toHaveProperty('parentSpanId')
    expect(root).toMatchObject({ status: { code: 'UNSET' }, kind: 'INTERNAL' })
  })

  it('gives log records with and without a span', () => {
    const [bound, loose] = listLogs(decode(format, 'logs') as WireLogsRequest)
    expect(bound).toMatchObject({
      timeUnixNano: 1544712660300000000n,
      observedTimeUnixNano: 1544712660300000001n,
      severityNumber: 9,
      severityText: 'info',
      eventName: 'payment.captured',
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      flags: 1,
      body: { msg: 'text' },
      attributes: { amount: 1999 },
      scope: { name: 'pino' },
    })
    expect(loose).toMatchObject({ body: 'text', severityNumber: 0, timeUnixNano: 0n })
    for (const key of ['traceId', 'spanId', 'eventName', 'severityText']) expect(loose).not.toHaveProperty(key)
  })

  it('gives metrics of every type', () => {
    const list = listMetrics(decode(format, 'metrics') as WireMetricsRequest)
    expect(list.map(({ name, type, temporality, monotonic }) => [name, type, temporality, monotonic])).toEqual([
      ['gauge', 'gauge', undefined, undefined],
      ['sum', 'sum', 'cumulative', true],
      ['histogram', 'histogram', 'delta', undefined],
      ['exponential', 'exponentialHistogram', 'cumulative', undefined],
      ['summary', 'summary', undefined, undefined],
    ])
    expect(list.map(({ points }) => points[0])).toMatchObject([
      { value: 0.5, timeUnixNano: 2n },
      { value: 5, attributes: { a: 'text' }, startTimeUnixNano: 1n },
      {
        count: 3,
        sum: 1.5,
        min: 0,
        max: 1,
        buckets: [1, 2, 0],
        bounds: [0.1, 1],
        exemplars: [{ value: 1, traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' }],
      },
      { count: 4, sum: 2, scale: -1, zeroCount: 1, positive: { offset: -2, buckets: [3] } },
      { count: 2, sum: 3, quantiles: [{ quantile: 0.5, value: 1 }] },
    ])
    expect(list[0]?.points[0]).not.toHaveProperty('count')
    expect(list[3]?.points[0]).not.toHaveProperty('min')
    expect(list[3]?.points[0]).not.toHaveProperty('negative')
  })

  it.each([
    ['a trace id of 15 bytes', { traceId: '5b8efff798038103d269b633813fc6' }, /trace_id has 15 bytes instead of 16/],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, /trace_id is all zero/],
    ['no trace id', { traceId: '' }, /trace_id is missing/],
    ['a span id of 7 bytes', { spanId: 'eee19b7ec3c1b1' }, /span_id has 7 bytes/],
    ['a parent id of zeros', { parentSpanId: '0'.repeat(16) }, /parent_span_id is all zero/],
    ['an unknown kind', { kind: 6 }, /unknown kind or status/],
    ['an unknown status', { status: { code: 3 } }, /unknown kind or status/],
    ['an attribute twice', { attributes: [{ key: 'a' }, { key: 'a' }] }, /attribute a twice/],
  ])('refuses a span with %s', (_what, change, message) => {
    expect(() => listSpans(decode(format, 'traces', span(change)) as WireTraceRequest)).toThrow(message)
  })

  it.each([
    ['no data', {}, /has no data/],
    ['no temporality', { sum: { dataPoints: [] } }, /no aggregation temporality/],
    [
      'as many buckets as bounds',
      { histogram: { aggregationTemporality: 2, dataPoints: [{ bucketCounts: ['1'], explicitBounds: [1] }] } },
      /1 buckets for 1 bounds/,
    ],
  ])('refuses a metric with %s', (_what, data, message) => {
    expect(() => listMetrics(decode(format, 'metrics', metric(data)) as WireMetricsRequest)).toThrow(message)
  })

  it('takes a histogram that has neither buckets nor bounds', () => {
    const data = { histogram: { aggregationTemporality: 2, dataPoints: [{ count: '1' }] } }
    const [histogram] = listMetrics(decode(format, 'metrics', metric(data)) as WireMetricsRequest)
    expect(histogram?.points[0]).toMatchObject({ count: 1, buckets: [], bounds: [] })
  })
})

describe('protobuf', () => {
  it.each([
    ['truncated', encodeSample('traces').subarray(0, -1)],
    ['with a field that OTLP does not have', Buffer.from([0x7a, 0x01, 0x61])],
    ['with a field of another wire type', Buffer.from([0x08, 0x01])],
    ['with text that is not UTF-8', Buffer.from([0x0a, 0x03, 0x1a, 0x01, 0xff])], // schema_url
    ['that is JSON', Buffer.from('{"resourceSpans":[]}')],
  ])('is refused when %s', (_what, bytes) => {
    expect(() => decodeProtobuf(traces, bytes)).toThrow(MalformedError)
  })

  it('of any bytes is decoded or refused as malformed, nothing else', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(encodeSample('traces').length - 1), fc.nat(255)).map(([at, byte]) => {
        const sample = encodeSample('traces')
        sample[at] = byte
        return sample
      }),
    )
    fc.assert(
      fc.property(bytes, (body) => {
        expect(outcomeOf(body)).toMatch(/^(?:read|malformed)$/)
      }),
    )
  })
})

describe('JSON', () => {
  it.each([
    ['an id that is not hexadecimal', span({ traceId: 'W47/95gDgQPSabYzgT/GDA==' })],
    ['an enum by its name', span({ kind: 'SPAN_KIND_CLIENT' })],
    ['an enum as text', span({ kind: '3' })],
    ['a time with a fraction', span({ startTimeUnixNano: 1.5 })],
    ['a negative time', span({ startTimeUnixNano: '-1' })],
    ['a time above 64 bits', span({ startTimeUnixNano: '18446744073709551616' })],
    ['flags above 32 bits', span({ flags: 4294967296 })],
    ['an attribute list that is an object', span({ attributes: {} })],
    ['a number for a name', span({ name: 1 })],
    ['bytes that are not base64', span({ attributes: [{ key: 'a', value: { bytesValue: '?' } }] })],
    ['text for a boolean', span({ attributes: [{ key: 'a', value: { boolValue: 'true' } }] })],
    ['text for a double', span({ attributes: [{ key: 'a', value: { doubleValue: '0.5' } }] })],
    ['a list in place of the message', []],
  ])('is refused with %s', (_what, sample) => {
    expect(() => decodeJson(traces, JSON.stringify(sample))).toThrow(MalformedError)
  })

  it('is refused when cut short', () => {
    expect(() => decodeJson(logs, '{"resourceLogs":[')).toThrow(MalformedError)
  })

  it('is refused when nested without end', () => {
    let value: object = { stringValue: 'deep' }
    for (let depth = 0; depth < 200; depth++) value = { arrayValue: { values: [value] } }
    const sample = span({ attributes: [{ key: 'a', value }] })
    expect(() => decodeJson(traces, JSON.stringify(sample))).toThrow(/nested at most 100 deep/)
  })

  it('may write 64-bit integers as numbers, name unknown fields and give null for a default', () => {
    const sample = span({ startTimeUnixNano: 1, endTimeUnixNano: 2, newField: { a: 1 }, links: null })
    const [read] = listSpans(decodeJson(traces, JSON.stringify(sample)) as WireTraceRequest)
    expect(read).toMatchObject({ startTimeUnixNano: 1n, endTimeUnixNano: 2n, links: [] })
  })

  it.each(['NaN', 'Infinity', '-Infinity'])('writes the double %s as text', (text) => {
    const data = { gauge: { dataPoints: [{ asDouble: text }] } }
    const [gauge] = listMetrics(decodeJson(metrics, JSON.stringify(metric(data))) as WireMetricsRequest)
    expect(gauge?.points[0]?.value).toBe(Number(text))
  })
})
