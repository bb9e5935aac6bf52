// Lives until its input ends; one span at the start, one at the end.
import { trace } from '@opentelemetry/api'

const tracer = trace.getTracer('shop')
tracer.startSpan('start').end()
process.stdin.on('end', () => {
  tracer.startSpan('end').end()
})
process.stdin.resume()
console.log('ready')
