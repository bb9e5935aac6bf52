import { EXPORT_CALLS, type Signal } from './otlp-schema.ts'

const STRING = { stringValue: 'text' }

/** An export request with one item of everything that OTLP can say, as OTLP/JSON; for tests of the receiver. */
export const SAMPLES: Readonly<Record<Signal, object>> = {
  traces: {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
        scopeSpans: [
          {
            scope: { name: 'pg', version: '1.2.3' },
            spans: [
              {
                traceId: '5b8efff798038103d269b633813fc60c',
                spanId: 'eee19b7ec3c1b174',
                parentSpanId: 'eee19b7ec3c1b173',
                traceState: 'a=b',
                name: 'SELECT payments',
                kind: 3,
                startTimeUnixNano: '1544712660000000001',
                endTimeUnixNano: '1544712660500000001',
                attributes: [
                  { key: 'text', value: STRING },
                  { key: 'yes', value: { boolValue: true } },
                  { key: 'no', value: { boolValue: false } },
                  { key: 'count', value: { intValue: '-3' } },
                  { key: 'large', value: { intValue: '9007199254740993' } },
                  { key: 'ratio', value: { doubleValue: 0.25 } },
                  { key: 'list', value: { arrayValue: { values: [STRING, { intValue: '0' }] } } },
                  { key: 'map', value: { kvlistValue: { values: [{ key: '__proto__', value: STRING }] } } },
                  { key: 'bytes', value: { bytesValue: 'AQL/' } },
                  { key: 'empty', value: { stringValue: '' } },
                ],
                droppedAttributesCount: 1,
                events: [
                  { timeUnixNano: '1544712660100000000', name: 'retry', attributes: [{ key: 'n', value: STRING }] },
                ],
                links: [{ traceId: '5b8efff798038103d269b633813fc60d', spanId: 'eee19b7ec3c1b175', flags: 1 }],
                status: { code: 2, message: 'relation does not exist' },
                flags: 257,
              },
            ],
          },
        ],
      },
    ],
  },
  logs: {
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
        scopeLogs: [
          {
            scope: { name: 'pino' },
            logRecords: [
              {
                timeUnixNano: '1544712660300000000',
                observedTimeUnixNano: '1544712660300000001',
                severityNumber: 9,
                severityText: 'info',
                eventName: 'payment.captured',
                traceId: '5b8efff798038103d269b633813fc60c',
                spanId: 'eee19b7ec3c1b174',
                flags: 1,
                body: { kvlistValue: { values: [{ key: 'msg', value: STRING }] } },
                attributes: [{ key: 'amount', value: { intValue: '1999' } }],
              },
              { body: STRING },
            ],
          },
        ],
      },
    ],
  },
  metrics: {
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            scope: { name: 'meter' },
            metrics: [
              { name: 'gauge', unit: '1', gauge: { dataPoints: [{ asDouble: 0.5, timeUnixNano: '2' }] } },
              {
                name: 'sum',
                description: 'A counter',
                sum: {
                  aggregationTemporality: 2,
                  isMonotonic: true,
                  dataPoints: [
                    {
                      asInt: '5',
                      startTimeUnixNano: '1',
                      timeUnixNano: '2',
                      attributes: [{ key: 'a', value: STRING }],
                    },
                  ],
                },
              },
              {
                name: 'histogram',
                unit: 's',
                histogram: {
                  aggregationTemporality: 1,
                  dataPoints: [
                    {
                      count: '3',
                      sum: 1.5,
                      min: 0,
                      max: 1,
                      bucketCounts: ['1', '2', '0'],
                      explicitBounds: [0.1, 1],
                      exemplars: [
                        {
                          asDouble: 1,
                          timeUnixNano: '2',
                          traceId: '5b8efff798038103d269b633813fc60c',
                          spanId: 'eee19b7ec3c1b174',
                        },
                      ],
                    },
                  ],
                },
              },
              {
                name: 'exponential',
                exponentialHistogram: {
                  aggregationTemporality: 2,
                  dataPoints: [
                    { count: '4', sum: 2, scale: -1, zeroCount: '1', positive: { offset: -2, bucketCounts: ['3'] } },
                  ],
                },
              },
              {
                name: 'summary',
                summary: { dataPoints: [{ count: '2', sum: 3, quantileValues: [{ quantile: 0.5, value: 1 }] }] },
              },
            ],
          },
        ],
      },
    ],
  },
}

/** The same request as protobuf bytes. */
export function encodeSample(signal: Signal, sample: object = SAMPLES[signal]): Buffer<ArrayBuffer> {
  const { request } = EXPORT_CALLS[signal]
  const withBytes = JSON.parse(JSON.stringify(sample), (key, value: unknown) =>
    /^(?:traceId|spanId|parentSpanId)$/.test(key) ? Buffer.from(value as string, 'hex').toString('base64') : value,
  ) as Record<string, unknown>
  return Buffer.from(request.encode(request.fromObject(withBytes)).finish())
}
