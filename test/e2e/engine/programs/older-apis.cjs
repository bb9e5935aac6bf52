const { metrics, trace } = require('opentelemetry-api-1-9')
const { logs } = require('@opentelemetry/api-logs')

const tracer = trace.getTracer('old')
tracer.startActiveSpan('outer', (outer) => {
  tracer.startSpan('inner').end()
  logs.getLogger('old').emit({ body: 'by api-logs' })
  metrics.getMeter('old').createCounter('old.count').add(1)
  outer.end()
})
