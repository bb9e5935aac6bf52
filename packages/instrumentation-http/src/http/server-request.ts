import { context, SpanStatusCode } from '@opentelemetry/api'
import type { Attributes, Context, Span } from '@opentelemetry/api'
import type { RPCMetadata } from '@opentelemetry/core'
import { recordEvent } from '@plutus/events'
import type { BodyCapture } from './body-capture.ts'
import { captureHeaders } from './captured-headers.ts'
import type { InboundRequest, InboundResponse } from './inbound.ts'
import { spanNameOf } from './methods.ts'
import type { HttpMetrics } from './metrics.ts'
import type { HttpOptions } from './options.ts'
import { readResponseHeaders, readResponseSize } from './response-head.ts'

/** What is known of an inbound request when it starts. */
export interface ServerRequestStart {
  readonly request: InboundRequest
  readonly response: InboundResponse
  readonly span: Span
  readonly context: Context
  readonly rpc: RPCMetadata
  readonly method: string
  readonly path: string
  readonly scheme: 'http' | 'https'
  readonly clientAddress: string | undefined
  readonly body: BodyCapture | undefined
}

/** How a request ended: `finished` when the response was handed over whole, `aborted` when the connection was lost. */
export type ServerRequestEnd = 'finished' | 'aborted'

/** One inbound request from its start to its end. */
export class ServerRequest {
  readonly #start: ServerRequestStart
  readonly #options: HttpOptions
  readonly #metrics: HttpMetrics
  /** Where it stands among the open requests of its socket. */
  place?: number
  readonly #startedAt = performance.now()
  #ended = false

  constructor(start: ServerRequestStart, options: HttpOptions, metrics: HttpMetrics) {
    this.#start = start
    this.#options = options
    this.#metrics = metrics
  }

  /** `http.request.method`. */
  get method(): string {
    return this.#start.method
  }

  /** Ends span, metric and events of the request; a second call does nothing. */
  end(how: ServerRequestEnd): void {
    if (this.#ended) return
    this.#ended = true
    const seconds = (performance.now() - this.#startedAt) / 1000
    const { response, span, rpc, method, scheme, request } = this.#start
    const status = how === 'finished' || response.headersSent ? response.statusCode : undefined
    const errorType = how === 'aborted' ? 'aborted' : status !== undefined && status >= 500 ? String(status) : undefined
    const route = rpc.route === '' ? undefined : rpc.route
    const outcome: Outcome = { route, status, errorType }
    if (route !== undefined) span.updateName(spanNameOf(method, route))
    span.setAttributes(addOutcome({}, outcome))
    const captured = this.#capturedResponse()
    if (captured !== undefined) span.setAttributes(captured)
    if (errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
    const measured: Attributes = {
      'http.request.method': method,
      'url.scheme': scheme,
      'network.protocol.version': request.httpVersion,
    }
    this.#metrics.recordServer(seconds, addOutcome(measured, outcome))
    this.#recordEvents(seconds, outcome)
    span.end()
  }

  #capturedResponse(): Attributes | undefined {
    const { captureResponseHeaders } = this.#options
    if (captureResponseHeaders.length === 0) return undefined
    return captureHeaders('response', readResponseHeaders(this.#start.response), captureResponseHeaders)
  }

  #recordEvents(seconds: number, outcome: Outcome): void {
    const { requestEvents, slowRequestMillis, slowRequestRoutes } = this.#options
    if (requestEvents === 'off') return
    const { path, context: entered } = this.#start
    const limit = slowRequestRoutes[outcome.route ?? path] ?? slowRequestMillis
    const isSlow = seconds * 1000 >= limit
    // Entering a context costs more than all that is asked before.
    if (requestEvents === 'all' || isSlow)
      context.with(entered, () => this.#recordEvent(seconds, outcome, isSlow ? limit : undefined))
  }

  #recordEvent(seconds: number, outcome: Outcome, slowLimit: number | undefined): void {
    const { request, method, path, clientAddress, response, body } = this.#start
    const userAgent = request.headers['user-agent']
    const fields = {
      'http.request.method': method,
      ...(path === '' ? undefined : { 'url.path': path }),
      ...addOutcome({}, outcome),
      'http.server.duration': seconds,
      ...sized('http.request.body.size', Number(request.headers['content-length'] ?? Number.NaN)),
      ...sized('http.response.body.size', readResponseSize(response)),
      ...(clientAddress === undefined ? undefined : { 'client.address': clientAddress }),
      ...(userAgent === undefined || userAgent === '' ? undefined : { 'user_agent.original': userAgent }),
      ...captureHeaders('request', request.headers, this.#options.captureRequestHeaders),
      ...this.#capturedResponse(),
      ...body?.fields(),
    }
    if (this.#options.requestEvents === 'all') recordEvent('http.request', fields)
    if (slowLimit !== undefined)
      recordEvent('http.request.slow', { ...fields, 'http.slow.threshold': slowLimit / 1000 })
  }
}

/** What became of a request, as far as it is known. */
interface Outcome {
  readonly route: string | undefined
  readonly status: number | undefined
  readonly errorType: string | undefined
}

/** Adds what is known of an outcome; one by one, since spreading one object into another takes longer than all else here. */
function addOutcome(attributes: Attributes, { route, status, errorType }: Outcome): Attributes {
  if (route !== undefined) attributes['http.route'] = route
  if (status !== undefined) attributes['http.response.status_code'] = status
  if (errorType !== undefined) attributes['error.type'] = errorType
  return attributes
}

/** A size as an attribute; nothing when it is not known. */
function sized(name: string, size: number | undefined): Record<string, number> | undefined {
  return size !== undefined && Number.isSafeInteger(size) && size >= 0 ? { [name]: size } : undefined
}
