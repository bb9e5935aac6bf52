import { NODES } from '@plutus/test-kit'
import type { TestNode } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callThrough, useMirror } from './correlation-checks.ts'
import { startService } from './service.ts'
import type { RunningService } from './service.ts'

const NEWEST = NODES.at(-1) as TestNode
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const INBOUND = {
  traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01`,
  'x-forwarded-for': '192.0.2.66, 198.51.100.1, 203.0.113.7',
}

const getPort = useMirror()

/** Starts the service for the tests of a block. */
function useService(env: Readonly<Record<string, string>>): () => RunningService {
  let service: RunningService
  beforeAll(async () => {
    service = await startService({ node: NEWEST, env })
  })
  afterAll(async () => await service.stop())
  return () => service
}

/** Names of the request events, once everything of a slow and a fast request has arrived. */
async function requestEvents(service: RunningService): Promise<string[]> {
  await service.ask('/status/201')
  await service.ask('/wait/150')
  await service.ask('/plain')
  await service.server('/plain')
  await service.record(({ body }) => body === 'by the logger') // records leave in the order in which they are made
  return service.receiver.logs.flatMap(({ eventName }) => (eventName?.startsWith('http.') === true ? eventName : []))
}

describe('with nothing set but the time from which a request is slow', () => {
  const getService = useService({ PLUTUS_SLOW_REQUEST_MS: '100' })

  it('records slow requests and no others', async () => {
    expect(await requestEvents(getService())).toEqual(['http.request.slow'])
  })

  it('changes no answer, and lets the id go nowhere', async () => {
    const service = getService()
    const { headers } = await service.ask('/status/203', { 'x-correlation-id': 'order-19' })
    const sent = await callThrough(service, 'http', `http://localhost:${getPort()}/`, 'order-19')
    expect(JSON.stringify([headers, sent])).not.toContain('order-19')
    expect(headers).not.toHaveProperty('server-timing')
    expect((await service.server('/status/203')).attributes['correlation.id']).toBe('order-19')
  })

  it('captures no header, no body and no baggage', async () => {
    const service = getService()
    const headers = { 'x-shop': 'one', 'content-type': 'text/plain', baggage: 'tenant=acme' }
    await service.ask('/baggage', headers)
    await service.ask('/body', headers, { method: 'POST', body: 'abc' })
    const records = [
      await service.server('/body'),
      await service.record(({ body }) => body === 'with baggage'),
      await service.server('/baggage'),
    ]
    const keys = records.flatMap(({ attributes }) => Object.keys(attributes))
    expect(keys.filter((key) => /\.header\.|body\.text|tenant/.test(key))).toEqual([])
  })

  it('goes on with an inbound trace, and believes no proxy', async () => {
    const service = getService()
    await service.ask('/patient/0', INBOUND)
    const span = await service.server('/patient/0')
    expect([span.traceId, span.parentSpanId, span.links]).toEqual([TRACE_ID, 'b7ad6b7169203331', []])
    expect(span.attributes['client.address']).toBe('127.0.0.1')
  })
})

describe('at the edge', () => {
  const getService = useService({
    PLUTUS_REQUEST_EVENTS: 'off',
    PLUTUS_SLOW_REQUEST_MS: '100',
    PLUTUS_TRUST_INCOMING: 'link',
    PLUTUS_TRUST_PROXY: '1',
    PLUTUS_CORRELATION_HEADERS: 'x-shop-id,x-edge-id',
    PLUTUS_CORRELATION_ECHO: '1',
    PLUTUS_CORRELATION_HOSTS: 'localhost',
  })

  it('records no request where PLUTUS_REQUEST_EVENTS is off', async () => {
    expect(await requestEvents(getService())).toEqual([])
  })

  it('links an inbound trace, and believes as many proxies as there are', async () => {
    const service = getService()
    await service.ask('/patient/0', INBOUND)
    const span = await service.server('/patient/0')
    expect(span.traceId).not.toBe(TRACE_ID)
    expect(span).not.toHaveProperty('parentSpanId')
    expect(span.links.map(({ traceId }) => traceId)).toEqual([TRACE_ID])
    expect(span.attributes['client.address']).toBe('203.0.113.7')
  })

  it('uses the headers that PLUTUS_CORRELATION_HEADERS names, the first of them outbound', async () => {
    const url = encodeURIComponent(`http://localhost:${getPort()}/`)
    const { text, headers } = await getService().ask(`/call?by=fetch&url=${url}`, { 'x-edge-id': 'order-20' })
    expect(headers['x-shop-id']).toBe('order-20')
    expect(JSON.parse(text)).toMatchObject({ 'x-shop-id': 'order-20' })
  })
})

describe('behind proxies of known networks', () => {
  const getService = useService({
    PLUTUS_REQUEST_EVENTS: 'all',
    PLUTUS_TRUST_INCOMING: 'none',
    PLUTUS_TRUST_PROXY: 'loopback,203.0.113.0/24',
  })

  it('starts a trace of its own, and finds the client behind the proxies it trusts', async () => {
    const service = getService()
    await service.ask('/patient/0', INBOUND)
    const span = await service.server('/patient/0')
    expect(span.traceId).not.toBe(TRACE_ID)
    expect([span.parentSpanId, span.links]).toEqual([undefined, []])
    const event = await service.event('http.request', '/patient/0')
    for (const { attributes } of [span, event]) expect(attributes['client.address']).toBe('198.51.100.1')
  })
})
