const { trace } = require('@opentelemetry/api')

trace.getTracer('shop').startSpan('work').end()
setTimeout(() => {
  throw new Error('out of stock')
}, 20)
