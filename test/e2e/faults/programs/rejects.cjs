const { trace } = require('@opentelemetry/api')

trace.getTracer('shop').startSpan('work').end()
setTimeout(() => Promise.reject(new Error('out of stock')), 20)
