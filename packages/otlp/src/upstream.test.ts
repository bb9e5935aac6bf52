import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics'
import { SpanStatusCode, TraceFlags, ValueType } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { assembleRequest } from './assemble-request.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { createEncoder, type Encoder } from './encoder.ts'
import { decodeWithProtobufjs, recordsOf, type Canonical } from './oracle.test.helper.ts'
import { protobufToJson, type Signal } from './otlp-json.ts'
import { spanFlags } from './span-encoder.ts'

// The same telemetry, encoded by OpenTelemetry JS and by us, must say the same.

type TraceInput = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0]
type LogsInput = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0]
type MetricsInput = Parameters<typeof ProtobufMetricsSerializer.serializeRequest>[0]

const RESOURCE = { 'service.name': 'shop', 'process.pid': 42, 'process.command_args': ['node', 'app.js'] }
const SCOPE = {
  name: '@plutus/instrumentation-http',
  version: '0.1.0',
  schemaUrl: 'https://opentelemetry.io/schemas/1.38.0',
}
const TRACE_ID = '5b8efff798038103d269b633813fc60c'
const SPAN_ID = 'eee19b7ec3c1b174'
const START: [number, number] = [1_765_000_000, 123_456_789]
const END: [number, number] = [1_765_000_000, 987_654_321]
const upstreamResource = resourceFromAttributes(RESOURCE)

const assemble = (encode: (encoder: Encoder, out: ByteBuffer) => void): Uint8Array => {
  const encoder = createEncoder()
  const out = new ByteBuffer(16)
  encode(encoder, out)
  return assembleRequest(encoder.encodeResource({ attributes: RESOURCE }), [
    { scope: encoder.encodeScope(SCOPE), parts: [out.written()] },
  ])
}

/** An unset status may be left out; upstream writes it. */
const withoutUnsetStatus = (request: Canonical): Canonical => {
  for (const span of recordsOf('traces', request)) {
    const { code, message } = (span['status'] ?? {}) as Canonical
    if (code === 0 && message === '') delete span['status']
  }
  return request
}
const sameJson = (
  signal: Signal,
  ours: Uint8Array,
  upstream: Uint8Array | undefined,
): [ours: unknown, upstream: unknown] => {
  const json = protobufToJson(signal, ours)
  return [
    normalise(JSON.parse(json.ok ? json.value : '')),
    normalise(JSON.parse(Buffer.from(upstream ?? []).toString())),
  ]
}
/** Integers as text, and nothing that only states a default. */
const normalise = (value: unknown, name = ''): unknown => {
  if (typeof value === 'number' && /^(intValue|asInt|count)$|Nano$/.test(name)) return String(value)
  if (Array.isArray(value)) return value.map((item) => (name === 'bucketCounts' ? String(item) : normalise(item)))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([key, member]) => [key, normalise(member, key)] as const)
  const isDefault = (key: string, member: unknown): boolean =>
    !/Value$|^as(Int|Double)$|^(sum|min|max)$/.test(key) &&
    (member === 0 ||
      member === '' ||
      member === '0' ||
      member === false ||
      (key !== 'value' && JSON.stringify(member) === '{}') ||
      JSON.stringify(member) === '[]')
  return Object.fromEntries(members.filter(([key, member]) => !isDefault(key, member)))
}

describe('spans', () => {
  const attributes = {
    'http.request.method': 'GET',
    'url.path': '/größe',
    'server.port': 8080,
    'http.response.status_code': 200,
    ratio: 0.5,
    ok: true,
    negative: -7,
    large: 2 ** 53 - 1,
    list: ['a', 1, true, null],
    map: { a: { b: [1] } },
    bytes: Uint8Array.of(1, 2),
    none: null,
  }
  const linked = { traceId: TRACE_ID, spanId: '00000000000000ff', traceFlags: TraceFlags.SAMPLED, isRemote: true }
  const event = {
    name: 'exception',
    time: END,
    attributes: { 'exception.message': 'broken', 'exception.stacktrace': 'x\n'.repeat(100) },
  }
  const context = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: TraceFlags.SAMPLED }
  const upstream = [
    {
      name: 'GET /größe',
      kind: 1,
      spanContext: () => ({ ...context, traceState: { serialize: () => 'a=b' } }),
      parentSpanContext: { ...context, spanId: '00000000000000fe', isRemote: true },
      startTime: START,
      endTime: END,
      attributes,
      status: { code: SpanStatusCode.ERROR, message: 'broken' },
      events: [event],
      links: [{ context: linked, attributes: { a: 1 } }],
      droppedAttributesCount: 1,
      droppedEventsCount: 2,
      droppedLinksCount: 3,
    },
    {
      name: 'plain',
      kind: 0,
      spanContext: () => context,
      startTime: START,
      endTime: END,
      attributes: {},
      status: { code: SpanStatusCode.UNSET },
      events: [],
      links: [],
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    },
  ].map((span) =>
    Object.assign(span, { resource: upstreamResource, instrumentationScope: SCOPE }),
  ) as unknown as TraceInput
  const ours = assemble((encoder, out) => {
    const ids = { traceId: TRACE_ID, spanId: SPAN_ID }
    encoder.encodeSpan(out, {
      ...ids,
      parentSpanId: '00000000000000fe',
      traceState: 'a=b',
      flags: spanFlags(1, true),
      name: 'GET /größe',
      kind: 1,
      startTime: START,
      endTime: END,
      attributes,
      statusCode: 2,
      statusMessage: 'broken',
      events: [event],
      links: [{ traceId: TRACE_ID, spanId: '00000000000000ff', flags: spanFlags(1, true), attributes: { a: 1 } }],
      droppedAttributesCount: 1,
      droppedEventsCount: 2,
      droppedLinksCount: 3,
    })
    encoder.encodeSpan(out, {
      ...ids,
      flags: spanFlags(1, false),
      name: 'plain',
      kind: 0,
      startTime: START,
      endTime: END,
      attributes: {},
    })
  })

  it('say the same as upstream in protobuf', () => {
    const bytes = ProtobufTraceSerializer.serializeRequest(upstream) as Uint8Array
    expect(decodeWithProtobufjs('traces', ours)).toEqual(withoutUnsetStatus(decodeWithProtobufjs('traces', bytes)))
    expect(ours.length).toBeLessThanOrEqual(bytes.length)
  })

  it('say the same as upstream in JSON', () => {
    const [mine, theirs] = sameJson('traces', ours, JsonTraceSerializer.serializeRequest(upstream))
    expect(mine).toEqual(theirs)
  })
})

describe('log records', () => {
  const attributes = {
    'payment.id': 'pay_1',
    'payment.amount': 1999,
    duration: 12.5,
    retry: false,
    nested: { a: [1, { b: 'c' }] },
  }
  const bodies = ['paid', 5, -1.5, true, ['a', 1], { text: 'x', list: [{ a: 1 }] }, Uint8Array.of(9), undefined]
  const upstream = bodies.map((body) => ({
    hrTime: START,
    hrTimeObserved: END,
    severityNumber: 9,
    severityText: 'INFO',
    body,
    eventName: 'payment.completed',
    attributes,
    droppedAttributesCount: 2,
    spanContext: { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 },
    resource: upstreamResource,
    instrumentationScope: SCOPE,
  })) as unknown as LogsInput
  const ours = assemble((encoder, out) => {
    for (const body of bodies) {
      encoder.encodeLogRecord(out, {
        time: START,
        observedTime: END,
        severityNumber: 9,
        severityText: 'INFO',
        body,
        eventName: 'payment.completed',
        attributes,
        droppedAttributesCount: 2,
        traceId: TRACE_ID,
        spanId: SPAN_ID,
        traceFlags: 1,
      })
    }
  })

  it('say the same as upstream in protobuf', () => {
    expect(decodeWithProtobufjs('logs', ours)).toEqual(
      decodeWithProtobufjs('logs', ProtobufLogsSerializer.serializeRequest(upstream) as Uint8Array),
    )
  })

  it('say the same as upstream in JSON', () => {
    const [mine, theirs] = sameJson('logs', ours, JsonLogsSerializer.serializeRequest(upstream))
    expect(mine).toEqual(theirs)
  })
})

describe('metrics', () => {
  const attributes = { 'http.request.method': 'GET', 'http.response.status_code': 200 }
  const bounds = [0.005, 0.01, 1]
  const counts = [1, 0, 2, 3]
  const times = { startTime: START, endTime: END, attributes }
  const describeMetric = (name: string, valueType: ValueType): object => ({
    name,
    description: 'd',
    unit: 's',
    valueType,
  })
  const { DELTA, CUMULATIVE } = AggregationTemporality
  const upstream = {
    resource: upstreamResource,
    scopeMetrics: [
      {
        scope: SCOPE,
        metrics: [
          {
            descriptor: describeMetric('gauge', ValueType.DOUBLE),
            dataPointType: DataPointType.GAUGE,
            aggregationTemporality: CUMULATIVE,
            dataPoints: [{ ...times, value: 0.5 }],
          },
          {
            descriptor: describeMetric('sum', ValueType.INT),
            dataPointType: DataPointType.SUM,
            isMonotonic: true,
            aggregationTemporality: DELTA,
            dataPoints: [{ ...times, value: -3 }],
          },
          {
            descriptor: describeMetric('histogram', ValueType.DOUBLE),
            dataPointType: DataPointType.HISTOGRAM,
            aggregationTemporality: CUMULATIVE,
            dataPoints: [
              { ...times, value: { count: 6, sum: 4.5, min: 0.001, max: 2, buckets: { boundaries: bounds, counts } } },
            ],
          },
        ],
      },
    ],
  } as unknown as MetricsInput
  const ours = assemble((encoder, out) => {
    const about = { description: 'd', unit: 's' }
    const point = { startTime: START, time: END, attributes }
    encoder.encodeMetric(out, {
      ...about,
      kind: 'gauge',
      name: 'gauge',
      valueType: 'double',
      points: [{ ...point, value: 0.5 }],
    })
    encoder.encodeMetric(out, {
      ...about,
      kind: 'sum',
      name: 'sum',
      valueType: 'int',
      monotonic: true,
      temporality: 'delta',
      points: [{ ...point, value: -3 }],
    })
    encoder.encodeMetric(out, {
      ...about,
      kind: 'histogram',
      name: 'histogram',
      temporality: 'cumulative',
      points: [{ ...point, count: 6, sum: 4.5, min: 0.001, max: 2, bounds, bucketCounts: counts }],
    })
  })

  it('say the same as upstream in protobuf', () => {
    expect(decodeWithProtobufjs('metrics', ours)).toEqual(
      decodeWithProtobufjs('metrics', ProtobufMetricsSerializer.serializeRequest(upstream) as Uint8Array),
    )
  })

  it('say the same as upstream in JSON', () => {
    const [mine, theirs] = sameJson('metrics', ours, JsonMetricsSerializer.serializeRequest(upstream))
    expect(mine).toEqual(theirs)
  })
})
