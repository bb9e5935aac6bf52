// What goes into headers and comes out of them.
import {
  baggageEntryMetadataFromString,
  context,
  createTraceState,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api'

const seen = []
const ids = new Map()
const unnamed = (text) =>
  text?.replace(/[0-9a-f]{32}|[0-9a-f]{16}/g, (id) => {
    if (/^(.)\1+$/.test(id)) return id
    if (!ids.has(id)) ids.set(id, `id${ids.size}`)
    return ids.get(id)
  })
const headersOf = (active) => {
  const carrier = {}
  propagation.inject(active, carrier)
  return Object.fromEntries(Object.entries(carrier).map(([key, value]) => [key, unnamed(String(value))]))
}
const tracer = trace.getTracer('shop')
const traceId = 'a'.repeat(32)
const spanId = 'b'.repeat(16)

tracer.startActiveSpan('local', (span) => {
  seen.push(headersOf(context.active()))
  span.end()
})
for (const headers of [
  {},
  { traceparent: `00-${traceId}-${spanId}-01` },
  { traceparent: `00-${traceId}-${spanId}-00`, tracestate: 'vendor=1,other=a:b' },
  { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'not a state' },
  { traceparent: `01-${traceId}-${spanId}-01-more` },
  { traceparent: `00-${'0'.repeat(32)}-${spanId}-01` },
  { traceparent: 'nonsense' },
  { traceparent: `00-${traceId}-${spanId}-01`, baggage: 'user=u1;p=1,empty=,bad,sp%20ace=%C3%BC' },
  { b3: `${traceId}-${spanId}-1` },
  { b3: `${traceId}-${spanId}-d` },
  { b3: '0' },
  { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': '1' },
  { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-flags': '1' },
]) {
  const extracted = propagation.extract(ROOT_CONTEXT, headers)
  const remote = trace.getSpanContext(extracted)
  seen.push([
    remote && [remote.traceId, remote.spanId, remote.traceFlags, remote.isRemote, remote.traceState?.serialize()],
    propagation
      .getBaggage(extracted)
      ?.getAllEntries()
      .map(([key, { value, metadata }]) => [key, value, metadata?.toString()]),
    headersOf(extracted),
  ])
  tracer.startActiveSpan('served', {}, extracted, (span) => {
    seen.push(headersOf(context.active()))
    span.end()
  })
}
const baggage = propagation.createBaggage({
  user: { value: 'u 1', metadata: baggageEntryMetadataFromString('tenant=1') },
  list: { value: 'a,b;c=d' },
})
seen.push(headersOf(propagation.setBaggage(ROOT_CONTEXT, baggage)))
context.with(propagation.setBaggage(ROOT_CONTEXT, baggage.setEntry('more', { value: '1' }).removeEntry('list')), () => {
  seen.push(headersOf(context.active()), propagation.getActiveBaggage()?.getAllEntries().length, propagation.fields())
})
const state = createTraceState('a=1').set('b', '2').unset('a')
seen.push(headersOf(trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1, traceState: state })))
process.stdout.write(`${JSON.stringify(seen)}\n`)
