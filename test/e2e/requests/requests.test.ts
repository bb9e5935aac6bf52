import { END_NODES, NODES, services } from '@plutus/test-kit'
import type { TestNode } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startService } from './service.ts'
import type { RunningService } from './service.ts'

const FORMATS = ['cjs', 'mjs'] as const
const SAMPLERS = ['always_on', 'always_off'] as const
const RUNS = END_NODES.flatMap((node) =>
  FORMATS.flatMap((format) => SAMPLERS.map((sampler) => ({ node, format, sampler, label: node.label }))),
)
const NEWEST = NODES.at(-1) as TestNode
const { postgres } = services

describe.each(RUNS)('on Node $label, $format, sampler $sampler', ({ node, format, sampler }) => {
  let service: RunningService

  beforeAll(async () => {
    service = await startService({
      node,
      format,
      env: {
        OTEL_TRACES_SAMPLER: sampler,
        PLUTUS_REQUEST_EVENTS: 'all',
        PLUTUS_SLOW_REQUEST_MS: '5000',
        PLUTUS_SLOW_REQUEST_ROUTES: '/wait/:millis=100',
        PLUTUS_SLOW_QUERY_MS: '100',
      },
    })
  })

  afterAll(async () => await service.stop())

  it('records each request with its route, sizes and caller', async () => {
    await service.ask('/plain?card=none', { 'user-agent': 'test/1' })
    const event = await service.event('http.request', '/plain')
    expect(event).toMatchObject({
      severityText: 'INFO',
      attributes: {
        'plutus.data.class': 'performance',
        'http.request.method': 'GET',
        'http.route': '/plain',
        'url.path': '/plain',
        'http.response.status_code': 200,
        'http.response.body.size': 5,
        'http.server.duration': expect.any(Number) as number,
        'client.address': '127.0.0.1',
        'user_agent.original': 'test/1',
        'correlation.id': expect.stringMatching(/^[\da-f-]{36}$/) as string,
      },
    })
    expect(event.traceId).toMatch(/^[\da-f]{32}$/)
  })

  it.each([
    [404, 'WARN'],
    [503, 'ERROR'],
  ])('records an answer %d as %s', async (code, severityText) => {
    await service.ask(`/status/${code}`)
    expect(await service.event('http.request', `/status/${code}`)).toMatchObject({ severityText })
  })

  it('records what took longer than its route may as slow, and nothing else', async () => {
    await service.ask('/patient/150')
    await service.ask('/wait/150')
    expect(await service.event('http.request.slow', '/wait/150')).toMatchObject({
      severityText: 'WARN',
      attributes: { 'http.route': '/wait/:millis', 'http.slow.threshold': 0.1 },
    })
    await service.event('http.request', '/patient/150')
    const slow = service.receiver.logs.filter(({ eventName }) => eventName === 'http.request.slow')
    expect(slow.map(({ attributes }) => attributes['url.path'])).toEqual(['/wait/150'])
  })

  it.skipIf(!postgres.available)(
    'records a slow query without its values, and a failed one with its code',
    async () => {
      await service.ask('/query/0.15')
      const slow = await service.record(
        ({ eventName, attributes }) =>
          eventName === 'db.query.slow' && String(attributes['db.query.text']).includes('pg_sleep'),
      )
      expect(slow).toMatchObject({
        severityText: 'WARN',
        attributes: {
          'db.system.name': 'postgresql',
          'db.query.text': 'SELECT pg_sleep($1)',
          'db.query.hash': expect.stringMatching(/^[\da-f]{16}$/) as string,
        },
      })
      expect(slow.attributes['db.client.duration']).toBeGreaterThanOrEqual(0.14)
      const request = await service.event('http.request', '/query/0.15')
      expect([slow.traceId, slow.attributes['correlation.id']]).toEqual([
        request.traceId,
        request.attributes['correlation.id'],
      ])

      expect((await service.ask('/broken')).text).toBe('42P01')
      expect(await service.event('db.query.error')).toMatchObject({
        severityText: 'ERROR',
        attributes: { 'db.response.status_code': '42P01', 'db.query.text': 'SELECT * FROM nowhere_at_all' },
      })
    },
  )

  it('sends the span of the same trace if it is sampled, and else none', async () => {
    const { traceId } = await service.event('http.request', '/plain')
    if (sampler === 'always_on') await service.server('/plain')
    const sent = service.receiver.spans.filter(
      ({ kind, attributes }) => kind === 'SERVER' && attributes['url.path'] === '/plain',
    )
    expect(sent.map((span) => span.traceId)).toEqual(sampler === 'always_on' ? [traceId] : [])
  })
})

describe('PLUTUS_REQUEST_EVENTS', () => {
  it.each([
    ['off', []],
    ['slow', ['http.request.slow']],
    ['all', ['http.request', 'http.request', 'http.request.slow']],
  ])('%s records %j of a fast and a slow request', async (choice, names) => {
    const service = await startService({
      node: NEWEST,
      env: { PLUTUS_REQUEST_EVENTS: choice, PLUTUS_SLOW_REQUEST_MS: '100' },
    })
    await service.ask('/plain')
    await service.ask('/wait/150')
    await service.server('/wait/150')
    await service.stop()
    const events = service.receiver.logs.filter(({ eventName }) => eventName?.startsWith('http.') === true)
    expect(events.map(({ eventName }) => String(eventName)).toSorted((a, b) => a.localeCompare(b))).toEqual(names)
  })
})

describe('capture', () => {
  const CAPTURE = {
    PLUTUS_REQUEST_EVENTS: 'all',
    PLUTUS_CAPTURE_REQUEST_HEADERS: 'x-shop,x-absent',
    PLUTUS_CAPTURE_RESPONSE_HEADERS: 'x-told',
    PLUTUS_CAPTURE_BODY_BYTES: '8',
  }

  it.each(END_NODES)(
    'puts the named headers and the first bytes of a text on the records, on Node $label',
    async (node) => {
      const service = await startService({ node, env: CAPTURE })
      const headers = { 'x-shop': 'one', 'x-other': 'two', 'content-type': 'text/plain' }
      expect((await service.ask('/body', headers, { method: 'POST', body: 'twelve bytes' })).text).toBe('12')
      const [event, span] = [await service.event('http.request', '/body'), await service.server('/body')]
      const captured = { 'http.request.header.x-shop': ['one'], 'http.response.header.x-told': ['yes'] }
      expect(span.attributes).toMatchObject(captured)
      expect(event.attributes).toMatchObject({
        ...captured,
        'http.request.body.text': 'twelve b',
        'http.request.body.truncated': true,
      })
      for (const { attributes } of [event, span]) {
        expect(Object.keys(attributes).filter((key) => /x-other|x-absent/.test(key))).toEqual([])
      }
      expect(Object.keys(span.attributes).filter((key) => key.includes('body.text'))).toEqual([])
      await service.stop()
    },
  )

  it('leaves out bodies that are no text, and all of them by default', async () => {
    const binary = { 'content-type': 'application/octet-stream' }
    const text = { 'content-type': 'text/plain' }
    const told = async (env: Record<string, string>, headers: Record<string, string>): Promise<string[]> => {
      const service = await startService({ node: NEWEST, env: { ...env, PLUTUS_REQUEST_EVENTS: 'all' } })
      await service.ask('/body', headers, { method: 'POST', body: 'abc' })
      const { attributes } = await service.event('http.request', '/body')
      await service.stop()
      return Object.keys(attributes).filter((key) => key.includes('body.text') || key.includes('.header.'))
    }
    expect(await told(CAPTURE, binary)).toEqual(['http.response.header.x-told'])
    expect(await told({}, text)).toEqual([])
  })
})

describe('trust', () => {
  const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
  const inbound = { traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01` }

  it.each([
    ['parent', TRACE_ID, []],
    ['link', undefined, [TRACE_ID]],
    ['none', undefined, []],
  ])('PLUTUS_TRUST_INCOMING=%s', async (trust, traceId, links) => {
    const service = await startService({ node: NEWEST, env: { PLUTUS_TRUST_INCOMING: trust } })
    await service.ask('/plain', inbound)
    const span = await service.server('/plain')
    const isChild = traceId !== undefined
    expect([span.traceId === TRACE_ID, span.parentSpanId]).toEqual([isChild, isChild ? 'b7ad6b7169203331' : undefined])
    expect(span.links.map((link) => link.traceId)).toEqual(links)
    await service.stop()
  })

  it.each([
    ['none', '127.0.0.1'],
    ['1', '203.0.113.7'],
    ['loopback', '203.0.113.7'],
    ['loopback,203.0.113.0/24', '198.51.100.1'],
  ])('PLUTUS_TRUST_PROXY=%s tells the client %s', async (trust, address) => {
    const service = await startService({
      node: NEWEST,
      env: { PLUTUS_TRUST_PROXY: trust, PLUTUS_REQUEST_EVENTS: 'all' },
    })
    await service.ask('/plain', { 'x-forwarded-for': '192.0.2.66, 198.51.100.1, 203.0.113.7' })
    expect((await service.server('/plain')).attributes['client.address']).toBe(address)
    expect((await service.event('http.request', '/plain')).attributes['client.address']).toBe(address)
    await service.stop()
  })

  it('lets through the named keys of inbound baggage, and no others', async () => {
    const service = await startService({ node: NEWEST, env: { PLUTUS_BAGGAGE_KEYS: 'tenant' } })
    await service.ask('/baggage', { baggage: 'tenant=acme,secret=key' })
    const { attributes } = await service.record(({ body }) => body === 'with baggage')
    expect(attributes['tenant']).toBe('acme')
    expect(attributes).not.toHaveProperty('secret')
    await service.stop()
  })
})
