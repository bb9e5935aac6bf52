// More than limits allow, of everything that has a limit.
import { logs, trace } from '@opentelemetry/api'

const tracer = trace.getTracer('shop')
const linked = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
const many = Object.fromEntries(Array.from({ length: 140 }, (_, i) => [`key.${i}`, `value number ${i}`]))
const link = { context: linked, attributes: { ...many, list: ['a long text', 'b'] } }
const span = tracer.startSpan('many', { attributes: many, links: Array.from({ length: 130 }, () => link) })
span.setAttribute('key.1', 'a later value').setAttribute('key.500', 1)
span.setAttribute('nested', { list: ['a long text', 12_345_678], bytes: new Uint8Array(40) })
for (let i = 0; i < 140; i++) span.addEvent(`event ${i}`, i % 50 === 0 ? many : { i, text: 'a long text' })
span.addLink({ context: linked, attributes: { last: true } })
span.end()
logs.getLogger('shop').emit({ body: 'a long text is no attribute', attributes: { ...many, map: { a: 'a long text' } } })
tracer.startActiveSpan('parent', (parent) => {
  for (let i = 0; i < 600; i++) tracer.startSpan(`child ${i % 3}`).end()
  parent.end()
})
