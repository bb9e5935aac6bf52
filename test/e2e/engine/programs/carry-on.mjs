// Takes headers from its argument, opens a span below them and prints the headers of a request made there.
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'

const remote = propagation.extract(ROOT_CONTEXT, JSON.parse(process.argv[2]))
const span = trace.getTracer('shop').startSpan('carry on', {}, remote)
const headers = {}
context.with(trace.setSpan(remote, span), () => {
  propagation.inject(context.active(), headers)
})
span.end()
console.log(JSON.stringify(headers))
