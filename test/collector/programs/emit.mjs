// Records as many records a second as it is told until it hears `stop`: of each class in turn, numbered by class, and for
// each five of them a span that failed. Then it prints how many of each it recorded, and waits for its end. Spans are counted
// by a metric as well, and collections of metrics by another.
import { logs, metrics, SpanStatusCode, trace } from '@opentelemetry/api'

const [rate = '300', textLength = '100'] = process.argv.slice(2)
const CLASSES = ['audit', 'security', 'payment', 'performance', 'application']
const TICK_MILLIS = 10
const INFO = 9
const text = 'x'.repeat(Number(textLength))
const logger = logs.getLogger('emit')
const tracer = trace.getTracer('emit')
const meter = metrics.getMeter('emit')
const spans = meter.createCounter('emit.spans')
let collections = 0
meter.createObservableCounter('emit.collections').addCallback((result) => result.observe(++collections))
const counts = { audit: 0, security: 0, payment: 0, performance: 0, application: 0, spans: 0 }
const start = performance.now()
let turns = 0

const timer = setInterval(() => {
  const due = ((performance.now() - start) / 1000) * Number(rate)
  for (; turns * CLASSES.length < due; turns++) {
    for (const name of CLASSES) {
      const attributes = { id: `${name}-${counts[name]++}`, 'plutus.data.class': name, text }
      logger.emit({ severityNumber: INFO, body: 'said', attributes })
    }
    const span = tracer.startSpan('work', { attributes: { id: `spans-${counts.spans++}` } })
    span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
    spans.add(1)
  }
}, TICK_MILLIS)

process.stdin.setEncoding('utf8').on('data', () => {
  clearInterval(timer)
  console.log(JSON.stringify(counts))
})
console.log('started')
