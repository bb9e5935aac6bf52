// Every call that the API has for spans, and what a program can see of them.
import {
  context,
  createTraceState,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'

const seen = []
const tracer = trace.getTracer('shop', '1.2.3')
const other = trace.getTracer('other', undefined, { schemaUrl: 'https://opentelemetry.io/schemas/1.36.0' })

const everything = {
  text: 'a',
  empty: '',
  'text.unicode': 'Zürich 😀',
  integer: 42,
  negative: -7,
  large: 2 ** 53,
  fraction: 0.25,
  'not.a.number': Number.NaN,
  infinite: Number.POSITIVE_INFINITY,
  yes: true,
  no: false,
  texts: ['a', null, undefined, 'b'],
  numbers: [1, 2.5, -3],
  booleans: [true, false],
  nothing: [],
  mixed: [1, 'a', { deep: [true] }],
  map: { a: 1, b: { c: ['d'] }, gone: undefined },
  bytes: new Uint8Array([0, 1, 254, 255]),
  nil: null,
  gone: undefined,
}
const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true }
const remoteWithState = { ...remote, spanId: 'c'.repeat(16), traceState: createTraceState('vendor=1,other=a:b') }

// Attributes of all kinds, at the start and later, and objects that change after they were handed over.
const changing = { list: ['before'] }
const span = tracer.startSpan('attributes', { attributes: everything, kind: SpanKind.CLIENT })
span.setAttribute('changing', changing.list)
changing.list.push('after')
span.setAttributes({ integer: 43, more: 'b' }).setAttribute('integer', 44).setAttribute('integer', undefined)
span.end()

// Events, links, status, exceptions, names.
for (const [name, ...statuses] of [
  ['status error', { code: SpanStatusCode.ERROR, message: 'declined' }],
  ['status ok is final', { code: SpanStatusCode.OK, message: 'x' }, { code: SpanStatusCode.ERROR }],
  ['status unset changes nothing', { code: SpanStatusCode.ERROR, message: 'x' }, { code: SpanStatusCode.UNSET }],
  ['status error twice', { code: SpanStatusCode.ERROR, message: 'x' }, { code: SpanStatusCode.ERROR }],
  ['status without text', { code: SpanStatusCode.ERROR, message: 5 }],
]) {
  const one = tracer.startSpan(name)
  for (const status of statuses) one.setStatus(status)
  one.end()
}
const events = tracer.startSpan('events', {
  links: [
    { context: remote, attributes: { why: 'start', list: [1, 2] } },
    { context: remoteWithState, attributes: {} },
  ],
})
const attributes = { place: 3, list: ['a'] }
events.addEvent('plain').addEvent('with attributes', attributes).addEvent('with time', 1_700_000_000_000)
attributes.list.push('changed')
events
  .addEvent('with both', { a: true }, new Date(1_700_000_000_500))
  .addEvent('hr time', [1_700_000_001, 123_456_789])
  .addEvent('no attributes', undefined, 1_700_000_000_000.25)
  .addLink({ context: span.spanContext() })
  .addLinks([{ context: remote }, { context: remoteWithState, attributes: { map: { a: 1 } } }])
events.recordException(new RangeError('too large'))
events.recordException(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 1_700_000_000_000)
events.recordException('only text')
events.recordException({ name: 'Odd' })
events.recordException({})
events.updateName('renamed').end()

// Times in every form, ends before starts, two ends, calls after the end.
const start = 1_700_000_000_000
for (const [name, startTime, endTime] of [
  ['millis', start, start + 20],
  ['dates', new Date(start), new Date(start + 5)],
  ['hr times', [1_700_000_000, 1], [1_700_000_000, 3]],
  ['backwards', start, start - 5],
  ['hr backwards', [1_700_000_000, 3], [1_700_000_000, 1]],
  ['end only', undefined, 2_000_000_000_000],
  ['monotonic', performance.now(), performance.now() + 0.001],
]) {
  const one = tracer.startSpan(name, { startTime })
  one.end(endTime)
  one.end(start + 99)
  one.setAttribute('late', 1).addEvent('late').updateName('late').setStatus({ code: SpanStatusCode.ERROR })
  one.addLink({ context: remote }).recordException(new Error('late'))
  seen.push([name, one.isRecording()])
}

// Parents: active, remote, none, suppressed, invalid; every kind; every form of startActiveSpan.
const shape = ({ traceId, spanId, traceFlags, traceState, isRemote }) => [
  /^[0-9a-f]{32}$/.test(traceId) && !/^0+$/.test(traceId),
  /^[0-9a-f]{16}$/.test(spanId) && !/^0+$/.test(spanId),
  traceFlags,
  traceState?.serialize(),
  isRemote,
]
const result = tracer.startActiveSpan('active', (parent) => {
  seen.push(['active', trace.getActiveSpan() === parent, parent.isRecording(), shape(parent.spanContext())])
  for (const kind of Object.values(SpanKind).filter(Number.isInteger)) tracer.startSpan(`kind ${kind}`, { kind }).end()
  tracer.startSpan('own root', { root: true }).end()
  other.startActiveSpan('of another scope', { attributes: { a: 1 } }, (child) => {
    other.startActiveSpan('deeper', {}, ROOT_CONTEXT, (root) => {
      seen.push(['explicit context', shape(root.spanContext()), trace.getActiveSpan() === root])
      root.end()
    })
    child.end()
  })
  context.with(suppressTracing(context.active()), () => {
    const silent = tracer.startSpan('suppressed')
    seen.push(['suppressed', silent.isRecording(), shape(silent.spanContext())])
    silent.end()
  })
  parent.end()
  tracer.startSpan('child of an ended span').end()
  return 'result'
})
seen.push(result, trace.getActiveSpan() === undefined)
for (const [name, spanContext] of Object.entries({
  'remote parent': remote,
  'remote parent with state': remoteWithState,
  'unsampled parent': { ...remote, traceFlags: 0 },
  'local parent': { ...remote, isRemote: false },
  'invalid parent': INVALID_SPAN_CONTEXT,
})) {
  const parent = trace.setSpanContext(ROOT_CONTEXT, spanContext)
  const one = tracer.startSpan(name, {}, parent)
  seen.push([name, one.isRecording(), shape(one.spanContext())])
  const inner = tracer.startSpan(`${name}: child`, {}, trace.setSpan(parent, one))
  inner.end()
  one.end()
}
try {
  tracer.startActiveSpan('throws', (one) => {
    one.end()
    throw new Error('of the application')
  })
} catch (error) {
  seen.push(error.message)
}

// Contexts across what is asynchronous.
await tracer.startActiveSpan('asynchronous', async (parent) => {
  await new Promise((resolve) => {
    setTimeout(resolve, 2)
  })
  tracer.startSpan('after a timer').end()
  await Promise.all(
    ['one', 'two'].map((name) =>
      tracer.startActiveSpan(name, async (one) => {
        await Promise.resolve()
        tracer.startSpan(`below ${name}`).end()
        one.end()
      }),
    ),
  )
  queueMicrotask(() => tracer.startSpan('in a microtask').end())
  setImmediate(() => {
    tracer.startSpan('in an immediate').end()
    parent.end()
  })
})
process.stdout.write(`${JSON.stringify(seen)}\n`)
