import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { context, logs, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { LogRecord } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  CompositePropagator,
  getRPCMetadata,
  suppressTracing,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core'
import { AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { resolveConfig } from '@plutus/config'
import { getContext, getCorrelationId, setUser } from '@plutus/events'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createHttpInstrumentation } from './http-instrumentation.ts'
import { HttpMetrics } from './metrics.ts'
import { httpOptionsFrom } from './options.ts'

const exporter = new InMemorySpanExporter()
const records: LogRecord[] = []
const servers: http.Server[] = []
let instrumentation: Instrumentation | undefined

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
)
trace.setGlobalTracerProvider(
  new TracerProvider({ sampler: new AlwaysOnSampler(), spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
)
logs.setGlobalLoggerProvider({
  getLogger: () => ({ emit: (record) => void records.push(record), enabled: () => true }),
})

function observe(env: Readonly<Record<string, string>> = {}): void {
  instrumentation = createHttpInstrumentation(httpOptionsFrom(resolveConfig(env)))
}

async function listen(handler: http.RequestListener): Promise<number> {
  const server = http.createServer(handler)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Sends a request through `node:http` and reads the whole answer. */
async function send(
  port: number,
  options: http.RequestOptions = {},
  body?: string,
): Promise<{ status: number; text: string; headers: http.IncomingHttpHeaders }> {
  const request = http.request({ host: '127.0.0.1', port, ...options })
  request.end(body)
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  const text = (await response.setEncoding('utf8').toArray()).join('')
  await turn()
  return { status: response.statusCode ?? 0, text, headers: response.headers }
}

/** Spans of a kind, after what ends on `close` had its turn. */
async function spans(kind: SpanKind): Promise<ReadableSpan[]> {
  for (let i = 0; i < 20; i++) await turn()
  return exporter.getFinishedSpans().filter((span) => span.kind === kind)
}

beforeEach(() => {
  exporter.reset()
  records.length = 0
})
afterEach(() => {
  instrumentation?.disable()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})
afterAll(() => propagation.disable())

it('makes one trace of a call and of the request that it becomes', async () => {
  observe()
  const port = await listen((_request, response) => response.end('ok'))
  expect(await send(port, { path: '/pay?id=7', headers: { 'user-agent': 'test' } })).toMatchObject({
    status: 200,
    text: 'ok',
  })
  const [server] = await spans(SpanKind.SERVER)
  const [client] = await spans(SpanKind.CLIENT)
  expect(server?.spanContext().traceId).toBe(client?.spanContext().traceId)
  expect(server?.parentSpanContext?.spanId).toBe(client?.spanContext().spanId)
  expect(server).toMatchObject({
    name: 'GET',
    status: { code: SpanStatusCode.UNSET },
    attributes: {
      'http.request.method': 'GET',
      'url.path': '/pay',
      'url.query': 'id=7',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': port,
      'client.address': '127.0.0.1',
      'user_agent.original': 'test',
      'http.response.status_code': 200,
      'network.protocol.version': '1.1',
    },
  })
  expect(client).toMatchObject({
    name: 'GET',
    attributes: {
      'url.full': `http://127.0.0.1:${port}/pay?id=7`,
      'server.port': port,
      'http.response.status_code': 200,
    },
  })
})

it('names the span after the route that a framework puts into the context', async () => {
  observe()
  const port = await listen((_request, response) => {
    const rpc = getRPCMetadata(context.active())
    if (rpc !== undefined) rpc.route = '/payments/:id'
    response.end()
  })
  await send(port, { path: '/payments/7', method: 'POST' })
  expect((await spans(SpanKind.SERVER))[0]).toMatchObject({
    name: 'POST /payments/:id',
    attributes: { 'http.route': '/payments/:id' },
  })
})

it.each([
  [404, SpanStatusCode.UNSET, SpanStatusCode.ERROR],
  [500, SpanStatusCode.ERROR, SpanStatusCode.ERROR],
])('judges status %d as the semantic conventions do', async (status, ofServer, ofClient) => {
  observe()
  const port = await listen((_request, response) => response.writeHead(status).end())
  await send(port)
  expect((await spans(SpanKind.SERVER))[0]?.status.code).toBe(ofServer)
  const client = (await spans(SpanKind.CLIENT))[0]
  expect(client?.status.code).toBe(ofClient)
  expect(client?.attributes['error.type']).toBe(String(status))
})

it('keeps every listener of a request in its own context: keep-alive, bodies, awaits, pipelining', async () => {
  observe()
  const seen: boolean[] = []
  const port = await listen((request, response) => {
    const id = request.headers['x-correlation-id']
    const check = (): void => void seen.push(getCorrelationId() === id)
    check()
    request.on('data', check).on('end', () => {
      check()
      setTimeout(() => {
        check()
        response.end('x', check)
      }, 1)
    })
    response.on('finish', check).on('close', check)
  })
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 })
  const ids = Array.from({ length: 100 }, (_, i) => `id-${i}`)
  await Promise.all(
    ids.map((id) => send(port, { method: 'POST', agent, headers: { 'x-correlation-id': id } }, 'body'.repeat(100))),
  )
  agent.destroy()
  const socket = net.connect(port, '127.0.0.1')
  socket.write(
    ids
      .slice(0, 5)
      .map((id) => `POST / HTTP/1.1\r\nHost: x\r\nx-correlation-id: ${id}\r\nContent-Length: 2\r\n\r\nhi`)
      .join(''),
  )
  let answers = ''
  for await (const chunk of socket.setEncoding('utf8')) {
    answers += String(chunk)
    if (answers.split('HTTP/1.1 200').length > 5) break
  }
  await spans(SpanKind.SERVER)
  expect(seen.length).toBeGreaterThanOrEqual(105 * 6)
  expect(seen.every(Boolean)).toBe(true)
})

it('ends the span of a request whose client went away', async () => {
  observe()
  const port = await listen((request) => void request.resume())
  const request = http.get({ port, host: '127.0.0.1' }).on('error', () => undefined)
  await once(servers[0] as http.Server, 'request')
  request.destroy()
  await expect.poll(() => exporter.getFinishedSpans().length).toBe(2)
  expect((await spans(SpanKind.SERVER))[0]).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'error.type': 'aborted' },
  })
  expect((await spans(SpanKind.CLIENT))[0]?.attributes['error.type']).toBe('ECONNRESET')
})

it.each([
  ['before its answer is no error', true, undefined, undefined],
  ['in its answer is no error', false, undefined, undefined],
  ['for what the application says is no error', true, new Error('secret'), undefined],
  ['by a time-out is an error', true, new DOMException('late', 'TimeoutError'), 'ABORT_ERR'],
])('a call that its caller gives up %s', async (_what, isSilent, reason, type) => {
  observe()
  const port = await listen((_request, response) => isSilent || void response.write('begun'))
  const controller = new AbortController()
  const request = http.get({ port, host: '127.0.0.1', signal: controller.signal }).on('error', () => undefined)
  request.on('response', (response) => response.on('error', () => undefined).resume())
  await (isSilent ? once(servers[0] as http.Server, 'request') : once(request, 'response'))
  const closed = new Promise((resolve) => request.on('close', resolve))
  controller.abort(reason)
  await closed
  const [span] = await spans(SpanKind.CLIENT)
  expect(span?.attributes['error.type']).toBe(type)
  expect(span?.status.code).toBe(type === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR)
  expect(span?.events).toHaveLength(type === undefined ? 0 : 1)
})

it('records a call that finds nobody', async () => {
  observe()
  const port = await listen(() => undefined)
  servers.splice(0).forEach((server) => server.close())
  await expect(send(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect((await spans(SpanKind.CLIENT))[0]).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'error.type': 'ECONNREFUSED' },
    events: [{ name: 'exception', attributes: { 'exception.type': 'ECONNREFUSED' } }],
  })
})

it.each<[what: string, options: (port: number) => http.RequestOptions, host: string]>([
  ['names what Node puts into its header', (port) => ({ port }), '127.0.0.1:PORT'],
  ['with a header of another host', (port) => ({ port, headers: { host: 'shop.test' } }), 'shop.test:PORT'],
  [
    'with a header of another host and port',
    (port) => ({ port, headers: { host: 'shop.test:8081' } }),
    'shop.test:8081',
  ],
  ['with a list of headers', (port) => ({ port, headers: ['Host', 'shop.test'] }), 'shop.test:PORT'],
  ['with a header too many', (port) => ({ port, headers: ['host', 'a.test', 'Host', 'b.test'] }), 'a.test:PORT'],
  ['with a list of headers without it', (port) => ({ port, headers: ['x-own', '1'] }), '127.0.0.1:PORT'],
  ['with `setHost: false`', (port) => ({ port, setHost: false }), '127.0.0.1:PORT'],
  ['with its port as text', (port) => ({ port: `${port}`, headers: { host: 'shop.test' } }), 'shop.test:PORT'],
  ['with a default port of its own', (port) => ({ defaultPort: port }), '127.0.0.1:PORT'],
  [
    'whose agent has a default port',
    (port) => ({ agent: Object.assign(new http.Agent(), { defaultPort: port }) }),
    '127.0.0.1:PORT',
  ],
  [
    'with an agent of another kind',
    (port) => ({
      port,
      agent: {
        addRequest: (request: { onSocket(socket: net.Socket): void }) => request.onSocket(net.connect(port)),
      } as never,
    }),
    '127.0.0.1:PORT',
  ],
  ['without an agent', (port) => ({ port, createConnection: () => net.connect(port, '127.0.0.1') }), '127.0.0.1:PORT'],
  ['that expects to continue', (port) => ({ port, headers: { expect: '100-continue' } }), '127.0.0.1:PORT'],
])('tells whom a call asks: %s', async (_what, options, host) => {
  observe()
  const measured = vi.spyOn(HttpMetrics.prototype, 'recordClient')
  onTestFinished(() => measured.mockRestore())
  const port = await listen((_request, response) => response.end())
  const [address, asked] = host.replace('PORT', String(port)).split(':')
  const request = http.get({ host: '127.0.0.1', path: '/x', ...options(port) })
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  await once(response.resume(), 'end')
  const server = { 'server.address': address, 'server.port': Number(asked) }
  expect((await spans(SpanKind.CLIENT))[0]?.attributes).toMatchObject({
    ...server,
    'url.full': `http://${address}:${asked}/x`,
    'network.peer.port': port,
  })
  expect(measured.mock.calls).toMatchObject([[expect.any(Number), server]])
})

it.each([
  ['by its path', { path: '/x' }, undefined],
  ['by its agent', { path: '/x' }, 'agent'],
] as const)('tells the Unix socket that a call goes to, given %s', async (_how, options, by) => {
  observe()
  const folder = mkdtempSync(join(tmpdir(), 'plutus-http-'))
  const socketPath = process.platform === 'win32' ? String.raw`\\.\pipe\plutus-http-${process.pid}` : join(folder, 's')
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const server = http.createServer((_request, response) => response.end())
  servers.push(server)
  await once(server.listen(socketPath), 'listening')
  const place = by === 'agent' ? { agent: new http.Agent({ socketPath } as http.AgentOptions) } : { socketPath }
  const [response] = (await once(http.get({ ...options, ...place }), 'response')) as [http.IncomingMessage]
  await once(response.resume(), 'end')
  const [client] = await spans(SpanKind.CLIENT)
  expect(client?.attributes).toMatchObject({
    'server.address': socketPath,
    'network.peer.address': socketPath,
    'url.full': 'http://localhost/x',
  })
  expect(client?.attributes).not.toHaveProperty(['server.port'])
})

it('puts headers that were given as a list on the span', async () => {
  observe({ PLUTUS_CAPTURE_REQUEST_HEADERS: 'x-own' })
  const port = await listen((_request, response) => response.end())
  await send(port, { headers: ['X-Own', '1', 'host', 'x', '__proto__', '2', 'constructor', '3'] })
  expect((await spans(SpanKind.CLIENT))[0]?.attributes['http.request.header.x-own']).toEqual(['1'])
})

it.each([
  ['GET http://shop.test:81/pay?id=7 HTTP/1.1', '/pay', 'id=7'],
  ['GET /pay? HTTP/1.1', '/pay', undefined],
  ['CONNECT db.test:5432 HTTP/1.1', undefined, undefined],
])('takes the target of a request apart: %s', async (line, path, query) => {
  observe()
  const port = await listen((_request, response) => response.end())
  servers[0]?.on('connect', (_request, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
  const socket = net.connect(port, '127.0.0.1')
  socket.write(`${line}\r\nHost: x\r\nUser-Agent:\r\nConnection: close\r\n\r\n`)
  await once(socket.resume(), 'close')
  const attributes = (await spans(SpanKind.SERVER))[0]?.attributes ?? {}
  expect([attributes['url.path'], attributes['url.query']]).toEqual([path, query])
  expect(Object.values(attributes)).not.toContain('')
})

it('names the port that the scheme means where the request names none', async () => {
  observe()
  const port = await listen((_request, response) => response.end())
  await send(port, { headers: { host: 'shop.test' } })
  expect((await spans(SpanKind.SERVER))[0]?.attributes).toMatchObject({
    'server.address': 'shop.test',
    'server.port': 80,
  })
})

const PASSED_ON = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`

it.each<[string, http.RequestOptions]>([
  ['an object', { headers: { 'x-own': '1' } }],
  ['an object passed on from another request', { headers: { 'x-own': '1', traceparent: PASSED_ON } }],
  ['a list', { headers: ['x-own', '1', 'host', 'x'] }],
  ['a list passed on from another request', { headers: ['Traceparent', PASSED_ON, 'x-own', '1', 'host', 'x'] }],
  ['an object that expects to continue', { method: 'POST', headers: { 'x-own': '1', expect: '100-continue' } }],
])('sends the trace with headers given as %s', async (_how, options) => {
  observe()
  let headers: http.IncomingHttpHeaders = {}
  const port = await listen((request, response) => {
    headers = request.headers
    response.end()
  })
  await send(port, options)
  const client = (await spans(SpanKind.CLIENT))[0]
  expect(headers).toMatchObject({
    'x-own': '1',
    traceparent: `00-${client?.spanContext().traceId}-${client?.spanContext().spanId}-01`,
  })
})

it('ends the span of a call whose answer nobody reads', async () => {
  observe()
  const port = await listen((_request, response) => response.writeHead(503).end('busy'))
  const request = http.get({ host: '127.0.0.1', port, agent: false })
  await once(request, 'response')
  await expect.poll(async () => (await spans(SpanKind.CLIENT)).length, { timeout: 4_000 }).toBe(1)
  expect((await spans(SpanKind.CLIENT))[0]?.attributes['error.type']).toBe('503')
  request.destroy()
})

it('leaves alone what is suppressed', async () => {
  observe()
  const port = await listen((request, response) => response.end(String(request.headers['traceparent'])))
  const answer = await context.with(suppressTracing(context.active()), () => send(port))
  expect(answer.text).toBe('undefined')
  expect(await spans(SpanKind.CLIENT)).toEqual([])
})

it('observes a request to switch protocols, which no channel tells', async () => {
  observe()
  const port = await listen(() => undefined)
  const seen: unknown[] = []
  servers[0]?.on('upgrade', (_request, socket) => {
    seen.push(trace.getActiveSpan() !== undefined)
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
  })
  const socket = net.connect(port, '127.0.0.1')
  socket.write('GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
  await once(socket.resume(), 'close')
  expect(seen).toEqual([true])
  expect((await spans(SpanKind.SERVER))[0]).toMatchObject({
    attributes: { 'url.path': '/live', 'http.response.status_code': 101 },
  })
})

it.each([
  ['upgrade', { method: 'GET', path: '/live', headers: { connection: 'Upgrade', upgrade: 'echo' } }, 101, '/live'],
  ['connect', { method: 'CONNECT', path: 'shop.test:443' }, 200, undefined],
  ['connect', { method: 'CONNECT', path: 'refused.test:443' }, 407, undefined],
] as const)(
  'ends a request that becomes something else by %s of %s, with its status %i',
  async (event, options, status, path) => {
    observe()
    const port = await listen(() => undefined)
    servers[0]?.on(event, (_request, socket) => {
      const upgrade = status === 101 ? 'Upgrade: echo\r\nConnection: Upgrade\r\n' : ''
      socket.end(`HTTP/1.1 ${status} So Be It\r\n${upgrade}\r\n`)
    })
    const request = http.request({ host: '127.0.0.1', port, agent: false, ...options }).end()
    const [, socket] = (await once(request, event)) as [unknown, net.Socket]
    const ended = await spans(SpanKind.CLIENT) // while the connection is in use
    socket.destroy()
    expect(ended).toMatchObject([
      {
        status: { code: status === 407 ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
        attributes: {
          'http.response.status_code': status,
          'url.full': path === undefined ? `http://${options.path}` : `http://127.0.0.1:${port}${path}`,
          'network.peer.port': port,
        },
      },
    ])
    expect(ended[0]?.attributes['error.type']).toBe(status === 407 ? '407' : undefined)
  },
)

it('answers a request of HTTP/1.0', async () => {
  observe()
  const port = await listen((_request, response) => response.end('old'))
  const socket = net.connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.0\r\n\r\n')
  expect((await socket.setEncoding('utf8').toArray()).join('')).toContain('old')
  expect((await spans(SpanKind.SERVER))[0]?.attributes['network.protocol.version']).toBe('1.0')
})

it.each([
  ['parent', true, 0],
  ['link', false, 1],
  ['none', false, 0],
] as const)('takes an inbound trace as %s', async (trust, isParent, links) => {
  observe({ PLUTUS_TRUST_INCOMING: trust })
  const port = await listen((_request, response) => response.end())
  const traceId = 'a'.repeat(32)
  const socket = net.connect(port, '127.0.0.1')
  socket.write(`GET / HTTP/1.0\r\ntraceparent: 00-${traceId}-${'b'.repeat(16)}-01\r\n\r\n`)
  await once(socket.resume(), 'close')
  const [server] = await spans(SpanKind.SERVER)
  expect(server?.spanContext().traceId === traceId).toBe(isParent)
  expect(server?.links).toHaveLength(links)
})

const correlationOf = async (header: string): Promise<{ seen: string | undefined; answer: string }> => {
  let seen: string | undefined
  const port = await listen((_request, response) => {
    seen = getCorrelationId()
    response.end()
  })
  const socket = net.connect(port, '127.0.0.1')
  socket.write(`GET / HTTP/1.0\r\n${header}\r\n`)
  return { answer: (await socket.setEncoding('utf8').toArray()).join(''), seen }
}

it.each([
  ['its own header', 'X-Correlation-Id: order-17\r\n', 'order-17'],
  ['the second header', 'X-Request-Id: r.1_2\r\n', 'r.1_2'],
  ['the better of two', 'X-Request-Id: b\r\nX-Correlation-Id: a\r\n', 'a'],
  ['64 characters', `X-Correlation-Id: ${'a'.repeat(64)}\r\n`, 'a'.repeat(64)],
])(
  'takes the correlation id of %s, and puts it on the span and, if told to, on the answer',
  async (_what, header, id) => {
    observe({ PLUTUS_CORRELATION_ECHO: '1' })
    const { seen, answer } = await correlationOf(header)
    expect(seen).toBe(id)
    expect(answer.toLowerCase()).toContain(`x-correlation-id: ${id.toLowerCase()}\r\n`)
    expect((await spans(SpanKind.SERVER))[0]?.attributes['correlation.id']).toBe(id)
  },
)

it.each([
  ['none', ''],
  ['65 characters', `X-Correlation-Id: ${'a'.repeat(65)}\r\n`],
  ['an escape sequence', 'X-Correlation-Id: \u001b[31mred\r\n'.replace('\u001b', '%1b')],
  ['two headers', 'X-Correlation-Id: a\r\nX-Correlation-Id: b\r\n'],
  ['a space', 'X-Correlation-Id: a b\r\n'],
])('makes a new correlation id for %s', async (_what, header) => {
  observe()
  const { seen, answer } = await correlationOf(header)
  expect(seen).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/)
  expect(answer.toLowerCase()).not.toContain('x-correlation-id')
})

it.each([
  ['127.0.0.1', true],
  ['*.svc.local', false],
  ['', false],
])('sends the correlation id to hosts on the list %j only', async (hosts, isSent) => {
  observe({ PLUTUS_CORRELATION_HOSTS: hosts })
  const inner = await listen((request, response) => response.end(String(request.headers['x-correlation-id'])))
  const outer = await listen((_request, response) => void send(inner).then(({ text }) => response.end(text)))
  const { text } = await send(outer, { headers: { 'x-correlation-id': 'flow-1' } })
  expect(text).toBe(isSent ? 'flow-1' : 'undefined')
})

it.each([
  ['shop.test', true],
  ['evil.test', false],
])('sends the correlation id through a proxy only if it may go to %s', async (target, isSent) => {
  observe({ PLUTUS_CORRELATION_HOSTS: '127.0.0.1,shop.test' })
  const proxy = await listen((request, response) => response.end(String(request.headers['x-correlation-id'])))
  const path = `http://${target}/rates`
  const outer = await listen((_request, response) => void send(proxy, { path }).then(({ text }) => response.end(text)))
  const { text } = await send(outer, { headers: { 'x-correlation-id': 'flow-1' } })
  expect(text).toBe(isSent ? 'flow-1' : 'undefined')
})

it.each([
  ['no proxy is trusted', {}, '127.0.0.1'],
  ['one hop is trusted', { PLUTUS_TRUST_PROXY: '1' }, '203.0.113.9'],
  ['the network of the peer is trusted', { PLUTUS_TRUST_PROXY: '127.0.0.0/8' }, '203.0.113.9'],
  ['two networks are trusted', { PLUTUS_TRUST_PROXY: '127.0.0.0/8,203.0.113.0/24' }, '198.51.100.1'],
  ['another network is trusted', { PLUTUS_TRUST_PROXY: '10.0.0.0/8' }, '127.0.0.1'],
])('says where a request comes from when %s', async (_what, env: Record<string, string>, address) => {
  observe(env)
  const port = await listen((_request, response) => response.end())
  await send(port, { headers: { 'x-forwarded-for': '6.6.6.6, 198.51.100.1, 203.0.113.9' } })
  expect((await spans(SpanKind.SERVER))[0]?.attributes['client.address']).toBe(address)
})

it('records requests as events with route, status, sizes and the user who was learnt on the way', async () => {
  observe({
    PLUTUS_REQUEST_EVENTS: 'all',
    PLUTUS_CAPTURE_REQUEST_HEADERS: 'x-shop',
    PLUTUS_CAPTURE_BODY_BYTES: '4',
    PLUTUS_BAGGAGE_KEYS: 'tenant',
  })
  const port = await listen((request, response) => {
    setUser({ id: 'u1' })
    request.resume().on('end', () => response.writeHead(402, { 'content-length': 2 }).end('no'))
  })
  const headers = {
    'x-shop': 's1',
    'content-type': 'application/json',
    'content-length': '7',
    baggage: 'tenant=acme,other=1',
  }
  await send(port, { method: 'POST', path: '/pay', headers }, '{"a":1}')
  await spans(SpanKind.SERVER)
  expect(records).toMatchObject([
    {
      eventName: 'http.request',
      severityText: 'WARN',
      attributes: {
        'http.request.method': 'POST',
        'url.path': '/pay',
        'http.response.status_code': 402,
        'http.request.body.size': 7,
        'http.response.body.size': 2,
        'http.request.header.x-shop': ['s1'],
        'http.request.body.text': '{"a"',
        'http.request.body.truncated': true,
        'user.id': 'u1',
        tenant: 'acme',
        'plutus.data.class': 'performance',
      },
    },
  ])
  expect(records[0]?.attributes).not.toHaveProperty('other')
})

it('lets baggage say nothing of what is known here', async () => {
  observe({ PLUTUS_BAGGAGE_KEYS: 'correlation.id,client.address,tenant' })
  const port = await listen((_request, response) => response.end(JSON.stringify(getContext())))
  const headers = {
    baggage: 'correlation.id=forged,client.address=6.6.6.6,tenant=acme',
    'x-correlation-id': 'order-17',
  }
  const { text } = await send(port, { headers })
  expect(JSON.parse(text)).toEqual({ 'correlation.id': 'order-17', 'client.address': '127.0.0.1', tenant: 'acme' })
})

it('records a request whose client went away, without a status', async () => {
  observe({ PLUTUS_REQUEST_EVENTS: 'all' })
  const port = await listen((request) => void request.resume())
  const request = http.get({ port, host: '127.0.0.1', path: '/gone' }).on('error', () => undefined)
  await once(servers[0] as http.Server, 'request')
  request.destroy()
  await expect.poll(() => records.length).toBe(1)
  expect(records[0]).toMatchObject({
    eventName: 'http.request',
    attributes: { 'url.path': '/gone', 'error.type': 'aborted' },
  })
  expect(records[0]?.attributes).not.toHaveProperty(['http.response.status_code'])
})

it.each([
  ['slow', '/report', ['http.request.slow']],
  ['slow', '/quick', []],
  ['all', '/report', ['http.request', 'http.request.slow']],
  ['off', '/report', []],
])('records with %s, for %s, %j', async (which, path, expected) => {
  observe({ PLUTUS_REQUEST_EVENTS: which, PLUTUS_SLOW_REQUEST_ROUTES: '/report=1' })
  const port = await listen((_request, response) => setTimeout(() => response.end(), 10))
  await send(port, { path })
  await spans(SpanKind.SERVER)
  expect(records.map(({ eventName }) => eventName)).toEqual(expected)
})

it('tells browsers the trace only when told to', async () => {
  observe({ PLUTUS_SERVER_TIMING: '1' })
  const port = await listen((_request, response) => response.end())
  const { headers } = await send(port)
  const [server] = await spans(SpanKind.SERVER)
  expect(headers['server-timing']).toBe(
    `traceparent;desc="00-${server?.spanContext().traceId}-${server?.spanContext().spanId}-01"`,
  )
})

it('lets fields of one request reach no other', async () => {
  observe()
  const port = await listen((_request, response) =>
    response.end(JSON.stringify(getContext()['user.id'] ?? null), () => setUser({ id: 'late' })),
  )
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const texts = [(await send(port, { agent })).text, (await send(port, { agent })).text]
  agent.destroy()
  expect(texts).toEqual(['null', 'null'])
})

describe('what it has changed', () => {
  const changed = (): unknown[] => [
    ...[http.IncomingMessage, http.ServerResponse, http.ClientRequest, http.Server].map(
      ({ prototype }) => prototype.emit,
    ),
    (http.Agent.prototype as unknown as { addRequest: unknown }).addRequest,
  ]
  const start = (): Instrumentation => createHttpInstrumentation(httpOptionsFrom(resolveConfig({})))

  it('is given back when it is disabled', () => {
    const before = changed()
    start().disable()
    expect(changed()).toEqual(before)
  })

  it('is given back by several that are disabled in another order', () => {
    const before = changed()
    const [first, second, third] = [start(), start(), start()]
    second.disable()
    first.disable()
    expect(changed()).not.toEqual(before)
    third.disable()
    expect(changed()).toEqual(before)
  })
})
