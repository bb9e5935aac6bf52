import { services } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import type { RunningService } from './service.ts'

/** What these checks need of the service's environment. */
export const REQUEST_SETTINGS = {
  PLUTUS_REQUEST_EVENTS: 'all',
  PLUTUS_SLOW_REQUEST_MS: '5000',
  PLUTUS_SLOW_REQUEST_ROUTES: '/wait/:millis=100',
  PLUTUS_SLOW_QUERY_MS: '100',
  PLUTUS_CAPTURE_REQUEST_HEADERS: 'x-shop,x-absent,authorization,cookie',
  PLUTUS_CAPTURE_RESPONSE_HEADERS: 'x-told,set-cookie',
  PLUTUS_CAPTURE_BODY_BYTES: '48',
  PLUTUS_BAGGAGE_KEYS: 'tenant',
}

/** Says what requests leave behind as events, metrics and spans. */
export function checkRequests(getService: () => RunningService, isSampled: boolean): void {
  it('records each request with its route, sizes, caller and user', async () => {
    const service = getService()
    await service.ask('/user?card=none', { 'user-agent': 'test/1' })
    const event = await service.event('http.request', '/user')
    expect(event).toMatchObject({
      severityText: 'INFO',
      attributes: {
        'plutus.data.class': 'performance',
        'http.request.method': 'GET',
        'http.route': '/user',
        'url.path': '/user',
        'http.response.status_code': 200,
        'http.response.body.size': 5,
        'http.server.duration': expect.any(Number) as number,
        'client.address': '127.0.0.1',
        'user_agent.original': 'test/1',
        'user.id': 'user-7',
        'correlation.id': expect.stringMatching(/^[\da-f-]{36}$/) as string,
      },
    })
    expect(event.traceId).toMatch(/^[\da-f]{32}$/)
  })

  it.each([
    [404, 'WARN'],
    [503, 'ERROR'],
  ])('records an answer %d as %s', async (code, severityText) => {
    const service = getService()
    await service.ask(`/status/${code}`)
    expect(await service.event('http.request', `/status/${code}`)).toMatchObject({ severityText })
  })

  it('records what took longer than its route may as slow, and nothing else, and measures both exactly', async () => {
    const service = getService()
    await service.ask('/patient/150')
    await service.ask('/wait/150')
    const slow = await service.event('http.request.slow', '/wait/150')
    expect(slow).toMatchObject({
      severityText: 'WARN',
      attributes: { 'http.route': '/wait/:millis', 'http.slow.threshold': 0.1 },
    })
    for (const [path, route] of [
      ['/wait/150', '/wait/:millis'],
      ['/patient/150', '/patient/:millis'],
    ]) {
      const event = await service.event('http.request', path)
      const point = await service.receiver.waitFor(() =>
        service.points('http.server.request.duration').find(({ attributes }) => attributes['http.route'] === route),
      )
      expect(point.count).toBe(1)
      expect(event.attributes['http.server.duration']).toBeCloseTo(point.sum ?? Number.NaN, 9)
      // A timer may be early by a millisecond.
      expect(point.sum).toBeGreaterThan(0.145)
    }
    const others = service.receiver.logs.filter(({ eventName }) => eventName === 'http.request.slow')
    expect(others.map(({ attributes }) => attributes['url.path'])).toEqual(['/wait/150'])
  })

  it.skipIf(!services.postgres.available)(
    'records a slow query without its values, and a failed one with its code',
    async () => {
      const service = getService()
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

  it('puts the named headers on the records, of those with credentials that they were there', async () => {
    const service = getService()
    const headers = {
      'x-shop': 'one',
      'x-other': 'two',
      authorization: 'Bearer secret-token',
      cookie: 'a=secret-cookie',
    }
    await service.ask('/user?headers', headers)
    const event = await service.record(({ attributes }) => 'http.request.header.x-shop' in attributes)
    const secret = [
      'http.request.header.authorization',
      'http.request.header.cookie',
      'http.response.header.set-cookie',
    ]
    const span = isSampled ? [await service.server('/user', event.traceId)] : []
    for (const { attributes } of [event, ...span]) {
      expect(attributes['http.request.header.x-shop']).toEqual(['one'])
      expect(secret.map((name) => String(attributes[name]))).toEqual(secret.map(() => '[redacted]'))
      expect(Object.keys(attributes).filter((key) => /x-other|x-absent/.test(key))).toEqual([])
      expect(JSON.stringify(attributes)).not.toContain('secret')
    }
  })

  it('keeps the first bytes of a text without its secrets, and nothing of what is none', async () => {
    const service = getService()
    const card = '4242'.repeat(4)
    const text = 'of a text, and of any other, the first bytes are kept'
    // The user agent tells the records apart.
    const post = async (agent: string, type: string, body: string): Promise<Record<string, unknown>> => {
      const headers = { 'content-type': type, 'user-agent': agent }
      expect((await service.ask('/body', headers, { method: 'POST', body })).text).toBe(String(body.length))
      const { attributes } = await service.record(
        (log) => log.eventName === 'http.request' && log.attributes['user_agent.original'] === agent,
      )
      return attributes
    }
    expect(await post('cut', 'text/plain', text)).toMatchObject({
      'http.request.body.text': 'of a text, and of any other, the first bytes ', // the word that would be cut is left out
      'http.request.body.truncated': true,
      'http.response.header.x-told': ['yes'],
    })
    const whole = await post('whole', 'application/json', JSON.stringify({ card, cvc: '123', n: 'x' }))
    expect(whole).toMatchObject({
      'http.request.body.text': expect.stringMatching(/\*{4}4242.*"n":"x"/) as string,
      'http.request.body.truncated': false,
    })
    expect(whole['http.request.body.text']).not.toMatch(/\d{5}|123/)
    const bodies = await post('binary', 'application/octet-stream', text)
    const others = [bodies, ...service.receiver.spans.map(({ attributes }) => attributes)]
    expect(others.flatMap((one) => Object.keys(one)).filter((key) => key.includes('body.text'))).toEqual([])
  })

  it('lets through the named keys of inbound baggage, and no others', async () => {
    const service = getService()
    await service.ask('/baggage', { baggage: 'tenant=acme,secret=key' })
    for (const { attributes } of [
      await service.record(({ body }) => body === 'with baggage'),
      await service.event('http.request', '/baggage'),
    ]) {
      expect(attributes['tenant']).toBe('acme')
      expect(attributes).not.toHaveProperty('secret')
    }
  })

  it('sends the span of the same trace if it is sampled, and else none', async () => {
    const service = getService()
    await service.ask('/status/202')
    const { traceId, spanId } = await service.event('http.request', '/status/202')
    const spans = isSampled ? [await service.server('/status/202')] : service.receiver.spans
    expect(spans.map((span) => [span.traceId, span.spanId])).toEqual(isSampled ? [[traceId, spanId]] : [])
  })
}
