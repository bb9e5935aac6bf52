import { once } from 'node:events'
import http2 from 'node:http2'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { context, logs, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { LogRecord } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { getRPCMetadata, suppressTracing, W3CTraceContextPropagator } from '@opentelemetry/core'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import { AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { resolveConfig } from '@plutus/config'
import { getCorrelationId } from '@plutus/events'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { httpOptionsFrom } from '../http/options.ts'
import { createHttp2Instrumentation } from './http2-instrumentation.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
const exporter = new InMemorySpanExporter()
const records: LogRecord[] = []
let instrumentation: Instrumentation
let server: http2.Http2Server
let session: http2.ClientHttp2Session

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new W3CTraceContextPropagator())
trace.setGlobalTracerProvider(
  new TracerProvider({ sampler: new AlwaysOnSampler(), spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
)
logs.setGlobalLoggerProvider({
  getLogger: () => ({ emit: (record) => void records.push(record), enabled: () => true }),
})

type Handler = (request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => void

/** Starts the instrumentation, a server and a session to it. */
async function serve(handler: Handler | undefined, env: Readonly<Record<string, string>> = {}): Promise<string> {
  instrumentation = createHttp2Instrumentation(httpOptionsFrom(resolveConfig(env)))
  server = handler === undefined ? http2.createServer() : http2.createServer(handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`
  session = http2.connect(`http://${authority}`)
  session.on('error', () => undefined)
  return authority
}

const onStream = (listener: (stream: http2.ServerHttp2Stream) => void): void => {
  server.on('stream', (stream) => listener(stream as http2.ServerHttp2Stream))
}

interface Answered {
  readonly headers: http2.IncomingHttpHeaders
  readonly text: string
}

/** Sends a request and reads the whole answer. */
async function send(headers?: http2.OutgoingHttpHeaders | readonly string[], body?: string): Promise<Answered> {
  const stream = session.request(headers, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  const closed = once(stream, 'close')
  const [answer] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
  const text = (await stream.setEncoding('utf8').toArray()).join('')
  await closed
  return { headers: answer, text }
}

/** Spans of a kind, as soon as there are so many; a moment later there are no more. */
async function spans(kind: SpanKind, count: number): Promise<ReadableSpan[]> {
  const found = (): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.kind === kind)
  await vi.waitFor(() => expect(found().length).toBeGreaterThanOrEqual(count), { timeout: 20_000, interval: 5 })
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  expect(found()).toHaveLength(count)
  return found()
}
const serverSpan = async (): Promise<ReadableSpan> => (await spans(SpanKind.SERVER, 1))[0] as ReadableSpan
const clientSpan = async (): Promise<ReadableSpan> => (await spans(SpanKind.CLIENT, 1))[0] as ReadableSpan

beforeEach(() => {
  exporter.reset()
  records.length = 0
})
afterEach(async () => {
  const closed = once(server, 'close')
  session.destroy()
  server.close()
  await closed
  instrumentation.disable()
})

it('makes one trace of a call and of the request that it becomes', async () => {
  const authority = await serve((request, response) => {
    request.resume()
    response.end(`hello ${request.url}`)
  })
  const answer = await send({ ':path': '/pay?id=7', ':method': 'POST', 'user-agent': 'test' }, 'body')
  expect(answer).toMatchObject({ text: 'hello /pay?id=7', headers: { ':status': 200 } })
  const [inbound, outbound] = [await serverSpan(), await clientSpan()]
  expect(inbound.spanContext().traceId).toBe(outbound.spanContext().traceId)
  expect(inbound.parentSpanContext?.spanId).toBe(outbound.spanContext().spanId)
  const [host, port] = authority.split(':')
  expect(inbound).toMatchObject({
    name: 'POST',
    status: { code: SpanStatusCode.UNSET },
    attributes: {
      'http.request.method': 'POST',
      'url.path': '/pay',
      'url.query': 'id=7',
      'url.scheme': 'http',
      'server.address': host,
      'server.port': Number(port),
      'client.address': '127.0.0.1',
      'user_agent.original': 'test',
      'http.response.status_code': 200,
      'network.protocol.version': '2',
    },
  })
  expect(outbound).toMatchObject({
    name: 'POST',
    attributes: {
      'url.full': `http://${authority}/pay?id=7`,
      'server.address': host,
      'server.port': Number(port),
      'http.response.status_code': 200,
      'network.protocol.version': '2',
      'network.peer.address': '127.0.0.1',
    },
  })
})

it('follows the stream API, and names the span after the route of a framework', async () => {
  await serve(undefined)
  onStream((stream) => {
    const rpc = getRPCMetadata(context.active())
    if (rpc !== undefined) rpc.route = '/users/:id'
    stream.respond({ ':status': 404, 'content-type': 'text/plain' })
    stream.end('none')
  })
  expect((await send({ ':path': '/users/7' })).text).toBe('none')
  expect(await serverSpan()).toMatchObject({
    name: 'GET /users/:id',
    status: { code: SpanStatusCode.UNSET },
    attributes: { 'http.route': '/users/:id', 'http.response.status_code': 404 },
  })
  expect(await clientSpan()).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'error.type': '404' },
  })
})

it('keeps what many streams of a session hear in the context of each', async () => {
  const wrong: string[] = []
  const check = (path: string, at: string): void => {
    const span = trace.getActiveSpan() as ReadableSpan | undefined
    if (span?.attributes['url.path'] !== path) wrong.push(`${path} at ${at}`)
  }
  await serve((request, response) => {
    const { url } = request
    check(url, 'request')
    request.on('data', () => check(url, 'data'))
    request.on('end', () => {
      check(url, 'end')
      setTimeout(() => {
        check(url, 'timer')
        response.on('finish', () => check(url, 'finish'))
        response.on('close', () => check(url, 'close'))
        response.stream.on('close', () => check(url, 'stream close'))
        response.end(url)
      }, 1)
    })
  })
  const paths = Array.from({ length: 60 }, (_, at) => `/${at}`)
  const answers = await Promise.all(paths.map((path) => send({ ':path': path, ':method': 'POST' }, 'x'.repeat(20_000))))
  expect(answers.map(({ text }) => text)).toEqual(paths)
  await spans(SpanKind.SERVER, paths.length)
  expect(wrong).toEqual([])
})

it('keeps what a call hears in the context of its caller, and links the call to it', async () => {
  await serve((_request, response) => response.end('x'.repeat(100_000)))
  const outer = trace.getTracer('test').startSpan('outer')
  const seen = new Set<unknown>()
  await context.with(trace.setSpan(context.active(), outer), async () => {
    const stream = session.request({ ':path': '/' })
    const note = (): void => void seen.add(trace.getActiveSpan())
    for (const event of ['response', 'data', 'end', 'close'] as const) stream.on(event, note)
    await once(stream, 'close')
  })
  expect([...seen]).toEqual([outer])
  expect((await clientSpan()).parentSpanContext?.spanId).toBe(outer.spanContext().spanId)
})

it.each<[string, (headers: Record<string, string>) => http2.OutgoingHttpHeaders | readonly string[]]>([
  ['an object', (headers) => headers],
  ['a frozen object', (headers) => Object.freeze(headers)],
  ['an object without a prototype', (headers) => Object.assign(Object.create(null) as object, headers)],
  ['a list', (headers) => Object.entries(headers).flat()],
])('sends its context beside headers given as %s, which stay as they are', async (_how, make) => {
  let received: http2.IncomingHttpHeaders = {}
  await serve((request, response) => {
    received = request.headers
    response.end()
  })
  const headers = make({ ':path': '/', 'x-own': '1', TraceParent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
  const before = JSON.stringify(headers)
  await send(headers)
  expect(JSON.stringify(headers)).toBe(before)
  const { traceId, spanId } = (await clientSpan()).spanContext()
  expect(received).toMatchObject({ 'x-own': '1', traceparent: `00-${traceId}-${spanId}-01` })
})

it('reads each header that is given once, and sends sensitive ones as such', async () => {
  await serve((_request, response) => response.end())
  let reads = 0
  const headers = {
    ':path': '/',
    get 'x-own'() {
      reads += 1
      return String(reads)
    },
    [http2.sensitiveHeaders]: ['x-own'],
  }
  const stream = session.request(headers)
  expect(stream.sentHeaders[http2.sensitiveHeaders as unknown as string]).toEqual(['x-own'])
  await once(stream.resume(), 'close')
  expect(reads).toBe(1)
})

it.each<[string, (stream: http2.ServerHttp2Stream) => void, string]>([
  [
    'is reset with an error',
    (stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
    'ERR_HTTP2_STREAM_ERROR',
  ],
  ['is cancelled', (stream) => stream.close(http2.constants.NGHTTP2_CANCEL), 'ECONNABORTED'],
  ['loses its session', (stream) => stream.session?.destroy(), 'ECONNABORTED'],
  ['loses its client', () => session.destroy(), 'ECONNABORTED'],
])('ends both spans of a request that %s before an answer', async (_how, fail, type) => {
  await serve(undefined)
  onStream((stream) => {
    stream.on('error', () => undefined)
    fail(stream)
  })
  const stream = session.request({ ':path': '/' })
  stream.on('error', () => undefined)
  await once(stream, 'close').catch(() => undefined)
  const [inbound, outbound] = [await serverSpan(), await clientSpan()]
  expect(inbound).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': 'aborted' } })
  expect(inbound.attributes).not.toHaveProperty('http.response.status_code')
  expect(outbound).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': type } })
})

it('ends both spans of an answer that breaks off', async () => {
  await serve(undefined)
  onStream((stream) => {
    stream.on('error', () => undefined)
    stream.respond({ ':status': 200 })
    stream.write('a', () => stream.destroy(new Error('broken')))
  })
  const stream = session.request({ ':path': '/' })
  stream.on('error', () => undefined)
  stream.resume()
  await once(stream, 'close').catch(() => undefined)
  expect(await serverSpan()).toMatchObject({
    attributes: { 'error.type': 'aborted', 'http.response.status_code': 200 },
  })
  expect(await clientSpan()).toMatchObject({
    attributes: { 'error.type': 'ERR_HTTP2_STREAM_ERROR', 'http.response.status_code': 200 },
  })
})

it('tells as broken off what the server itself gives up half-way', async () => {
  await serve(undefined)
  onStream((stream) => {
    stream.on('error', () => undefined)
    stream.respond({ ':status': 200 })
    stream.write('a', () => stream.close(http2.constants.NGHTTP2_CANCEL))
  })
  const stream = session.request({ ':path': '/' })
  await once(stream.resume(), 'close')
  expect(await serverSpan()).toMatchObject({
    attributes: { 'error.type': 'aborted', 'http.response.status_code': 200 },
  })
  await clientSpan()
})

it('ends what is under way when a session goes away, and the calls that come too late', async () => {
  await serve(undefined)
  onStream((stream) => {
    stream.session?.goaway()
    stream.respond({ ':status': 200 })
    stream.end('last')
  })
  const goneAway = once(session, 'goaway')
  expect((await send({ ':path': '/last' })).text).toBe('last')
  await goneAway
  const late = new Promise((resolve) => {
    try {
      session.request({ ':path': '/late' }).on('error', resolve)
    } catch (thrown) {
      resolve(thrown)
    }
  })
  expect(await late).toMatchObject({ code: expect.stringMatching(/^ERR_HTTP2_(?:GOAWAY|INVALID)_SESSION$/) as string })
  expect((await spans(SpanKind.CLIENT, 2)).map(({ status }) => status.code)).toEqual([
    SpanStatusCode.UNSET,
    SpanStatusCode.ERROR,
  ])
  expect((await serverSpan()).status.code).toBe(SpanStatusCode.UNSET)
})

it('tells a call on a session that cannot connect, and one on a closed session, as Node does', async () => {
  await serve(undefined)
  const refused = http2.connect('http://127.0.0.1:1')
  refused.on('error', () => undefined)
  const stream = refused.request({ ':path': '/' })
  const closed = new Promise<void>((resolve) => refused.on('close', resolve))
  const [error] = (await once(stream, 'error')) as [NodeJS.ErrnoException]
  expect(error).toMatchObject({ code: 'ERR_HTTP2_STREAM_CANCEL', cause: { code: 'ECONNREFUSED' } })
  await closed
  const outcome = new Promise((resolve) => {
    try {
      refused.request({ ':path': '/' }).on('error', resolve)
    } catch (thrown) {
      resolve(thrown)
    }
  })
  expect(await outcome).toMatchObject({ code: 'ERR_HTTP2_INVALID_SESSION' })
  const found = await spans(SpanKind.CLIENT, 2)
  expect(found.map(({ attributes }) => attributes['error.type'])).toEqual(['ECONNREFUSED', 'ERR_HTTP2_INVALID_SESSION'])
})

it.each([null, 7, 'text'])('lets Node refuse %s for headers', async (headers) => {
  await serve(undefined)
  expect(() => session.request(headers as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
  expect(exporter.getFinishedSpans()).toEqual([])
})

it('takes no headers for a GET of /, as Node does', async () => {
  await serve((request, response) => response.end(request.method + request.url))
  expect((await send()).text).toBe('GET/')
  expect((await clientSpan()).attributes['http.request.method']).toBe('GET')
})

it('leaves pushed streams alone', async () => {
  await serve(undefined)
  onStream((stream) => {
    stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
      if (error === null) {
        pushed.respond({ ':status': 200 })
        pushed.end('pushed')
      }
      stream.respond({ ':status': 200 })
      stream.end('asked')
    })
  })
  const pushed = new Promise<string>((resolve) => {
    session.on('stream', (stream: http2.ClientHttp2Stream) => {
      void stream
        .setEncoding('utf8')
        .toArray()
        .then((chunks) => resolve(chunks.join('')))
    })
  })
  expect((await send({ ':path': '/' })).text).toBe('asked')
  expect(await pushed).toBe('pushed')
  expect((await serverSpan()).attributes['url.path']).toBe('/')
  await clientSpan()
})

it('gives the correlation id to allowed hosts, reads it, and answers with it where told to', async () => {
  let id: string | undefined
  const env = {
    PLUTUS_CORRELATION_HOSTS: '127.0.0.1',
    PLUTUS_CORRELATION_ECHO: '1',
    PLUTUS_SERVER_TIMING: '1',
    PLUTUS_REQUEST_EVENTS: 'all',
    PLUTUS_CAPTURE_BODY_BYTES: '100',
    PLUTUS_CAPTURE_RESPONSE_HEADERS: 'x-answer',
  }
  await serve((request, response) => {
    id = getCorrelationId()
    request.resume().on('end', () => response.writeHead(201, { 'X-Answer': 'yes', 'content-length': 2 }).end('ok'))
  }, env)
  const headers = { ':path': '/', ':method': 'POST', 'content-type': 'text/plain', 'x-correlation-id': 'order-7' }
  const answer = await send(headers, 'a body')
  const { traceId, spanId } = (await serverSpan()).spanContext()
  expect(id).toBe('order-7')
  expect(answer.headers).toMatchObject({
    ':status': 201,
    'x-correlation-id': 'order-7',
    'x-answer': 'yes',
    'server-timing': `traceparent;desc="00-${traceId}-${spanId}-01"`,
  })
  const record = records.find(({ eventName }) => eventName === 'http.request')
  expect(record?.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.response.status_code': 201,
    'http.response.body.size': 2,
    'http.request.body.text': 'a body',
    'http.response.header.x-answer': ['yes'],
    'correlation.id': 'order-7',
  })
})

it('sends no correlation id to a host that is not allowed, also if the request names another', async () => {
  const ids: unknown[] = []
  await serve(
    (request, response) => {
      ids.push(request.headers['x-correlation-id'])
      if (request.url !== '/') return void response.end()
      void send({ ':path': '/inner', ':authority': 'pay.internal' }).then(() => response.end())
    },
    { PLUTUS_CORRELATION_HOSTS: 'pay.internal' },
  )
  await send({ ':path': '/', 'x-correlation-id': 'order-7' })
  expect(ids).toEqual(['order-7', undefined])
})

it('leaves the header of a response that the application sets itself, and its object', async () => {
  await serve(undefined, { PLUTUS_CORRELATION_ECHO: '1' })
  const headers = Object.freeze({ ':status': 200, 'X-Correlation-Id': 'own' })
  onStream((stream) => {
    stream.respond(headers)
    stream.end()
  })
  expect((await send({ ':path': '/' })).headers['x-correlation-id']).toBe('own')
})

it('ends the spans of a tunnel with its answer', async () => {
  await serve(undefined)
  onStream((stream) => {
    stream.respond({ ':status': 200 })
    stream.pipe(stream)
  })
  const stream = session.request({ ':method': 'CONNECT', ':authority': 'db.internal:5432' })
  stream.write('x')
  await once(stream, 'response')
  expect(await serverSpan()).toMatchObject({ name: 'CONNECT', attributes: { 'server.address': 'db.internal' } })
  expect(await clientSpan()).toMatchObject({ name: 'CONNECT', attributes: { 'server.port': 5432 } })
  stream.end()
  await once(stream.resume(), 'close')
})

it.each<
  [what: string, headers: http2.OutgoingHttpHeaders | readonly string[] | undefined, authority: string, rest: string]
>([
  ['says nothing', undefined, '127.0.0.1:PORT', '/'],
  ['names another authority', { ':authority': 'shop.test:81' }, 'shop.test:81', '/'],
  ['names an authority without a port', { ':authority': 'shop.test', ':path': '/a' }, 'shop.test:PORT', '/a'],
  ['names a host', { host: 'shop.test' }, 'shop.test:PORT', '/'],
  ['is a list', [':authority', 'shop.test', ':path', '/a'], 'shop.test:PORT', '/a'],
  ['asks for the server itself', { ':method': 'OPTIONS', ':path': '*' }, '127.0.0.1:PORT', ''],
])('tells whom a call asks that %s', async (_what, headers, asked, rest) => {
  const port = (await serve((_request, response) => response.end())).split(':')[1] ?? ''
  await send(headers)
  const [address, known] = asked.replace('PORT', port).split(':')
  expect((await clientSpan()).attributes).toMatchObject({
    'server.address': address,
    'server.port': Number(known),
    'url.full': `http://${address}:${known}${rest}`,
  })
})

it('tells the IPv6 address that a session was opened to, which Node keeps without brackets', async () => {
  const authority = await serve((_request, response) => response.end())
  session.destroy()
  const createConnection = (): net.Socket => net.connect(Number(authority.split(':')[1]), '127.0.0.1')
  session = http2.connect('http://[::1]:8443', { createConnection })
  await send({ ':path': '/a' })
  expect((await clientSpan()).attributes).toMatchObject({
    'server.address': '::1',
    'server.port': 8443,
    'url.full': 'http://[::1]:8443/a',
  })
})

it('ends a call whose answer nobody reads', async () => {
  await serve((_request, response) => response.end('x'.repeat(10_000)))
  const stream = session.request({ ':path': '/' })
  await once(stream, 'response')
  expect((await clientSpan()).attributes['http.response.status_code']).toBe(200)
})

it('makes no span where tracing is suppressed, and sends no context', async () => {
  let received: http2.IncomingHttpHeaders = {}
  await serve((request, response) => {
    received = request.headers
    response.end()
  })
  await context.with(suppressTracing(context.active()), () => send({ ':path': '/' }))
  await serverSpan()
  await spans(SpanKind.CLIENT, 0)
  expect(received).not.toHaveProperty('traceparent')
})

it('sees sessions that the application makes of sockets itself', async () => {
  await serve(undefined)
  const sockets = net.createServer((socket) => {
    const own = http2.performServerHandshake(socket)
    own.on('stream', (stream) => {
      stream.respond({ ':status': 200 })
      stream.end(String((trace.getActiveSpan() as ReadableSpan | undefined)?.attributes['url.path']))
    })
  })
  sockets.listen(0, '127.0.0.1')
  await once(sockets, 'listening')
  const other = http2.connect(`http://127.0.0.1:${(sockets.address() as AddressInfo).port}`)
  const stream = other.request({ ':path': '/own' })
  expect((await stream.setEncoding('utf8').toArray()).join('')).toBe('/own')
  expect((await serverSpan()).attributes['url.path']).toBe('/own')
  await clientSpan()
  other.close()
  sockets.close()
})

it("leaves the calls of @grpc/grpc-js to grpc's own instrumentation", async () => {
  await serve((_request, response) => response.end())
  await send({ ':path': '/', 'user-agent': 'shop/1 grpc-node-js/1.14.0' })
  await serverSpan()
  expect(await spans(SpanKind.CLIENT, 0)).toEqual([])
})

it('puts everything back when it is disabled', async () => {
  const { connect, createServer, createSecureServer } = http2
  await serve((_request, response) => response.end())
  await send({ ':path': '/' })
  await clientSpan()
  instrumentation.disable()
  exporter.reset()
  await send({ ':path': '/' })
  await spans(SpanKind.CLIENT, 0)
  await spans(SpanKind.SERVER, 0)
  const classes = [session, server, session.request({ ':path': '/' })].map(
    (object) => Object.getPrototypeOf(object) as object,
  )
  expect(classes.map((prototype) => Object.hasOwn(prototype, 'emit'))).toEqual([false, false, false])
  expect([http2.connect, http2.createServer, http2.createSecureServer]).toEqual([
    connect,
    createServer,
    createSecureServer,
  ])
})
