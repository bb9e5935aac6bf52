import { logs, trace } from '@opentelemetry/api'

const attributes = { a: '123456789', b: '123456789', c: '123456789' }
const tracer = trace.getTracer('shop')
const other = tracer.startSpan('other')
const link = { context: other.spanContext(), attributes }
const span = tracer.startSpan('rich', { attributes, links: [link, link] })
span.addEvent('first', attributes)
span.addEvent('second', attributes)
span.end()
logs.getLogger('shop').emit({ body: 'rich', attributes })
