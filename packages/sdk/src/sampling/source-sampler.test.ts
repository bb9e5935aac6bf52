import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Span } from '@opentelemetry/api'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRig, remoteContext, SERVER, traceIdOf } from './sampling-rig.test.helper.ts'
import type { SamplingRig } from './sampling-rig.test.helper.ts'
import type { SamplingReason } from './source-sampler.ts'

const ERROR = { code: SpanStatusCode.ERROR }
// Not kept by 10 %, and kept.
const LOW = traceIdOf('00000000000001')
const HIGH = traceIdOf('ffffffffffffff')

const sentFor = ({ sampler }: SamplingRig, reason: SamplingReason): number => sampler.counts.sent.get(reason) ?? 0
const droppedFor = ({ sampler }: SamplingRig, reason: SamplingReason): number => sampler.counts.dropped.get(reason) ?? 0

describe('what has to be kept', () => {
  it('sends a trace whole when its last span fails, with its records, in their order', () => {
    const rig = createRig()
    const root = rig.start('root', undefined, SERVER)
    for (let i = 0; i < 3; i++) {
      rig.emit(`record ${i}`, root)
      rig.start(`child ${i}`, root).end()
    }
    expect(rig.sent().names).toEqual([])
    root.setStatus(ERROR).end()
    const { spans, records } = rig.sent()
    expect(spans.map(({ name }) => name)).toEqual(['child 0', 'child 1', 'child 2', 'root'])
    expect(records.map(({ body }) => body)).toEqual(['record 0', 'record 1', 'record 2'])
    expect(new Set([...spans, ...records].map(({ traceId }) => traceId))).toEqual(new Set([root.spanContext().traceId]))
    expect(sentFor(rig, 'error')).toBe(1)
  })

  it('sends nothing of other traces with it, and each span under its own scope', () => {
    const rig = createRig()
    const [one, other] = [rig.start('one'), rig.start('other')]
    for (let i = 0; i < 4; i++) {
      rig.start(`child ${i}`, one, {}, `scope ${i % 2}`).end()
      rig.start(`of other ${i}`, other).end()
    }
    for (let i = 4; i < 7; i++) {
      rig.start(`child ${i}`, one).end()
      rig.start(`of other ${i}`, other).end()
    }
    one.setStatus(ERROR).end()
    expect(rig.sent().spans.map(({ name, scope }) => [name, scope])).toEqual([
      ['child 0', 'scope 0'],
      ['child 2', 'scope 0'],
      ['child 1', 'scope 1'],
      ['child 3', 'scope 1'],
      ['child 4', 'rig'],
      ['child 5', 'rig'],
      ['child 6', 'rig'],
      ['one', 'rig'],
    ])
    other.end()
    rig.tick(2)
    expect(rig.sent().names).toEqual([])
  })

  it('sends what comes after that at once', () => {
    const rig = createRig()
    const root = rig.start('root')
    rig.start('failed', root).setStatus(ERROR).end()
    rig.start('after', root).end()
    rig.emit('record', root)
    expect(rig.sent().names).toEqual(['failed', 'after', 'record'])
  })

  it.each<[SamplingReason, (rig: SamplingRig, span: Span) => void]>([
    ['error', (_rig, span) => span.setStatus(ERROR)],
    ['exception', (_rig, span) => span.recordException(new Error('no'))],
    ['asked', (_rig, span) => span.setAttribute('plutus.keep', true)],
    ['class', (_rig, span) => span.setAttribute('plutus.data.class', 'payment')],
    ['severity', (rig, span) => rig.emit('!', span, { severityNumber: 13 })],
    ['severity', (rig, span) => rig.emit('!', span, { severityNumber: 0, severityText: 'Warning' })],
    ['exception', (rig, span) => rig.emit('!', span, { exception: new Error('no') })],
    ['exception', (rig, span) => rig.emit('!', span, { exception: 'no' })],
    ['exception', (rig, span) => rig.emit('!', span, { attributes: { 'exception.type': 'TypeError' } })],
    ['asked', (rig, span) => rig.emit('!', span, { attributes: { 'plutus.keep': true } })],
    ['class', (rig, span) => rig.emit('!', span, { attributes: { 'plutus.data.class': 'payment' } })],
    ['class', (rig, span) => rig.emit('!', span, { attributes: { 'plutus.data.class': 'security' } })],
    ['class', (rig, span) => rig.emit('!', span, { attributes: { 'plutus.data.class': 'audit' } })],
  ])('keeps a trace for the reason %s', (reason, happen) => {
    const rig = createRig()
    const root = rig.start('root')
    rig.start('before', root).end()
    const span = rig.start('span', root)
    happen(rig, span)
    span.end()
    root.end()
    const { spans } = rig.sent()
    expect(spans.map(({ name }) => name)).toEqual(['before', 'span', 'root'])
    expect([...rig.sampler.counts.sent]).toEqual([[reason, 1]])
    // A later sampler looks at the spans of a trace: one of them says why it is here.
    expect(spans.some(({ attributes }) => attributes['plutus.keep'] === true)).toBe(true)
  })

  // Each of these lacks just what the cases above have.
  it.each<[string, (rig: SamplingRig, span: Span) => void]>([
    ['of status OK', (_rig, span) => span.setStatus({ code: SpanStatusCode.OK })],
    ['with an event', (_rig, span) => span.addEvent('exceptional')],
    ['that asks for nothing', (_rig, span) => span.setAttribute('plutus.keep', false)],
    ['of an ordinary class', (_rig, span) => span.setAttribute('plutus.data.class', 'performance')],
    ['with a record below WARN', (rig, span) => rig.emit('!', span, { severityNumber: 12 })],
    ['with a record of no severity', (rig, span) => rig.emit('!', span, { severityNumber: 0, severityText: 'Info' })],
    [
      'with an ordinary record',
      (rig, span) => rig.emit('!', span, { attributes: { 'plutus.data.class': 'application' } }),
    ],
  ])('drops a trace with a span %s', (_what, happen) => {
    const rig = createRig()
    const root = rig.start('root')
    const span = rig.start('span', root)
    happen(rig, span)
    span.end()
    root.end()
    rig.tick(2)
    expect(rig.sent().names).toEqual([])
    expect([...rig.sampler.counts.dropped]).toEqual([['rate', 1]])
    expect(rig.sampler.counts.droppedSpans).toBe(2)
  })

  it.each([
    ['a request as slow as the limit', {}, 1000, 1],
    ['a faster one', {}, 999, 0],
    ['one that its route makes slow', { 'url.path': '/pay/7', 'http.route': '/pay/:id' }, 300, 1],
    ['one faster than its route allows', { 'url.path': '/pay/7', 'http.route': '/pay/:id' }, 299, 0],
    ['one that its path makes slow, without a route', { 'url.path': '/report' }, 20, 1],
    ['one whose route has another limit than its path', { 'http.route': '/all', 'url.path': '/report' }, 20, 0],
    ['one whose route is named as something else', { 'http.route': 'constructor' }, 999, 0],
  ])('keeps %s by its duration: %j, %d ms', (_what, attributes, millis, expected) => {
    const rig = createRig({ slow: { millis: 1000, routes: { '/pay/:id': 300, '/report': 20 } } })
    rig
      .start('root', undefined, { ...SERVER, attributes, startTime: 1_700_000_000_000 })
      .end(1_700_000_000_000 + millis)
    expect(rig.sent().names).toHaveLength(expected)
    expect(sentFor(rig, 'slow')).toBe(expected)
  })

  it('does not call anything slow that is no request', () => {
    const rig = createRig()
    rig.start('job', undefined, { startTime: 1_700_000_000_000 }).end(1_700_000_100_000)
    expect(rig.sent().names).toEqual([])
  })

  it('sends records that have to be kept when they come, those of durable classes to their own buffer', () => {
    const rig = createRig()
    rig.emit('outside', undefined, { severityNumber: 13 })
    rig.emit('paid', undefined, { attributes: { 'plutus.data.class': 'payment' } })
    rig.emit('ordinary')
    rig.emit('begun', undefined, { eventName: 'process.started' })
    expect(rig.sent().records).toMatchObject([
      { body: 'outside', buffer: 'logs' },
      { body: 'begun', buffer: 'logs' },
      { body: 'paid', buffer: 'durable' },
    ])
    expect(rig.sampler.counts.droppedRecords).toBe(1)
  })

  it('marks a span that is held when what happened comes after all of them', () => {
    const rig = createRig()
    const root = rig.start('root')
    rig.start('child', root, { attributes: { a: 'x'.repeat(300) } }).end()
    rig.emit('between', root)
    rig.start('other', root).end()
    root.end()
    rig.tick()
    rig.emit('!', root, { severityNumber: 17 })
    expect(rig.sent().spans.map(({ name, attributes }) => [name, attributes])).toEqual([
      ['child', { a: 'x'.repeat(300), 'plutus.keep': true }],
      ['other', {}],
      ['root', {}],
    ])
  })

  it('marks a span of as many attributes as there may be, and one that says otherwise', () => {
    const rig = createRig()
    const attributes = Object.fromEntries(Array.from({ length: 128 }, (_, i) => [`key${i}`, i]))
    rig.start('full', undefined, { attributes }).setStatus(ERROR).end()
    rig
      .start('no', undefined, { attributes: { 'plutus.keep': false } })
      .setStatus(ERROR)
      .end()
    const [full, no] = rig.sent().spans
    expect(full?.attributes['plutus.keep']).toBe(true)
    expect(Object.keys(full?.attributes ?? {})).toHaveLength(128)
    expect(no?.attributes).toEqual({ 'plutus.keep': true })
  })
})

describe('by the rate', () => {
  it('sends the traces that it chooses at once, with the mark on every span and the threshold in their state', () => {
    const rig = createRig({ rate: 1 })
    const root = rig.start('root')
    const child = rig.start('child', root)
    child.end()
    root.end()
    expect(rig.sent().spans).toMatchObject([
      { name: 'child', traceState: 'plutus=head,ot=th:0', attributes: { 'plutus.keep.head': true } },
      { name: 'root', traceState: 'plutus=head,ot=th:0', attributes: { 'plutus.keep.head': true } },
    ])
    expect(child.spanContext().traceState?.get('ot')).toBe('th:0')
  })

  it('tells no threshold where another sampler has dropped traces before', () => {
    const rig = createRig({ rate: 1, isRateKnown: false })
    rig.start('root').end()
    expect(rig.sent().spans).toMatchObject([{ traceState: 'plutus=head' }])
  })

  it('sends the share of traces that it says, all of each or nothing, with their records', () => {
    const rig = createRig({ rate: 0.2 })
    const traces = 5_000
    for (let i = 0; i < traces; i++) {
      const root = rig.start('root')
      const child = rig.start('child', root)
      rig.emit('record', child)
      child.end()
      root.end()
      if (i % 100 === 0) rig.tick(2)
    }
    rig.tick(2)
    const { spans, records } = rig.sent()
    const roots = spans.filter(({ name }) => name === 'root')
    // Eight standard deviations.
    expect(Math.abs(roots.length - traces * 0.2)).toBeLessThan(8 * Math.sqrt(traces * 0.2 * 0.8))
    expect(spans).toHaveLength(roots.length * 2)
    expect(new Set(records.map(({ traceId }) => traceId))).toEqual(new Set(roots.map(({ traceId }) => traceId)))
    expect(records).toHaveLength(roots.length)
    const { counts } = rig.sampler
    expect([sentFor(rig, 'rate'), droppedFor(rig, 'rate')]).toEqual([roots.length, traces - roots.length])
    expect([counts.droppedSpans, counts.droppedRecords]).toEqual([2 * (traces - roots.length), traces - roots.length])
  })

  it('sends records outside of traces by the same rate', () => {
    const draws = [0.09, 0.1, 0.5, 0]
    const rig = createRig({ rate: 0.1, random: () => draws.shift() ?? 1 })
    for (const body of ['a', 'b', 'c', 'd']) rig.emit(body)
    expect(rig.sent().names).toEqual(['a', 'd'])
  })

  it('changes for traces that begin later', () => {
    const rig = createRig({ rate: 1 })
    const before = rig.start('before')
    rig.sampler.rate = 0
    rig.start('child', before).end()
    rig.start('after').end()
    before.end()
    rig.tick(2)
    expect(rig.sent().names).toEqual(['child', 'before'])
  })
})

describe('across services', () => {
  it.each<[string, string, string | undefined, boolean, boolean, string | undefined]>([
    ['nothing is told and the rate does not choose it', LOW, undefined, false, false, 'plutus=tail'],
    ['nothing is told and the rate chooses it', HIGH, undefined, true, false, 'plutus=keep'],
    ['its root keeps it', LOW, 'plutus=head', true, true, 'plutus=head'],
    ['its root keeps it by a threshold', HIGH, 'plutus=head,ot=th:8', true, true, 'plutus=head,ot=th:8'],
    ['another service keeps it', LOW, 'plutus=keep,a=b', true, false, 'plutus=keep,a=b'],
    ['its root leaves it to what happens', HIGH, 'plutus=tail', false, false, 'plutus=tail'],
    ['its root has said so before others did', HIGH, 'a=b,plutus=tail', false, false, 'a=b,plutus=tail'],
    ['a threshold of others keeps it', traceIdOf('80000000000000'), 'ot=th:8', true, false, 'plutus=keep,ot=th:8'],
    ['a threshold of others would not', traceIdOf('7fffffffffffff'), 'ot=th:8', false, false, 'plutus=tail,ot=th:8'],
    ['its explicit randomness is high', LOW, 'ot=rv:f0000000000000', true, false, 'plutus=keep,ot=rv:f0000000000000'],
    ['its explicit randomness is low', HIGH, 'ot=rv:00000000000000', false, false, 'plutus=tail,ot=rv:00000000000000'],
    ['it is told what nobody knows', LOW, 'plutus=always', false, false, 'plutus=tail'],
  ])('at 10 %%, where %s', (_case, traceId, told, isSent, isMarked, tells) => {
    const rig = createRig({ rate: 0.1 })
    const root = rig.start('root', remoteContext(traceId, told), SERVER)
    expect(root.spanContext().traceState?.serialize()).toBe(tells)
    rig.start('child', root).end()
    root.end()
    rig.tick(2)
    const { spans } = rig.sent()
    expect(spans.map(({ name }) => name)).toEqual(isSent ? ['child', 'root'] : [])
    for (const { attributes } of spans) expect(attributes['plutus.keep.head']).toBe(isMarked ? true : undefined)
  })

  it('counts a trace once, by why it is sent', () => {
    const rig = createRig()
    const root = rig.start('root', remoteContext(LOW, 'plutus=head'))
    const wrapped = trace.setSpanContext(ROOT_CONTEXT, { ...root.spanContext() })
    rig.start('child', wrapped).end()
    rig.emit('record', wrapped)
    root.end()
    rig.start('other', remoteContext(HIGH, 'plutus=keep')).end()
    expect([...rig.sampler.counts.sent]).toEqual([['told', 2]])
    expect(rig.sent().names).toHaveLength(4)
  })

  it('tells those that it calls after something happened that the trace is kept', () => {
    const rig = createRig()
    const root = rig.start('root', remoteContext(LOW, 'a=b'))
    expect(rig.start('call', root).spanContext().traceState?.serialize()).toBe('plutus=tail,a=b')
    rig.emit('!', root, { severityNumber: 17 })
    expect(rig.start('call', root).spanContext().traceState?.serialize()).toBe('plutus=keep,a=b')
  })

  it('agrees with a service of the same rate, and keeps some of what a service of a higher rate keeps', () => {
    const rigs = [0.1, 0.1, 0.4].map((rate) => createRig({ rate }))
    for (let i = 0; i < 2_000; i++) {
      const traceId = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex')
      for (const rig of rigs) rig.start('root', remoteContext(traceId)).end()
    }
    const [one, other, many] = rigs.map((rig) => new Set(rig.sent().spans.map(({ traceId }) => traceId)))
    expect(one?.size).toBeGreaterThan(0)
    expect(other).toEqual(one)
    expect([...(one ?? [])].every((traceId) => many?.has(traceId))).toBe(true)
  })

  it('gives every root of one trace in this process the same end', () => {
    const rig = createRig()
    const [first, second] = ['first', 'second'].map((name) => rig.start(name, remoteContext(LOW), SERVER))
    first?.end()
    expect(rig.sent().names).toEqual([])
    second?.setStatus(ERROR).end()
    expect(rig.sent().names).toEqual(['first', 'second'])
    rig.tick(10)
    rig.start('third', remoteContext(LOW), SERVER).end()
    expect(rig.sent().names).toEqual(['third'])
  })

  it('keeps what it holds of a trace when it hears that another service keeps it', () => {
    const rig = createRig()
    rig.start('first', remoteContext(LOW, 'plutus=tail')).end()
    const second = rig.start('second', remoteContext(LOW, 'plutus=keep'))
    expect(rig.sent().names).toEqual(['first'])
    second.end()
    expect(rig.sent().names).toEqual(['second'])
    expect(sentFor(rig, 'told')).toBe(1)
  })

  it('holds the records of a trace that has no span here, and judges them as those of others', () => {
    const rig = createRig()
    rig.emit('first', remoteContext(LOW))
    rig.tick()
    rig.emit('!', remoteContext(LOW), { severityNumber: 13 })
    rig.emit('other', remoteContext(traceIdOf('00000000000002')))
    expect(rig.sent().names).toEqual(['first', '!'])
    rig.tick(2)
    expect(rig.sampler.counts.droppedRecords).toBe(1)
  })

  it('finds the trace of a span that only tells its ids, as wrappers of spans do', () => {
    const rig = createRig()
    const root = rig.start('root')
    const wrapped = trace.setSpanContext(ROOT_CONTEXT, root.spanContext())
    rig.start('child', wrapped).end()
    rig.emit('record', wrapped)
    root.end()
    expect(rig.sent().names).toEqual([])
    rig.emit('!', wrapped, { severityNumber: 17 })
    expect(rig.sent().names).toEqual(['child', 'root', 'record', '!'])
  })
})

describe('when a trace ends', () => {
  it('waits a while for what still comes', () => {
    const rig = createRig()
    const root = rig.start('root')
    root.end()
    rig.tick()
    const late = rig.start('late', root)
    rig.tick(5)
    late.setStatus(ERROR).end()
    expect(rig.sent().names).toEqual(['root', 'late'])
    expect(rig.sampler.counts.torn).toBe(0)
  })

  it('keeps what happens after it was dropped, and counts that the trace is not whole', () => {
    const rig = createRig()
    const root = rig.start('root')
    root.end()
    rig.tick(2)
    rig.start('late', root).end()
    rig.start('failed', root).setStatus(ERROR).end()
    expect(rig.sent().names).toEqual(['late', 'failed'])
    expect(rig.sampler.counts.torn).toBe(1)
  })

  it('finds what comes late of a dropped trace by its id, too', () => {
    const rig = createRig()
    const root = rig.start('root')
    root.end()
    rig.tick(2)
    rig.start('late', root).end()
    rig.emit('!', trace.setSpanContext(ROOT_CONTEXT, root.spanContext()), { severityNumber: 17 })
    expect(rig.sent().names).toEqual(['late', '!'])
  })

  it('drops late spans of a dropped trace in which nothing happens', () => {
    const rig = createRig()
    const root = rig.start('root')
    root.end()
    rig.tick(2)
    rig.start('late', root).end()
    rig.emit('late record', root)
    rig.tick(2)
    expect(rig.sent().names).toEqual([])
    expect(rig.sampler.heldBytes).toBeLessThan(300_000)
  })

  it('sends a trace whose root has been open for a minute, and what comes of it', () => {
    const rig = createRig()
    const root = rig.start('root')
    rig.start('child', root).end()
    rig.tick(59)
    expect(rig.sent().names).toEqual([])
    rig.tick()
    expect(rig.sent().names).toEqual(['child'])
    rig.start('later', root).end()
    expect(rig.sent().names).toEqual(['later'])
    expect(sentFor(rig, 'age')).toBe(1)
  })

  it.each([
    ['begins here', undefined],
    ['comes from another process', remoteContext(LOW)],
  ])('drops a trace that %s and of which only spans are left after a minute that nobody ends', (_where, parent) => {
    const rig = createRig()
    const root = rig.start('root', parent)
    const forgotten = rig.start('forgotten', root)
    root.end()
    rig.tick(60)
    expect(rig.sent().names).toEqual([])
    expect(droppedFor(rig, 'age')).toBe(1)
    forgotten.end()
    rig.tick(2)
    expect(rig.sent().names).toEqual([])
  })

  it('sends what is open when the process may end, and leaves what is over to its time', () => {
    const rig = createRig()
    const open = rig.start('open')
    rig.start('child', open).end()
    rig.start('over').end()
    const failing = rig.start('going on')
    failing.end()
    rig.sampler.settle()
    expect(rig.sent().names).toEqual(['child'])
    rig.start('late', failing).setStatus(ERROR).end()
    expect(rig.sent().names).toEqual(['going on', 'late'])
    rig.tick(2)
    expect([...rig.sampler.counts.dropped]).toEqual([['rate', 1]])
  })

  it('sends what is open when the process ends, drops what is over, and sends all that comes then', () => {
    const rig = createRig()
    const open = rig.start('open')
    rig.start('child', open).end()
    const over = rig.start('over')
    over.end()
    rig.sampler.end()
    expect(rig.sent().names).toEqual(['child'])
    const last = rig.start('last')
    rig.emit('word', last)
    rig.emit('outside')
    last.end()
    rig.start('late', over).end()
    open.end()
    expect(rig.sent().names).toEqual(['last', 'late', 'open', 'word', 'outside'])
  })
})

describe('other threads', () => {
  it('hear of a trace that is kept, and keep theirs, with a mark', () => {
    const [main, worker] = [createRig(), createRig()]
    const root = main.start('root')
    const { traceId, traceState } = root.spanContext()
    const task = worker.start('task', remoteContext(traceId, traceState?.serialize()))
    task.end()
    main.emit('!', root, { severityNumber: 17 })
    expect(main.told).toHaveLength(1)
    worker.sampler.keepTrace(main.told[0] as number)
    expect(worker.sent().spans).toMatchObject([{ name: 'task', attributes: { 'plutus.keep': true } }])
    expect(worker.told).toEqual([])
    expect(sentFor(worker, 'thread')).toBe(1)
  })

  it('get what a thread that ends has not decided', () => {
    const rig = createRig()
    rig.start('task', remoteContext(LOW)).end()
    rig.sampler.end(true)
    expect(rig.sent().names).toEqual(['task'])
    expect(sentFor(rig, 'exit')).toBe(1)
  })

  it('tell of nothing that is not there', () => {
    const rig = createRig()
    rig.sampler.keepTrace(17)
    expect(rig.sent().names).toEqual([])
  })
})

describe('the bound', () => {
  const SMALL = 128 * 1024

  it('holds: traces that are over go first, then open ones are sent', () => {
    const rig = createRig({ maxBytes: SMALL })
    const names = new Set<string>()
    const roots = Array.from({ length: 20 }, (_, i) => rig.start(`root ${i}`))
    for (let i = 0; i < 400; i++) {
      rig.start(`child ${i}`, roots[i % 20], { attributes: { text: 'x'.repeat(1000) } }).end()
      rig.start(`over ${i}`, undefined, { attributes: { text: 'x'.repeat(200) } }).end()
      expect(rig.sampler.heldBytes).toBeLessThanOrEqual(SMALL)
      for (const name of rig.sent().names) names.add(name)
    }
    for (const root of roots) root.end()
    rig.tick(2)
    for (const name of rig.sent().names) names.add(name)
    expect([...names].filter((name) => name.startsWith('over'))).toEqual([])
    // 20 KB for each of 20 roots do not fit, so each was sent, and whole.
    expect([...names].filter((name) => name.startsWith('child'))).toHaveLength(400)
    expect(sentFor(rig, 'overflow')).toBe(20)
    expect(droppedFor(rig, 'overflow')).toBeGreaterThan(0)
  })

  it('leaves a long trace of few spans alone, however many short ones go by', () => {
    const rig = createRig({ maxBytes: SMALL })
    const long = rig.start('long')
    rig.start('first', long).end()
    for (let i = 0; i < 5_000; i++) {
      const root = rig.start('short')
      rig.emit('x'.repeat(100), root)
      root.end()
    }
    expect(rig.sent().names).toEqual([])
    expect(sentFor(rig, 'overflow')).toBe(0)
    long.setStatus(ERROR).end()
    expect(rig.sent().names).toEqual(['first', 'long'])
  })

  it('moves what little is left of many long traces together', () => {
    const rig = createRig({ maxBytes: SMALL })
    const long = Array.from({ length: 40 }, (_, i) => {
      const root = rig.start(`long ${i}`)
      rig.start(`first ${i}`, root).end()
      for (let count = 0; count < 50; count++)
        rig.start('short', undefined, { attributes: { a: 'x'.repeat(200) } }).end()
      expect(rig.sampler.heldBytes).toBeLessThanOrEqual(SMALL)
      return root
    })
    expect(rig.sent().names).toEqual([])
    expect(sentFor(rig, 'overflow')).toBe(0)
    long.forEach((root, i) => {
      root.setStatus(ERROR).end()
      expect(rig.sent().names).toEqual([`first ${i}`, `long ${i}`])
    })
  })

  it('does not take a trace for one that is over which has gone on', () => {
    const rig = createRig({ maxBytes: SMALL })
    const roots = Array.from({ length: 20 }, () => rig.start('root'))
    for (const root of roots) root.end()
    rig.tick()
    const open = roots.map((root) => rig.start('late', root))
    for (let i = 0; i < 400; i++) rig.start('other', undefined, { attributes: { a: 'x'.repeat(1000) } }).end()
    for (const span of open) span.setStatus(ERROR).end()
    expect(rig.sent().names).toEqual(roots.flatMap(() => ['root', 'late']))
    expect(rig.sampler.counts.torn).toBe(0)
  })

  it('sends each span once of a trace that fills all of it alone', () => {
    const rig = createRig({ maxBytes: SMALL })
    const root = rig.start('root')
    const names = Array.from({ length: 300 }, (_, i) => `child ${i}`)
    for (const name of names) rig.start(name, root, { attributes: { a: 'x'.repeat(1000) } }).end()
    expect(rig.sent().names).toEqual(names)
    expect(sentFor(rig, 'overflow')).toBe(1)
  })

  it('holds for spans that are larger than the memory for them, and for many that never end', () => {
    const rig = createRig({ maxBytes: SMALL })
    const root = rig.start('root')
    rig.start('large', root, { attributes: { text: 'x'.repeat(SMALL) } }).end()
    expect(rig.sampler.heldBytes).toBeLessThanOrEqual(SMALL)
    rig.start('after', root).end()
    expect(rig.sent().names).toEqual(['large', 'after'])
    for (let i = 0; i < 1_000; i++) rig.start('never ended')
    expect(rig.sampler.heldBytes).toBeLessThanOrEqual(SMALL)
    rig.start('usual').end()
    rig.tick(2)
    expect(rig.sent().names).toEqual([])
  })
})

it('sends nothing twice and tears no trace, whatever happens in which order', () => {
  const action = fc.record({
    kind: fc.constantFrom('start', 'child', 'end', 'fail', 'record', 'warn', 'tick', 'tick'),
    which: fc.nat(5),
    size: fc.constantFrom(0, 50, 3000),
  })
  fc.assert(
    fc.property(fc.array(action, { maxLength: 120 }), fc.constantFrom(64 * 1024, 1024 * 1024), (actions, maxBytes) => {
      const rig = createRig({ rate: 0.2, maxBytes })
      const open: { readonly span: Span; readonly trace: string }[] = []
      const ended = new Map<string, Set<string>>()
      const failed = new Set<string>()
      let count = 0
      const note = (traceId: string, name: string): void => {
        ended.set(traceId, (ended.get(traceId) ?? new Set()).add(name))
      }
      const begin = (parent: Span | undefined): void => {
        const span = rig.start(`span ${count++}`, parent)
        open.push({ span, trace: span.spanContext().traceId })
      }
      const names = new WeakMap<Span, string>()
      for (const { kind, which, size } of actions) {
        const target = open[which % Math.max(open.length, 1)]
        if (kind === 'start') begin(undefined)
        else if (kind === 'tick') rig.tick()
        else if (target === undefined) rig.emit('outside')
        else if (kind === 'child') begin(target.span)
        else if (kind === 'record' || kind === 'warn') {
          const body = `record ${count++}${'.'.repeat(size)}`
          rig.emit(body, target.span, kind === 'warn' ? { severityNumber: 13 } : {})
          note(target.trace, body)
          if (kind === 'warn') failed.add(target.trace)
        } else {
          open.splice(open.indexOf(target), 1)
          const name = `ended ${count++}`
          names.set(target.span, name)
          if (kind === 'fail') failed.add(target.trace)
          target.span.setAttribute('text', '.'.repeat(size)).updateName(name)
          if (kind === 'fail') target.span.setStatus(ERROR)
          target.span.end()
          note(target.trace, name)
        }
      }
      for (const { span, trace: traceId } of open) {
        const name = `ended ${count++}`
        span.updateName(name).end()
        note(traceId, name)
      }
      rig.tick(2)
      const { spans, records } = rig.sent()
      const sent = new Map<string, string[]>()
      for (const { traceId, name } of [
        ...spans,
        ...records.map(({ traceId, body }) => ({ traceId, name: String(body) })),
      ]) {
        if (traceId !== '') sent.set(traceId, [...(sent.get(traceId) ?? []), name])
      }
      for (const [traceId, got] of sent) {
        expect(new Set(got).size).toBe(got.length)
        expect(new Set(got)).toEqual(ended.get(traceId))
      }
      for (const traceId of failed) expect(sent.has(traceId)).toBe(true)
      expect(rig.sampler.counts.torn).toBe(0)
    }),
    { numRuns: 100 },
  )
})

it('goes on when what a record holds does things of its own while it is read', () => {
  const rig = createRig()
  const root = rig.start('root')
  const failing = rig.start('failing', root)
  rig.start('before', root).end()
  const hostile = {
    get text(): string {
      rig.emit('nested', root, { severityNumber: 17 })
      failing.setStatus(ERROR).end()
      return 'read'
    },
  }
  rig.emit('hostile', root, { attributes: { hostile } })
  root.end()
  const { names } = rig.sent()
  // A record within a record is lost, as it is without sampling; all else is there, once.
  expect(names.toSorted()).toEqual(['before', 'hostile', 'root'])
})

it('sends what it cannot judge', () => {
  const rig = createRig()
  const broken = {
    ...remoteSpan(),
    traceState: {
      get: (): string => {
        throw new Error('no')
      },
      set: () => broken.traceState,
      unset: () => broken.traceState,
      serialize: () => 'a=b',
    },
  }
  const parent = trace.setSpanContext(ROOT_CONTEXT, broken)
  rig.start('span', parent).end()
  rig.emit('record', parent)
  const attributes = {
    get 'plutus.data.class'(): string {
      throw new Error('no')
    },
  }
  rig.emit('unreadable', undefined, { attributes })
  expect(rig.sent().names).toEqual(['span', 'record', 'unreadable'])
})

function remoteSpan(): { traceId: string; spanId: string; traceFlags: number; isRemote: boolean } {
  return { traceId: LOW, spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true }
}
