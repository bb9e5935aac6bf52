const { trace } = require('@opentelemetry/api')

trace.getTracer('shop').startSpan('work').end()
console.log('bye')
setTimeout(() => process.exit(7), 20)
