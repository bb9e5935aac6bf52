import { context, createTraceState, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type {
  Context,
  Link,
  LoggerProvider,
  LogRecord,
  Span,
  SpanContext,
  SpanOptions,
  TracerProvider,
} from '@opentelemetry/api'
import { startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { createBufferPool, decodeTraceRequest } from '@plutus/otlp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createProviders } from './providers.ts'
import { assembleBatch, RecordBuffer } from './record-buffer.ts'
import type { RecordBatch } from './record-buffer.ts'
import { StorageContextManager } from './storage-context-manager.ts'
import { createTraceSampler } from './trace-samplers.ts'
import type { SamplerName } from './trace-samplers.ts'

const pool = createBufferPool()
let receiver: Receiver
const losses: string[] = []

beforeEach(async () => {
  losses.length = 0
  receiver = await startReceiver()
  context.setGlobalContextManager(new StorageContextManager())
})
afterEach(async () => {
  context.disable()
  await receiver.close()
})

interface Rig {
  readonly tracers: TracerProvider
  readonly loggers: LoggerProvider
  /** Sends what was recorded and returns it as the receiver decoded it. */
  readonly received: () => Promise<Receiver>
  /** What it has sent. */
  readonly bodies: readonly Uint8Array[]
}

function createRig(sampler: SamplerName = 'always_on', ratio?: number, marksKept?: boolean): Rig {
  const batches: { readonly signal: string; readonly batch: RecordBatch }[] = []
  const bufferOf = (signal: string): RecordBuffer =>
    new RecordBuffer({
      pool,
      maxBytes: 200_000,
      maxRecords: Infinity,
      delayMillis: 60_000,
      onBatch: (batch) => void batches.push({ signal, batch }),
    })
  const buffers = [bufferOf('traces'), bufferOf('logs')] as const
  const providers = createProviders({
    sampler: createTraceSampler(sampler, ratio),
    limits: {},
    bounds: { attributes: 128, events: 128, links: 128 },
    onLoss: (reason, kind) => void losses.push(`${kind} ${reason}`),
    spans: buffers[0],
    logs: buffers[1],
    marksKept,
    stampSpan: () => ({ 'correlation.id': 'c1' }),
    stampLog: () => ({ 'correlation.id': 'c1', 'user.id': 'u1' }),
  })
  const resource = providers.encodeResource({ 'service.name': 'rig' })
  const bodies: Uint8Array[] = []
  return {
    bodies,
    tracers: providers.tracerProvider as TracerProvider,
    loggers: providers.loggerProvider as LoggerProvider,
    received: async () => {
      providers.settle()
      for (const buffer of buffers) buffer.flush()
      for (const { signal, batch } of batches.splice(0)) {
        const body = Buffer.from(assembleBatch(resource, batch))
        bodies.push(body)
        const answer = await fetch(`${receiver.httpUrl}/v1/${signal}`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/x-protobuf' },
        })
        expect(answer.status).toBe(200)
      }
      return receiver
    },
  }
}

it('sends a span with everything that it was told', async () => {
  const { tracers, received } = createRig()
  const tracer = tracers.getTracer('shop', '1.2.3')
  const linked = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    traceFlags: 1,
    isRemote: true,
    traceState: createTraceState('k=v'),
  }
  const span = tracer.startSpan('pay', {
    kind: SpanKind.CLIENT,
    attributes: { method: 'card' },
    links: [{ context: linked, attributes: { why: 'x' } }],
  })
  span.setAttribute('method', 'sepa').setAttributes({ tries: 2, ok: true, list: ['a', 'b'], ratio: 0.5 })
  span.addEvent('queued', { place: 3 }).addEvent('sent', 1_700_000_000_000)
  span.recordException(Object.assign(new RangeError('no'), { code: 'E1' }))
  span.updateName('pay card').setStatus({ code: SpanStatusCode.ERROR, message: 'declined' })
  span.end()
  const { spans } = await received()
  expect(spans).toMatchObject([
    {
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      name: 'pay card',
      kind: 'CLIENT',
      attributes: { method: 'sepa', tries: 2, ok: true, list: ['a', 'b'], ratio: 0.5, 'correlation.id': 'c1' },
      status: { code: 'ERROR', message: 'declined' },
      scope: { name: 'shop', version: '1.2.3' },
      resource: { 'service.name': 'rig' },
      links: [{ traceId: linked.traceId, spanId: linked.spanId, traceState: 'k=v', attributes: { why: 'x' } }],
    },
  ])
  expect(spans[0]?.events.map(({ name }) => name)).toEqual(['queued', 'sent', 'exception'])
  expect(spans[0]?.events[1]?.timeUnixNano).toBe(1_700_000_000_000_000_000n)
  expect(spans[0]?.events[2]?.attributes).toMatchObject({ 'exception.type': 'E1', 'exception.message': 'no' })
  expect(spans[0]?.durationMillis).toBeGreaterThanOrEqual(0)
})

it('takes no attributes that an object inherits', async () => {
  const { tracers, received } = createRig()
  const given = Object.assign(Object.create({ inherited: 1 }) as object, { own: 2 })
  const span = tracers.getTracer('t').startSpan('s', { attributes: given })
  span.setAttributes(Object.assign(Object.create({ late: 3 }) as object, { set: 4 }))
  span.end()
  const [sent] = (await received()).spans
  expect(sent?.attributes).toEqual({ own: 2, set: 4, 'correlation.id': 'c1' })
})

it('ends once, and hears nothing after', async () => {
  const { tracers, received } = createRig()
  const span = tracers.getTracer('a').startSpan('x')
  span.end()
  expect(span.isRecording()).toBe(false)
  span.setAttribute('late', 1).updateName('y').end()
  expect((await received()).spans).toMatchObject([{ name: 'x' }])
})

it('lets OK be final and nothing set a status back', async () => {
  const { tracers, received } = createRig()
  const span = tracers.getTracer('a').startSpan('x')
  span
    .setStatus({ code: SpanStatusCode.OK })
    .setStatus({ code: SpanStatusCode.ERROR })
    .setStatus({ code: SpanStatusCode.UNSET })
  span.end()
  expect((await received()).spans[0]?.status.code).toBe('OK')
})

it('makes children of the active span, of a remote one, and none where it is told so', async () => {
  const { tracers, received } = createRig()
  const tracer = tracers.getTracer('a')
  const parent = tracer.startActiveSpan('parent', (span: Span) => {
    tracer.startActiveSpan('child', { kind: SpanKind.PRODUCER }, (child: Span) => child.end())
    tracer.startSpan('alone', { root: true }).end()
    span.end()
    return span
  })
  const remote = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: 'c'.repeat(32),
    spanId: 'd'.repeat(16),
    traceFlags: 1,
    isRemote: true,
    traceState: createTraceState('a=1'),
  })
  tracer.startSpan('served', {}, remote).end()
  const spans = Object.fromEntries((await received()).spans.map((span) => [span.name, span]))
  expect(spans['child']).toMatchObject({
    parentSpanId: parent.spanContext().spanId,
    traceId: parent.spanContext().traceId,
  })
  expect(spans['alone']?.parentSpanId).toBeUndefined()
  expect(spans['alone']?.traceId).not.toBe(parent.spanContext().traceId)
  expect(spans['served']).toMatchObject({ parentSpanId: 'd'.repeat(16), traceId: 'c'.repeat(32), traceState: 'a=1' })
  expect(spans['served']?.flags).toBe(0x301)
  expect(spans['child']?.flags).toBe(0x101)
})

it.each<[SamplerName, number, boolean, boolean]>([
  ['always_on', 1, true, true],
  ['always_off', 1, false, false],
  ['traceidratio', 1, true, true],
  ['traceidratio', 0, false, false],
  ['parentbased_always_on', 1, true, false],
  ['parentbased_always_off', 1, false, false],
  ['parentbased_traceidratio', 1, true, false],
])('samples with %s and %d: roots %s, children of unsampled parents %s', async (name, ratio, root, child) => {
  const { tracers, received } = createRig(name, ratio)
  const tracer = tracers.getTracer('a')
  const unsampled = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: 'c'.repeat(32),
    spanId: 'd'.repeat(16),
    traceFlags: 0,
  })
  const spans = [tracer.startSpan('root'), tracer.startSpan('child', {}, unsampled)]
  for (const span of spans) span.end()
  expect(spans.map((span) => span.isRecording())).toEqual([false, false])
  expect(spans.map((span) => span.spanContext().traceFlags)).toEqual([root ? 1 : 0, child ? 1 : 0])
  expect((await received()).spans.map((span) => span.name)).toEqual([
    ...(root ? ['root'] : []),
    ...(child ? ['child'] : []),
  ])
})

it('gives a tracer and a logger of the empty name for a name that is none', async () => {
  const { tracers, loggers, received } = createRig()
  for (const name of [undefined, null, 7, Symbol('x'), Object.create(null)] as string[]) {
    tracers.getTracer(name, name).startSpan('x').end()
    loggers.getLogger(name, name).emit({ body: 'x' })
  }
  const { spans, logs, malformed } = await received()
  expect(malformed).toEqual([])
  expect([...spans, ...logs].map(({ scope }) => [scope.name, scope.version ?? ''])).toEqual(
    Array.from({ length: 10 }, () => ['', '']),
  )
})

it('throws at nobody for what is no options, context or record, and counts what it could not read', async () => {
  const { tracers, loggers, received } = createRig()
  const tracer = tracers.getTracer('rig')
  const none = [null, 5, 'text', {}, []] as unknown[]
  const unreadable = new Proxy(
    {},
    {
      get: () => {
        throw new Error('not to be read')
      },
    },
  )
  for (const given of none) {
    tracer.startSpan('options', given as SpanOptions).end()
    tracer.startSpan('context', {}, given as Context).end()
    expect(tracer.startActiveSpan('active', given as SpanOptions, given as Context, (span) => span.end())).toBe(
      undefined,
    )
    loggers.getLogger('rig').emit({ body: 'context', context: given as Context })
  }
  tracer.startSpan('unreadable', unreadable).end()
  loggers.getLogger('rig').emit(null as unknown as LogRecord)
  loggers.getLogger('rig').emit(unreadable)
  const { spans, logs } = await received()
  expect([spans.length, logs.length]).toEqual([3 * none.length + 1, none.length])
  expect(losses).toEqual(['span unreadable', 'log record_failed', 'log record_failed'])
})

it('throws at nobody for what cannot be looked at, and sends the span with the rest', async () => {
  const { tracers, received } = createRig()
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const bad = proxy as never
  const span = tracers.getTracer('t').startSpan('s', { attributes: { bad, good: 1 } })
  span.setAttribute('late', bad).setStatus(bad).addLinks(bad)
  span.addEvent('e', bad, bad).recordException(bad, bad)
  span.end(bad)
  const [sent] = (await received()).spans
  expect(sent).toMatchObject({ attributes: { good: 1 }, events: [{ name: 'e' }], status: { code: 'UNSET' } })
})

it('reads no links that would have to make room for others of the same call', async () => {
  const { tracers, received } = createRig()
  const linked = { context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } }
  const links = Array.from({ length: 1_000 }, () => linked)
  let isRead = false
  Object.defineProperty(links, 0, { get: () => (isRead = true) })
  const span = tracers.getTracer('t').startSpan('s')
  span.addLinks(links)
  span.end()
  const [sent] = (await received()).spans
  expect([sent?.links.length, isRead]).toEqual([128, false])
})

it('drops links that lead nowhere, for which a receiver may refuse the whole request', async () => {
  const { tracers, received, bodies } = createRig()
  const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
  const NOWHERE: readonly object[] = [
    {},
    { ...ids, spanId: '' },
    { ...ids, traceId: 'no id' },
    { ...ids, traceId: 7 },
    { ...ids, traceId: '0'.repeat(32) },
  ]
  const span = tracers.getTracer('t').startSpan('s')
  for (const context of NOWHERE) span.addLink({ context: context as SpanContext, attributes: { reason: 'retry' } })
  span.addLink(null as unknown as Link).addLink({ context: { ...ids, traceFlags: 1 } })
  span.end()
  const [sent] = (await received()).spans
  expect(sent?.links).toMatchObject([ids])
  const decoded = decodeTraceRequest(bodies[0] ?? new Uint8Array())
  expect(decoded).toMatchObject({
    value: { resourceSpans: [{ scopeSpans: [{ spans: [{ droppedLinksCount: NOWHERE.length + 1 }] }] }] },
  })
})

it('keeps about the share that it is told, the same traces on every call', () => {
  const { sample } = createTraceSampler('traceidratio', 0.25)
  const ids = Array.from({ length: 4_000 }, () => [...crypto.getRandomValues(new Uint32Array(4))])
  const kept = ids.filter((id) => sample(undefined, id))
  expect(kept.length).toBeGreaterThan(800)
  expect(kept.length).toBeLessThan(1_200)
  const hex = (id: readonly number[]): string => id.map((word) => word.toString(16).padStart(8, '0')).join('')
  expect(ids.filter((id) => sample(undefined, hex(id)))).toEqual(kept)
})

it('sends a log record with its trace, its exception and the fields of its context', async () => {
  const { tracers, loggers, received } = createRig()
  const logger = loggers.getLogger('shop')
  const span = tracers.getTracer('a').startSpan('x')
  context.with(trace.setSpan(context.active(), span), () => {
    logger.emit({
      body: { nested: [1] },
      severityNumber: 17,
      severityText: 'ERROR',
      eventName: 'e',
      attributes: { 'user.id': 'own' },
      exception: new TypeError('bad'),
    })
  })
  logger.emit({ body: 'outside' })
  span.end()
  const { logs } = await received()
  expect(logs).toMatchObject([
    {
      body: { nested: [1] },
      severityNumber: 17,
      severityText: 'ERROR',
      eventName: 'e',
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      attributes: {
        'user.id': 'own',
        'correlation.id': 'c1',
        'exception.type': 'TypeError',
        'exception.message': 'bad',
      },
    },
    { body: 'outside' },
  ])
  expect(logs[1]?.traceId).toBeUndefined()
})

it('bounds a span that never stops gathering', async () => {
  const { tracers, received } = createRig()
  const span = tracers.getTracer('a').startSpan('x')
  for (let i = 0; i < 200; i++) span.setAttribute(`k${i}`, i).addEvent(`e${i}`)
  span.end()
  const [sent] = (await received()).spans
  expect(Object.keys(sent?.attributes ?? {})).toHaveLength(128)
  expect(sent?.events).toHaveLength(128)
  expect(sent?.events[127]?.name).toBe('e199')
})

it('carries the mark of a root that keeps its trace on every span, although nothing is sampled here', async () => {
  const { tracers, received } = createRig()
  const tracer = tracers.getTracer('a')
  const remote = (traceState: string): Context =>
    trace.setSpanContext(ROOT_CONTEXT, {
      traceId: 'c'.repeat(32),
      spanId: 'd'.repeat(16),
      traceFlags: 1,
      isRemote: true,
      traceState: createTraceState(traceState),
    })
  const kept = tracer.startSpan('kept', {}, remote('plutus=head,ot=th:8'))
  tracer.startSpan('kept child', {}, trace.setSpan(ROOT_CONTEXT, kept)).end()
  kept.end()
  tracer.startSpan('told nothing', {}, remote('a=b')).end()
  tracer.startSpan('told otherwise', {}, remote('plutus=tail')).end()
  const { spans } = await received()
  expect(spans.map(({ name, traceState, attributes }) => [name, traceState, attributes['plutus.keep.head']])).toEqual([
    ['kept child', 'plutus=head,ot=th:8', true],
    ['kept', 'plutus=head,ot=th:8', true],
    ['told nothing', 'a=b', undefined],
    ['told otherwise', 'plutus=tail', undefined],
  ])
})

it('records what a log record says although its attributes cannot be read one by one', async () => {
  const { loggers, received } = createRig()
  const attributes = {
    get 'plutus.data.class'(): string {
      throw new Error('no')
    },
    plain: 'text',
  }
  loggers.getLogger('a').emit({ body: 'said', attributes })
  expect((await received()).logs).toMatchObject([{ body: 'said', attributes: { plain: 'text' } }])
})

const UID = /^[\dA-HJKMNP-TV-Z]{26}$/

it.each<[string, LogRecord, string]>([
  ['whose class says so', { attributes: { 'plutus.data.class': 'audit' } }, 'audit'],
  ['whose event is of such a class', { eventName: 'payment.attempt' }, 'payment'],
])('gives a record that must not be lost its class and an id of its own: one %s', async (_which, record, dataClass) => {
  const { loggers, received } = createRig()
  const logger = loggers.getLogger('anybody')
  logger.emit(record)
  logger.emit({ ...record, attributes: { ...record.attributes, 'log.record.uid': 'own' } })
  const { logs } = await received()
  expect(logs.map(({ attributes }) => attributes)).toEqual([
    expect.objectContaining({ 'plutus.data.class': dataClass, 'log.record.uid': expect.stringMatching(UID) }),
    expect.objectContaining({ 'plutus.data.class': dataClass, 'log.record.uid': 'own' }),
  ])
})

it.each([
  ['of an ordinary event', { eventName: 'process.crashed' }],
  [
    'that says it is of an ordinary class',
    { eventName: 'payment.attempt', attributes: { 'plutus.data.class': 'application' } },
  ],
  ['of no event', { body: 'text' }],
])('adds no id to a record %s', async (_which, record) => {
  const { loggers, received } = createRig()
  loggers.getLogger('anybody').emit(record)
  const [log] = (await received()).logs
  expect(log?.attributes).not.toHaveProperty('log.record.uid')
  expect(log?.attributes['plutus.data.class']).not.toBe('payment')
})

it.each<[string, LogRecord, boolean]>([
  ['of severity WARN', { severityNumber: 13 }, true],
  ['of severity INFO', { severityNumber: 9 }, false],
  ['of a class that is always kept', { attributes: { 'plutus.data.class': 'payment' } }, true],
  ['of an event of such a class', { eventName: 'auth.login.failure' }, true],
  ['of another class', { attributes: { 'plutus.data.class': 'application' } }, false],
  ['with an exception', { exception: new TypeError('no') }, true],
  ['with a mark of its own', { attributes: { 'plutus.keep': true } }, true],
])(
  'says on the span of a record %s, where a collector samples by spans, whether its trace is kept',
  async (_what, record, isKept) => {
    for (const marksKept of [true, false]) {
      const { tracers, loggers, received } = createRig('always_on', undefined, marksKept)
      receiver.clear()
      loggers.getLogger('a').emit(record) // of no span
      tracers.getTracer('a').startActiveSpan('x', (span: Span) => {
        loggers.getLogger('a').emit(record)
        span.end()
      })
      const { spans, logs } = await received()
      expect(spans.map(({ attributes }) => attributes['plutus.keep'])).toEqual([isKept && marksKept ? true : undefined])
      expect(logs).toHaveLength(2)
    }
  },
)

const WARNING: LogRecord = { severityNumber: 13 }

/** The marks of spans by name, of what a story does in a rig whose spans are sampled later. */
async function marksOf(story: (rig: Rig) => void | Promise<void>): Promise<Record<string, unknown>> {
  const rig = createRig('always_on', undefined, true)
  receiver.clear()
  await story(rig)
  const { spans } = await rig.received()
  return Object.fromEntries(spans.map(({ name, attributes }) => [name, attributes['plutus.keep']]))
}

it.each<[string, (rig: Rig) => void | Promise<void>, Record<string, unknown>]>([
  [
    'of the root that ended in the same turn of the event loop',
    ({ tracers, loggers }) => {
      const root = tracers.getTracer('a').startSpan('root')
      root.end()
      loggers.getLogger('a').emit({ ...WARNING, context: trace.setSpan(ROOT_CONTEXT, root) })
    },
    { root: true },
  ],
  [
    'of a root that is open, where the span of the record has ended',
    ({ tracers, loggers }) => {
      const root = tracers.getTracer('a').startSpan('root')
      const context = trace.setSpan(ROOT_CONTEXT, root)
      const child = tracers.getTracer('a').startSpan('child', {}, context)
      child.end()
      loggers.getLogger('a').emit({ ...WARNING, context: trace.setSpan(context, child) })
      root.end()
    },
    { child: undefined, root: true },
  ],
  [
    'of no other trace',
    ({ tracers, loggers }) => {
      const [one, other] = ['one', 'other'].map((name) => tracers.getTracer('a').startSpan(name))
      loggers.getLogger('a').emit({ ...WARNING, context: trace.setSpan(ROOT_CONTEXT, one as Span) })
      one?.end()
      other?.end()
    },
    { one: true, other: undefined },
  ],
  [
    'of no root of an earlier turn',
    async ({ tracers, loggers }) => {
      const root = tracers.getTracer('a').startSpan('root')
      root.end()
      await new Promise((resolve) => setImmediate(resolve))
      loggers.getLogger('a').emit({ ...WARNING, context: trace.setSpan(ROOT_CONTEXT, root) })
    },
    { root: undefined },
  ],
  [
    'of a root that has no room for attributes',
    ({ tracers, loggers }) => {
      const root = tracers.getTracer('a').startSpan('root')
      for (let i = 0; i < 200; i++) root.setAttribute(`key ${i}`, i)
      loggers.getLogger('a').emit({ ...WARNING, context: trace.setSpan(ROOT_CONTEXT, root) })
      root.end()
    },
    { root: true },
  ],
])('marks for a collector that samples spans %s', async (_which, story, expected) => {
  expect(await marksOf(story)).toEqual(expected)
})

it('holds no more roots back than a thousand', async () => {
  const { tracers, received } = createRig('always_on', undefined, true)
  receiver.clear()
  for (let i = 0; i < 2500; i++) tracers.getTracer('a').startSpan('root').end()
  expect((await received()).spans).toHaveLength(2500)
})

it('leaves alone what the head of a trace keeps already', async () => {
  const marks = await marksOf(({ tracers, loggers }) => {
    const parent = trace.wrapSpanContext({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: 1,
      isRemote: true,
      traceState: createTraceState('plutus=head'),
    })
    const root = tracers.getTracer('a').startSpan('root', {}, trace.setSpan(ROOT_CONTEXT, parent))
    loggers.getLogger('a').emit({ ...WARNING, context: trace.setSpan(ROOT_CONTEXT, root) })
    root.end()
    // A trace of its own that nothing asks for is not marked by it either.
    tracers.getTracer('a').startSpan('later').end()
  })
  expect(marks).toEqual({ root: undefined, later: undefined })
})
