import type { ClientRequest, IncomingMessage } from 'node:http'
import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import type { Attributes, Context, Tracer } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { getCorrelationId } from '@plutus/events'
import { captureHeaders } from './captured-headers.ts'
import { ClientCall } from './client-call.ts'
import { createHostCheck } from './correlation.ts'
import { setEmitSlot } from './emit-context.ts'
import { addHeaders } from './late-headers.ts'
import { methodOf, spanNameOf } from './methods.ts'
import type { HttpMetrics } from './metrics.ts'
import type { HttpOptions } from './options.ts'
import { UnreadAnswers } from './unread-answers.ts'

const CALL = Symbol('plutus.http.client.call')
const MAX_TEXT = 4_096
// A request to a proxy has the whole URL as its path.
const ABSOLUTE = /^https?:\/\//i
// Up to the last @ before the path begins: one class, so linear.
const USER_INFO = /^(https?:\/\/)[^/?#]*@/i

/** Observes the requests that the process sends through `node:http` and `node:https`. */
export class ClientObserver {
  readonly #options: HttpOptions
  readonly #metrics: HttpMetrics
  readonly #tracer: () => Tracer
  readonly #mayCorrelate: (host: string | undefined) => boolean
  readonly #unread = new UnreadAnswers()

  constructor(options: HttpOptions, metrics: HttpMetrics, tracer: () => Tracer) {
    this.#options = options
    this.#metrics = metrics
    this.#tracer = tracer
    this.#mayCorrelate = createHostCheck(options.correlationHosts)
  }

  /** A request was made and not sent yet: its span starts, and its context joins its headers. */
  created({ request }: { readonly request: ClientRequest }): void {
    const parent = context.active()
    if (isTracingSuppressed(parent)) return
    const method = methodOf(request.method)
    const host = request.getHeader('host')
    const server = serverOf(request, host)
    const attributes: Attributes = { 'http.request.method': method }
    if (method === '_OTHER') attributes['http.request.method_original'] = request.method.slice(0, 64)
    attributes['url.full'] = urlOf(request, host)
    attributes['server.address'] = server.address
    attributes['server.port'] = server.port
    const span = this.#tracer().startSpan(spanNameOf(method), { kind: SpanKind.CLIENT, attributes }, parent)
    this.#sendContext(request, trace.setSpan(parent, span))
    const { captureRequestHeaders } = this.#options
    if (captureRequestHeaders.length > 0)
      span.setAttributes(captureHeaders('request', request.getHeaders(), captureRequestHeaders))
    const call = new ClientCall(span, { method, server }, this.#options, this.#metrics)
    ;(request as { [CALL]?: ClientCall })[CALL] = call
    const watch = (event: string | symbol, value: unknown): void => {
      // A request that is over without an answer tells it by `close` only.
      if (event === 'close') call.closed()
      // No channel tells these answers, after which the connection is no longer one of HTTP.
      else if (event === 'upgrade' || event === 'connect') call.switched(value as IncomingMessage)
    }
    setEmitSlot(request, { context: parent, watch })
  }

  /** The head of the answer arrived. */
  answered({ request, response }: { readonly request: ClientRequest; readonly response: IncomingMessage }): void {
    const call = (request as { [CALL]?: ClientCall })[CALL]
    if (call === undefined) return
    call.answered(response)
    this.#unread.watch(call)
    const watch = (event: string | symbol, value: unknown): void => {
      if (call.heard(event, value)) this.#unread.forget(call)
    }
    setEmitSlot(response, { context: call.context, watch })
  }

  /** The request failed. */
  failed({ request, error }: { readonly request: ClientRequest; readonly error: unknown }): void {
    const call = (request as { [CALL]?: ClientCall })[CALL]
    call?.fail(error)
  }

  /** Whether the host that a request is sent to may see the id and, if that is a proxy, the one that it asks. */
  #maySeeCorrelation({ host, path }: ClientRequest): boolean {
    if (!this.#mayCorrelate(host)) return false
    return !isAbsolute(path) || (URL.canParse(path) && this.#mayCorrelate(new URL(path).hostname))
  }

  #sendContext(request: ClientRequest, entered: Context): void {
    const propagated: Record<string, string> = {}
    propagation.inject(entered, propagated)
    const name = this.#options.correlationHeaders[0]
    const id = this.#maySeeCorrelation(request) ? getCorrelationId() : undefined
    addHeaders(request, propagated, name === undefined || id === undefined ? undefined : { [name]: id })
  }
}

function isAbsolute(path: string): boolean {
  return !path.startsWith('/') && ABSOLUTE.test(path)
}

function schemeOf(request: ClientRequest): 'http' | 'https' {
  return request.protocol === 'https:' ? 'https' : 'http'
}

function serverOf(request: ClientRequest, header: unknown): { readonly address: string; readonly port: number } {
  const port = typeof header === 'string' ? portBehind(header) : undefined
  return { address: request.host, port: port ?? (schemeOf(request) === 'https' ? 443 : 80) }
}

/** The one to five digits behind the last colon of a `Host` header; `undefined` if something else stands there. */
function portBehind(header: string): number | undefined {
  const colon = header.lastIndexOf(':')
  const digits = header.length - colon - 1
  if (colon === -1 || digits === 0 || digits > 5) return undefined
  let port = 0
  for (let at = colon + 1; at < header.length; at++) {
    const digit = header.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return undefined
    port = port * 10 + digit
  }
  return port
}

/** `url.full` without credentials: Node keeps those out of the path, in a header of their own. */
function urlOf(request: ClientRequest, host: unknown): string {
  const authority = typeof host === 'string' && host !== '' ? host : request.host
  if (request.method === 'CONNECT') return `${schemeOf(request)}://${authority}`.slice(0, MAX_TEXT)
  const url = isAbsolute(request.path)
    ? request.path.replace(USER_INFO, '$1')
    : `${schemeOf(request)}://${authority}${request.path}`
  return url.slice(0, MAX_TEXT)
}
