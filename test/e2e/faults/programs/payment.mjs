// A program with telemetry, an output and an exit code of its own. Arguments: exit code, milliseconds to live.
import { logs, metrics, trace } from '@opentelemetry/api'

const [code = '0', millis = '0'] = process.argv.slice(2)
trace.getTracer('shop').startActiveSpan('pay', (span) => {
  logs.getLogger('shop').emit({ body: 'paid' })
  metrics.getMeter('shop').createCounter('shop.payments').add(1)
  span.end()
})
await new Promise((resolve) => setTimeout(resolve, Number(millis)))
console.log('paid')
process.exitCode = Number(code)
