import * as fc from 'fast-check'
import type { Signal } from './otlp-json.ts'

type Arb = fc.Arbitrary<object>

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const bytes = fc.uint8Array({ maxLength: 20 })
const uint32 = fc.nat(2 ** 32 - 1)
const int32 = fc.nat(5)
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
const sint32 = fc.integer()
const double = fc.double()
/** A message of which any field may be missing. */
const message = (fields: Record<string, fc.Arbitrary<unknown>>): Arb => fc.record(fields, { requiredKeys: [] }) as Arb
const many = (arbitrary: fc.Arbitrary<unknown>, maxLength = 3): fc.Arbitrary<unknown[]> =>
  fc.array(arbitrary, { maxLength })

const { value, keyValue } = fc.letrec<{ value: object; keyValue: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(
      fc.record({ stringValue: text }),
      fc.record({ boolValue: fc.boolean() }),
      fc.record({ intValue: int64 }),
      fc.record({ doubleValue: double }),
      fc.record({ bytesValue: bytes }),
      fc.constant({}),
    ),
    fc.record({ arrayValue: fc.record({ values: many(tie('value')) }) }),
    fc.record({ kvlistValue: fc.record({ values: many(tie('keyValue')) }) }),
  ),
  keyValue: fc.record({ key: text, value: tie('value') }, { requiredKeys: [] }),
}))
const attributes = many(keyValue)
const ids = { traceId: bytes, spanId: bytes }

const span = message({
  ...ids,
  parentSpanId: bytes,
  traceState: text,
  name: text,
  kind: int32,
  startTimeUnixNano: uint64,
  endTimeUnixNano: uint64,
  attributes,
  droppedAttributesCount: uint32,
  events: many(message({ timeUnixNano: uint64, name: text, attributes, droppedAttributesCount: uint32 })),
  droppedEventsCount: uint32,
  links: many(message({ ...ids, traceState: text, attributes, droppedAttributesCount: uint32, flags: uint32 })),
  droppedLinksCount: uint32,
  status: message({ message: text, code: int32 }),
  flags: uint32,
})
const logRecord = message({
  ...ids,
  timeUnixNano: uint64,
  observedTimeUnixNano: uint64,
  severityNumber: int32,
  severityText: text,
  body: value,
  attributes,
  droppedAttributesCount: uint32,
  flags: uint32,
  eventName: text,
})
const number = fc.oneof(fc.record({ asInt: int64 }), fc.record({ asDouble: double }), fc.constant({}))
const withNumber = (fields: Record<string, fc.Arbitrary<unknown>>): Arb =>
  fc.tuple(message(fields), number).map(([rest, given]) => Object.assign({}, rest, given))
const exemplars = many(withNumber({ ...ids, filteredAttributes: attributes, timeUnixNano: uint64 }))
const times = { startTimeUnixNano: uint64, timeUnixNano: uint64, flags: uint32, attributes }
const measured = { ...times, exemplars, count: uint64, sum: double, min: double, max: double }
const buckets = message({ offset: sint32, bucketCounts: many(uint64, 10) })
const aggregationTemporality = fc.nat(2)
const data = fc.oneof(
  fc.record({ gauge: message({ dataPoints: many(withNumber({ ...times, exemplars })) }) }),
  fc.record({
    sum: message({
      dataPoints: many(withNumber({ ...times, exemplars })),
      aggregationTemporality,
      isMonotonic: fc.boolean(),
    }),
  }),
  fc.record({
    histogram: message({
      dataPoints: many(message({ ...measured, bucketCounts: many(uint64, 10), explicitBounds: many(double, 10) })),
      aggregationTemporality,
    }),
  }),
  fc.record({
    exponentialHistogram: message({
      dataPoints: many(
        message({
          ...measured,
          scale: sint32,
          zeroCount: uint64,
          zeroThreshold: double,
          positive: buckets,
          negative: buckets,
        }),
      ),
      aggregationTemporality,
    }),
  }),
  fc.record({
    summary: message({
      dataPoints: many(
        message({
          ...times,
          count: uint64,
          sum: double,
          quantileValues: many(message({ quantile: double, value: double })),
        }),
      ),
    }),
  }),
)
const metric = fc
  .tuple(message({ name: text, description: text, unit: text, metadata: attributes }), data)
  .map(([identity, given]) => Object.assign({}, identity, given))

const resource = message({
  attributes,
  droppedAttributesCount: uint32,
  entityRefs: many(message({ schemaUrl: text, type: text, idKeys: many(text), descriptionKeys: many(text) })),
})
const scope = message({ name: text, version: text, attributes, droppedAttributesCount: uint32 })
const requestOf = (resources: string, scopes: string, records: string, record: Arb): Arb =>
  message({
    [resources]: many(
      message({
        resource,
        schemaUrl: text,
        [scopes]: many(message({ scope, schemaUrl: text, [records]: many(record) }), 2),
      }),
      2,
    ),
  })

const REQUESTS: Readonly<Record<Signal, Arb>> = {
  traces: requestOf('resourceSpans', 'scopeSpans', 'spans', span),
  logs: requestOf('resourceLogs', 'scopeLogs', 'logRecords', logRecord),
  metrics: requestOf('resourceMetrics', 'scopeMetrics', 'metrics', metric),
}

/** Makes requests, in the form that protobufjs' `fromObject` takes. */
export function anyRequest(signal: Signal): fc.Arbitrary<Record<string, unknown>> {
  return REQUESTS[signal] as fc.Arbitrary<Record<string, unknown>>
}
