// Every field of a log record, by both logs APIs.
const { context, logs, ROOT_CONTEXT, SeverityNumber, trace } = require('@opentelemetry/api')
const older = require('@opentelemetry/api-logs')

const logger = logs.getLogger('shop', '1.0.0')
const severities = Object.values(SeverityNumber).filter(Number.isInteger)
for (const severityNumber of severities) logger.emit({ severityNumber, severityText: `text ${severityNumber}` })

for (const body of [
  'text',
  '',
  'Zürich 😀',
  12,
  -0.5,
  Number.NaN,
  2 ** 60,
  true,
  null,
  new Uint8Array([1, 2, 255]),
  ['a', 1, null, [true]],
  { order: { id: 'o1', lines: [{ sku: 'a', cents: 1250 }] }, empty: {}, none: null },
]) {
  logger.emit({ body, eventName: 'body' })
}
logger.emit({
  body: 'everything',
  eventName: 'order.placed',
  severityNumber: 9,
  severityText: 'INFO',
  timestamp: new Date(1_700_000_000_000),
  observedTimestamp: [1_700_000_001, 5],
  attributes: {
    text: 'a',
    number: 1.5,
    list: ['a', null],
    map: { a: { b: 1 } },
    bytes: new Uint8Array(2),
    gone: undefined,
    nil: null,
  },
})
logger.emit({ body: 'millis', timestamp: 1_700_000_000_123, observedTimestamp: 1_700_000_000_456 })
logger.emit({ body: 'monotonic', timestamp: 1.5 })
for (const exception of [
  new TypeError('bad'),
  Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
  'only text',
  5,
  { name: 'Odd', message: 'shaped like one' },
]) {
  logger.emit({ body: 'failed', exception, attributes: { step: 1 } })
}
logger.emit({ body: 'own fields win', exception: new Error('hidden'), attributes: { 'exception.message': 'own' } })
logger.emit({})

const tracer = trace.getTracer('shop')
tracer.startActiveSpan('parent', (span) => {
  logger.emit({ body: 'in a span' })
  logger.emit({ body: 'elsewhere', context: ROOT_CONTEXT })
  span.end()
  logger.emit({ body: 'after its end' })
})
const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0, isRemote: true }
logger.emit({ body: 'unsampled remote', context: trace.setSpanContext(ROOT_CONTEXT, remote) })
context.with(trace.setSpanContext(ROOT_CONTEXT, { ...remote, traceFlags: 1 }), () => logger.emit({ body: 'remote' }))
context.with(trace.setSpanContext(ROOT_CONTEXT, { ...remote, traceId: '0'.repeat(32) }), () => {
  logger.emit({ body: 'invalid' })
})
older.logs.getLogger('older', '0.1').emit({ body: 'by api-logs', severityNumber: 13, attributes: { a: 1 } })
process.stdout.write(`${logger.enabled()} ${logger.enabled({ severityNumber: 1 })}\n`)
