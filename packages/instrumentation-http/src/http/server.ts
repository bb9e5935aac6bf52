import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, Context, Link, SpanOptions, Tracer } from '@opentelemetry/api'
import { RPCType, setRPCMetadata } from '@opentelemetry/core'
import type { RPCMetadata } from '@opentelemetry/core'
import { ATTR_CORRELATION_ID } from '@plutus/conventions'
import { contextWithScope } from '@plutus/events'
import { quietly } from '../quietly.ts'
import { createBodyCapture } from './body-capture.ts'
import type { BodyCapture } from './body-capture.ts'
import { captureHeaders } from './captured-headers.ts'
import { createClientAddress } from './client-address.ts'
import type { FindClientAddress } from './client-address.ts'
import { readCorrelationId } from './correlation.ts'
import { setEmitSlot } from './emit-context.ts'
import type { EmitSlot } from './emit-context.ts'
import { parseHost } from './host.ts'
import type { InboundRequest, InboundSocket } from './inbound.ts'
import { methodOf, spanNameOf } from './methods.ts'
import type { HttpMetrics } from './metrics.ts'
import type { HttpOptions } from './options.ts'
import { ServerRequest } from './server-request.ts'
import { ShortList } from './short-list.ts'
import { splitTarget } from './target.ts'

/** Message of the channels of an HTTP server. */
export interface ServerMessage {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  readonly server: Server
}

const REQUEST = Symbol('plutus.http.server.request')
// On a server of the hook itself, whose requests are none of the service's.
const UNOBSERVED = Symbol.for('plutus.http.unobserved')
const OPEN = Symbol('plutus.http.server.open')
const MAX_BAGGAGE = 64
const MAX_TEXT = 4_096
const NO_HEADERS: readonly (readonly [string, string])[] = []

/** Observes the requests that HTTP servers of the process receive. */
export class ServerObserver {
  readonly #options: HttpOptions
  readonly #metrics: HttpMetrics
  readonly #tracer: () => Tracer
  readonly #findClientAddress: FindClientAddress

  constructor(options: HttpOptions, metrics: HttpMetrics, tracer: () => Tracer) {
    this.#options = options
    this.#metrics = metrics
    this.#tracer = tracer
    this.#findClientAddress = createClientAddress(options.trustProxy)
  }

  /** A request was parsed; its listeners run next, in the context that is attached here. */
  started({ request, response, socket, server }: ServerMessage): void {
    if (isUnobserved(server)) return
    const opened = this.open(request, socket)
    const body = createBodyCapture(request.headers, this.#options.captureBodyBytes)
    const state = new ServerRequest({ ...opened, request, response, body }, this.#options, this.#metrics)
    ;(response as { [REQUEST]?: ServerRequest })[REQUEST] = state
    trackUntilClosed(socket, state)
    for (const [name, value] of this.answerHeaders(opened)) response.setHeader(name, value)
    const slot: EmitSlot = { context: opened.context, watch: undefined }
    setEmitSlot(request, body === undefined ? slot : { context: opened.context, watch: bodyWatch(body) })
    setEmitSlot(response, slot)
    // The parser's callback ends soon after: what is attached here reaches the listeners of this request and no other.
    context.attach(opened.context)
  }

  /** A response was handed over whole. */
  finished({ response, socket }: ServerMessage): void {
    const state = (response as { [REQUEST]?: ServerRequest })[REQUEST]
    if (state === undefined) return
    state.end('finished')
    openOn(socket)?.delete(state)
  }

  /** Starts the span of an inbound request and makes the context of its listeners. */
  open(request: InboundRequest, socket: InboundSocket) {
    const { trustIncoming, correlationHeaders, captureRequestHeaders, baggageKeys } = this.#options
    const { headers } = request
    const extracted = propagation.extract(ROOT_CONTEXT, headers)
    const remote = trace.getSpanContext(extracted)
    const links: Link[] | undefined =
      trustIncoming === 'link' && remote !== undefined ? [{ context: remote }] : undefined
    const parent = trustIncoming === 'parent' ? extracted : trace.deleteSpan(extracted)
    const method = methodOf(request.method)
    const scheme = socket.encrypted === true ? 'https' : 'http'
    const { path, query } = splitTarget(method, request.url)
    const clientAddress = this.#findClientAddress(socket.remoteAddress, headers)
    const correlation = readCorrelationId(headers, correlationHeaders, () => this.#metrics.countRefusedCorrelation())
    const attributes = describeRequest(request, socket, { method, scheme, path, query })
    if (clientAddress !== undefined) attributes['client.address'] = clientAddress
    attributes[ATTR_CORRELATION_ID] = correlation
    if (captureRequestHeaders.length > 0)
      Object.assign(attributes, captureHeaders('request', headers, captureRequestHeaders))
    const options: SpanOptions = { kind: SpanKind.SERVER, attributes }
    if (links !== undefined) options.links = links
    const span = this.#tracer().startSpan(spanNameOf(method), options, parent)
    const rpc: RPCMetadata = { type: RPCType.HTTP, span }
    // What we know ourselves stands last: no baggage may say otherwise.
    const fields: Record<string, string> = readBaggage(extracted, baggageKeys) ?? {}
    fields[ATTR_CORRELATION_ID] = correlation
    if (clientAddress !== undefined) fields['client.address'] = clientAddress
    const entered = contextWithScope(setRPCMetadata(trace.setSpan(parent, span), rpc), { fields, parent: undefined })
    return { span, rpc, context: entered, method, path, scheme, clientAddress, correlation } as const
  }

  /** A request to switch protocols came: its span ends with the answer to it. Returns the context of its listeners. */
  upgraded(request: IncomingMessage, socket: Socket): Context {
    const { span, context: entered } = this.open(request, socket)
    const end = (status: number | undefined): void => {
      if (status !== undefined) span.setAttribute('http.response.status_code', status)
      if (status === undefined || status >= 500) {
        span
          .setAttribute('error.type', status === undefined ? 'aborted' : String(status))
          .setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end()
    }
    onFirstAnswer(socket, end)
    return entered
  }

  /** Headers that the settings have responses carry. */
  answerHeaders({ span, correlation }: OpenedRequest): readonly (readonly [name: string, value: string])[] {
    const { correlationEcho, correlationHeaders, serverTiming } = this.#options
    if (!correlationEcho && !serverTiming) return NO_HEADERS
    const headers: (readonly [string, string])[] = []
    const name = correlationHeaders[0]
    if (correlationEcho && name !== undefined) headers.push([name, correlation])
    if (!serverTiming) return headers
    const { traceId, spanId, traceFlags } = span.spanContext()
    const flags = traceFlags.toString(16).padStart(2, '0')
    headers.push(['server-timing', `traceparent;desc="00-${traceId}-${spanId}-${flags}"`])
    headers.push(['access-control-expose-headers', 'Server-Timing'])
    return headers
  }
}

/** An inbound request whose span has started. */
export type OpenedRequest = ReturnType<ServerObserver['open']>

/** Whether a server is one of the hook itself. */
export function isUnobserved(server: object): boolean {
  return UNOBSERVED in server
}

function describeRequest(
  request: InboundRequest,
  socket: InboundSocket,
  {
    method,
    scheme,
    path,
    query,
  }: { readonly method: string; readonly scheme: string; readonly path: string; readonly query: string },
): Attributes {
  const attributes: Attributes = { 'http.request.method': method, 'url.scheme': scheme }
  if (path !== '') attributes['url.path'] = path
  if (method === '_OTHER') attributes['http.request.method_original'] = (request.method ?? '').slice(0, 64)
  if (query !== '') attributes['url.query'] = query
  const host = parseHost(request.headers.host)
  if (host !== undefined) {
    attributes['server.address'] = host.host
    attributes['server.port'] = host.port ?? (scheme === 'https' ? 443 : 80)
  }
  if (socket.remoteAddress !== undefined) attributes['network.peer.address'] = socket.remoteAddress
  if (socket.remotePort !== undefined) attributes['network.peer.port'] = socket.remotePort
  attributes['network.protocol.version'] = request.httpVersion
  const userAgent = request.headers['user-agent']
  if (userAgent !== undefined && userAgent !== '') attributes['user_agent.original'] = userAgent.slice(0, MAX_TEXT)
  return attributes
}

function bodyWatch(body: BodyCapture): EmitSlot['watch'] {
  return (event, chunk) => void (event === 'data' && body.add(chunk))
}

/** The allow-listed entries of inbound baggage, bounded. */
function readBaggage(from: Context, keys: readonly string[]): Record<string, string> | undefined {
  const baggage = keys.length === 0 ? undefined : propagation.getBaggage(from)
  if (baggage === undefined) return undefined
  const fields: Record<string, string> = {}
  for (const key of keys.slice(0, MAX_BAGGAGE)) {
    const value = baggage.getEntry(key)?.value
    if (value !== undefined) fields[key] = value.slice(0, MAX_TEXT)
  }
  return fields
}

/** Ends what a socket has open when it closes: a lost connection finishes no response. One listener per socket. */
function trackUntilClosed(socket: Socket, state: ServerRequest): void {
  const open = openOn(socket)
  if (open !== undefined) {
    open.add(state)
    return
  }
  const created = new ShortList<ServerRequest>()
  created.add(state)
  ;(socket as { [OPEN]?: ShortList<ServerRequest> })[OPEN] = created
  socket.once('close', () => {
    for (const left of created.copy()) {
      quietly(() => left.end('aborted'))
      created.delete(left)
    }
  })
}

function openOn(socket: Socket): ShortList<ServerRequest> | undefined {
  return (socket as { [OPEN]?: ShortList<ServerRequest> })[OPEN]
}

// `HTTP/1.1 101 `: nothing can match in two ways, so linear.
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})[ \r]/

/** Tells the status of the first answer that is written to a socket by hand, or `undefined` if it closes without one. */
function onFirstAnswer(socket: Socket, done: (status: number | undefined) => void): void {
  const restores: (() => void)[] = []
  const finish = (status: number | undefined): void => {
    if (restores.length === 0) return
    for (const restore of restores.splice(0)) restore()
    quietly(() => done(status))
  }
  // A status line may be given to either, and `end` does not call `write`.
  for (const name of ['write', 'end'] as const) {
    const hadOwn = Object.hasOwn(socket, name)
    const original = socket[name] as (...args: unknown[]) => unknown
    const observed = function (this: Socket, ...args: unknown[]): unknown {
      const status = statusOf(args[0])
      if (status !== undefined) finish(status)
      return original.apply(this, args)
    }
    Object.assign(socket, { [name]: observed })
    restores.push(() => {
      if ((socket[name] as unknown) !== observed) return
      if (hadOwn) Object.assign(socket, { [name]: original })
      else delete (socket as Partial<Socket>)[name]
    })
  }
  socket.once('close', () => finish(undefined))
}

function statusOf(chunk: unknown): number | undefined {
  const head =
    chunk instanceof Uint8Array
      ? Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.byteLength, 16)).toString('latin1')
      : chunk
  const digits = typeof head === 'string' ? STATUS_LINE.exec(head)?.[1] : undefined
  return digits === undefined ? undefined : Number(digits)
}
