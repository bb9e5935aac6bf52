import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { END_NODES, NODES } from '@plutus/test-kit'
import type { TestNode } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startService } from './service.ts'
import type { RunningService } from './service.ts'

const RUNS = END_NODES.flatMap((node) =>
  (['cjs', 'mjs'] as const).map((format) => ({ node, format, label: node.label })),
)
const NEWEST = NODES.at(-1) as TestNode
const MADE = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/** Answers with the headers it was sent. */
const mirror = createServer((request, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(request.headers))
})
let port = 0

beforeAll(async () => {
  mirror.listen(0)
  await once(mirror, 'listening')
  ;({ port } = mirror.address() as AddressInfo)
})

afterAll(() => {
  mirror.close()
  mirror.closeAllConnections()
})

describe.each(RUNS)('on Node $label, $format', ({ node, format }) => {
  let service: RunningService

  beforeAll(async () => {
    const env = { PLUTUS_CORRELATION_ECHO: '1', PLUTUS_SERVER_TIMING: '1', PLUTUS_CORRELATION_HOSTS: 'localhost' }
    service = await startService({ node, format, env })
  })

  afterAll(async () => await service.stop())

  it('puts the id that came on every span and record, those of pino too, and on the answer', async () => {
    const { headers } = await service.ask('/plain', { 'x-correlation-id': 'order-17' })
    expect(headers['x-correlation-id']).toBe('order-17')
    const { traceId, spanId } = await service.server('/plain')
    await service.record(({ body }) => body === 'by pino')
    await service.record(({ body }) => body === 'by the logger')
    const { spans, logs } = service.receiver
    const ofTrace = [...spans, ...logs].filter((item) => item.traceId === traceId)
    expect(ofTrace.length).toBeGreaterThanOrEqual(3)
    expect(new Set(ofTrace.map(({ attributes }) => attributes['correlation.id']))).toEqual(new Set(['order-17']))
    expect(headers['server-timing']).toBe(`traceparent;desc="00-${traceId}-${spanId}-01"`)
  })

  it.each([
    ['the second header', ['x-request-id: from-the-edge'], 'from-the-edge'],
    ['both headers', ['x-request-id: second', 'x-correlation-id: first'], 'first'],
    ['one of 64 characters', [`x-correlation-id: ${'a'.repeat(64)}`], 'a'.repeat(64)],
    ['a refused one before a valid one', ['x-correlation-id: no way', 'x-request-id: fine'], 'fine'],
  ])('takes %s', async (_what, lines, id) => {
    expect(await service.askRaw('GET /status/204 HTTP/1.1', ...lines)).toContain(`x-correlation-id: ${id}\r\n`)
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
    const answer = await service.askRaw('GET /status/204 HTTP/1.1', ...lines)
    const id = /\r\nx-correlation-id: ([^\r]*)\r\n/i.exec(answer)?.[1] ?? ''
    expect(id).toMatch(MADE)
    const values = lines.map((line) => line.slice(line.indexOf(':') + 1).trim()).filter((value) => value !== '')
    expect(values.filter((value) => answer.includes(value))).toEqual([])
    expect(answer).not.toMatch(/set-cookie/i)
    const span = await service.receiver.waitFor(() =>
      service.receiver.spans.find(({ attributes }) => attributes['correlation.id'] === id),
    )
    expect(span.kind).toBe('SERVER')
  })

  it.each([
    ['line ends that split a header', ['x-correlation-id: a\r\n b']],
    ['escape sequences for terminals', ['x-correlation-id: \u001b[31mred']],
  ])('shows nothing of %s', async (_what, lines) => {
    const answer = await service.askRaw('GET /status/205 HTTP/1.1', ...lines)
    // Node refuses these by itself, and where it does not, an id is made.
    const id = answer.startsWith('HTTP/1.1 400 ') ? undefined : /x-correlation-id: ([^\r]*)/i.exec(answer)?.[1]
    expect(id ?? '00000000-0000-4000-8000-000000000000').toMatch(MADE)
    expect(answer).not.toContain('\u001b')
  })

  it('counts what it refused', async () => {
    await service.ask('/plain', { 'x-correlation-id': 'not an id' })
    const metric = await service.receiver.waitFor(() =>
      service.receiver.metrics.findLast(({ name }) => name === 'plutus.correlation.refused'),
    )
    expect(metric.points[0]?.value).toBeGreaterThan(0)
  })

  it.each(['http', 'fetch'])('goes with calls by %s to hosts on the list, and to no others', async (by) => {
    const call = async (host: string): Promise<Record<string, string>> => {
      const url = encodeURIComponent(`http://${host}:${port}/`)
      const { text } = await service.ask(`/call?by=${by}&url=${url}`, { 'x-correlation-id': `call-by-${by}` })
      return JSON.parse(text) as Record<string, string>
    }
    const allowed = await call('localhost')
    expect(allowed['x-correlation-id']).toBe(`call-by-${by}`)
    const other = await call('127.0.0.1')
    expect(JSON.stringify(other)).not.toContain(`call-by-${by}`)
    // The trace goes everywhere.
    for (const headers of [allowed, other]) expect(headers['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/)
  })

  it('survives a worker thread and a queued job, whoever runs it', async () => {
    await service.ask('/hand-over', { 'x-correlation-id': 'order-18' })
    await service.ask('/queue', { 'x-correlation-id': 'somebody-else' }, { method: 'POST', body: '' })
    for (const body of ['in the worker', 'in the job']) {
      const record = await service.record((log) => log.body === body)
      expect([body, record.attributes['correlation.id']]).toEqual([body, 'order-18'])
    }
    const { attributes } = await service.record(({ body }) => body === 'before in the worker')
    expect(attributes).not.toHaveProperty(['correlation.id'])
    const job = await service.receiver.waitFor(() => service.receiver.spans.find(({ name }) => name === 'job mail'))
    expect(job.attributes['correlation.id']).toBe('order-18')
    expect(job.traceId).toBe((await service.server('/hand-over')).traceId)
  })
})

it('changes no answer and goes nowhere unless told to', async () => {
  const service = await startService({ node: NEWEST })
  const url = encodeURIComponent(`http://localhost:${port}/`)
  const answers = [
    await service.ask('/plain', { 'x-correlation-id': 'order-19' }),
    await service.ask(`/call?by=http&url=${url}`, { 'x-correlation-id': 'order-19' }),
  ]
  expect(JSON.stringify(answers)).not.toContain('order-19')
  expect(answers[0]?.headers).not.toHaveProperty('server-timing')
  expect((await service.server('/plain')).attributes['correlation.id']).toBe('order-19')
  await service.stop()
})

it('uses the headers that PLUTUS_CORRELATION_HEADERS names, the first of them outbound', async () => {
  const env = {
    PLUTUS_CORRELATION_HEADERS: 'x-shop-id,x-edge-id',
    PLUTUS_CORRELATION_ECHO: '1',
    PLUTUS_CORRELATION_HOSTS: 'localhost',
  }
  const service = await startService({ node: NEWEST, env })
  const url = encodeURIComponent(`http://localhost:${port}/`)
  const { text, headers } = await service.ask(`/call?by=fetch&url=${url}`, { 'x-edge-id': 'order-20' })
  expect(headers['x-shop-id']).toBe('order-20')
  expect(JSON.parse(text)).toMatchObject({ 'x-shop-id': 'order-20' })
  await service.stop()
})
