// Records a span and waits on one long timer; nothing else ever happens.
const { trace } = require('@opentelemetry/api')

trace.getTracer('test').startSpan('before the signal').end()
setTimeout(() => undefined, 600_000)
console.log('ready')
