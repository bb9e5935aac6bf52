import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunningService } from './service.ts'

/** What these checks need of the service's environment. */
export const CORRELATION_SETTINGS = {
  PLUTUS_CORRELATION_ECHO: '1',
  PLUTUS_SERVER_TIMING: '1',
  PLUTUS_CORRELATION_HOSTS: 'localhost',
}

const MADE = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/** Starts a server that answers with the headers it was sent, and sends `/to?<url>` there; gives its port. */
export function useMirror(): () => number {
  const mirror = createServer((request, response) => {
    const [path, target = ''] = (request.url ?? '').split('?')
    if (path === '/to') response.writeHead(302, { location: decodeURIComponent(target) }).end()
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(request.headers))
  })
  beforeAll(async () => {
    mirror.listen(0)
    await once(mirror, 'listening')
  })
  afterAll(() => {
    mirror.close()
    mirror.closeAllConnections()
  })
  return () => (mirror.address() as AddressInfo).port
}

/** Has the service call a URL, in a request with a correlation id, and gives the headers that arrived there. */
export async function callThrough(
  service: RunningService,
  by: string,
  url: string,
  id: string,
): Promise<Record<string, string>> {
  const { text } = await service.ask(`/call?by=${by}&url=${encodeURIComponent(url)}`, { 'x-correlation-id': id })
  return JSON.parse(text) as Record<string, string>
}

/** Says how the correlation id comes in, stands on everything and goes out. */
export function checkCorrelation(getService: () => RunningService, isSampled: boolean): void {
  const getPort = useMirror()
  const flags = isSampled ? '01' : '00'

  it('puts the id that came on every span and record, those of pino too, and on the answer', async () => {
    const service = getService()
    const { headers } = await service.ask('/plain', { 'x-correlation-id': 'order-17' })
    expect(headers['x-correlation-id']).toBe('order-17')
    const { traceId, spanId } = await service.event('http.request', '/plain')
    await service.record(({ body }) => body === 'by pino')
    await service.record(({ body }) => body === 'by the logger')
    if (isSampled) await service.server('/plain')
    const { spans, logs } = service.receiver
    const ofTrace = [...spans, ...logs].filter((item) => item.traceId === traceId)
    expect(ofTrace.length).toBeGreaterThanOrEqual(isSampled ? 4 : 3)
    expect(new Set(ofTrace.map(({ attributes }) => attributes['correlation.id']))).toEqual(new Set(['order-17']))
    expect(headers['server-timing']).toBe(`traceparent;desc="00-${traceId}-${spanId}-${flags}"`)
  })

  it.each([
    ['the second header', ['x-request-id: from-the-edge'], 'from-the-edge'],
    ['both headers', ['x-request-id: second', 'x-correlation-id: first'], 'first'],
    ['one of 64 characters', [`x-correlation-id: ${'a'.repeat(64)}`], 'a'.repeat(64)],
    ['a refused one before a valid one', ['x-correlation-id: no way', 'x-request-id: fine'], 'fine'],
  ])('takes %s', async (_what, lines, id) => {
    expect(await getService().askRaw('GET /status/204 HTTP/1.1', ...lines)).toContain(`x-correlation-id: ${id}\r\n`)
  })

  it.each([
    ['none', []],
    ['one of 65 characters', [`x-correlation-id: ${'a'.repeat(65)}`]],
    ['an empty one', ['x-correlation-id:']],
    ['escaped line ends', ['x-correlation-id: a%0d%0aset-cookie:b=1']],
    ['a tab', ['x-correlation-id: a\tb']],
    ['markup', ['x-correlation-id: <script>']],
    ['bytes beyond ASCII', ['x-correlation-id: caf\u00e9']],
    ['the header twice', ['x-correlation-id: one', 'X-Correlation-Id: two']],
  ])('makes one in place of %s, and echoes nothing of what came', async (_what, lines) => {
    const service = getService()
    const answer = await service.askRaw('GET /status/204 HTTP/1.1', ...lines)
    const id = /\r\nx-correlation-id: ([^\r]*)\r\n/i.exec(answer)?.[1] ?? ''
    expect(id).toMatch(MADE)
    const values = lines.map((line) => line.slice(line.indexOf(':') + 1).trim()).filter((value) => value !== '')
    expect(values.filter((value) => answer.includes(value))).toEqual([])
    expect(answer).not.toMatch(/set-cookie/i)
    const event = await service.record(({ attributes }) => attributes['correlation.id'] === id)
    expect(event.eventName).toBe('http.request')
  })

  it.each([
    ['line ends that split a header', ['x-correlation-id: a\r\n b']],
    ['escape sequences for terminals', ['x-correlation-id: \u001b[31mred']],
  ])('shows nothing of %s', async (_what, lines) => {
    const answer = await getService().askRaw('GET /status/205 HTTP/1.1', ...lines)
    // Node refuses these by itself, and where it does not, an id is made.
    const id = answer.startsWith('HTTP/1.1 400 ') ? undefined : /x-correlation-id: ([^\r]*)/i.exec(answer)?.[1]
    expect(id ?? '00000000-0000-4000-8000-000000000000').toMatch(MADE)
    expect(answer).not.toContain('\u001b')
  })

  it('counts what it refused', async () => {
    const service = getService()
    await service.ask('/status/206', { 'x-correlation-id': 'not an id' })
    const metric = await service.receiver.waitFor(() =>
      service.receiver.metrics.findLast(({ name }) => name === 'plutus.correlation.refused'),
    )
    expect(metric.points[0]?.value).toBeGreaterThan(0)
  })

  it.each(['http', 'fetch'])('goes with calls by %s to hosts on the list, and to no others', async (by) => {
    const id = `call-by-${by}`
    const allowed = await callThrough(getService(), by, `http://localhost:${getPort()}/`, id)
    expect(allowed['x-correlation-id']).toBe(id)
    const other = await callThrough(getService(), by, `http://127.0.0.1:${getPort()}/`, id)
    expect(JSON.stringify(other)).not.toContain(id)
    // The trace goes everywhere.
    const traceparent = new RegExp(`^00-[\\da-f]{32}-[\\da-f]{16}-${flags}$`)
    for (const headers of [allowed, other]) expect(headers['traceparent']).toMatch(traceparent)
  })

  it.each(['http', 'fetch'])('leaves the id alone that the application gives a call by %s', async (by) => {
    const headers = await callThrough(getService(), `${by}&own=mine`, `http://localhost:${getPort()}/`, 'not-mine')
    expect(headers['x-correlation-id']).toBe('mine')
  })

  it('does not follow where fetch is sent on to another host', async () => {
    const other = encodeURIComponent(`http://127.0.0.1:${getPort()}/`)
    const headers = await callThrough(getService(), 'fetch', `http://localhost:${getPort()}/to?${other}`, 'sent-on')
    expect(headers['host']).toMatch(/^127\.0\.0\.1:/)
    expect(JSON.stringify(headers)).not.toContain('sent-on')
  })

  it('survives a worker thread and a queued job, whoever runs it', async () => {
    const service = getService()
    await service.ask('/hand-over', { 'x-correlation-id': 'order-18' })
    await service.ask('/queue', { 'x-correlation-id': 'somebody-else' }, { method: 'POST', body: '' })
    const { traceId } = await service.event('http.request', '/hand-over')
    for (const body of ['in the worker', 'in the job']) {
      const record = await service.record((log) => log.body === body)
      expect([body, record.attributes['correlation.id'], record.traceId]).toEqual([body, 'order-18', traceId])
    }
    const { attributes } = await service.record(({ body }) => body === 'before in the worker')
    expect(attributes).not.toHaveProperty(['correlation.id'])
    for (const eventName of ['job.started', 'job.completed']) {
      expect((await service.event(eventName)).attributes['correlation.id']).toBe('order-18')
    }
    if (!isSampled) return
    const job = await service.receiver.waitFor(() => service.receiver.spans.find(({ name }) => name === 'job mail'))
    expect([job.attributes['correlation.id'], job.traceId]).toEqual(['order-18', traceId])
  })
}
