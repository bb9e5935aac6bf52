import { propagation, SpanKind, trace } from '@opentelemetry/api'
import type { Attributes, Context, Tracer } from '@opentelemetry/api'
import { getCorrelationId } from '@plutus/events'
import { captureHeaders } from './captured-headers.ts'
import { ClientCall } from './client-call.ts'
import { createHostCheck } from './correlation.ts'
import { methodOf, spanNameOf } from './methods.ts'
import type { HttpMetrics } from './metrics.ts'
import type { HttpOptions } from './options.ts'
import { addServer, targetOf } from './target.ts'
import type { SentRequest } from './target.ts'

/** Starts the calls of a client, whichever version of HTTP it speaks, and tells what they send on. */
export class CallStarter {
  readonly #options: HttpOptions
  readonly #metrics: HttpMetrics
  readonly #tracer: () => Tracer
  readonly #mayCorrelate: (host: string | undefined) => boolean

  constructor(options: HttpOptions, metrics: HttpMetrics, tracer: () => Tracer) {
    this.#options = options
    this.#metrics = metrics
    this.#tracer = tracer
    this.#mayCorrelate = createHostCheck(options.correlationHosts)
  }

  /** Starts the span of a request that is not sent yet. */
  start(request: SentRequest, parent: Context): ClientCall {
    const method = methodOf(request.method)
    const target = targetOf(request)
    const attributes: Attributes = { 'http.request.method': method }
    if (method === '_OTHER') attributes['http.request.method_original'] = request.method.slice(0, 64)
    attributes['url.full'] = target.url
    addServer(attributes, target)
    const span = this.#tracer().startSpan(spanNameOf(method), { kind: SpanKind.CLIENT, attributes }, parent)
    const called = { method, server: target, socketPath: request.socketPath }
    return new ClientCall(span, called, this.#options, this.#metrics)
  }

  /** Headers by which the context of a call goes on. */
  propagated({ span }: ClientCall, parent: Context): Record<string, string> {
    const headers: Record<string, string> = {}
    propagation.inject(trace.setSpan(parent, span), headers)
    return headers
  }

  /** The header with the correlation id; `undefined` where one of these hosts may not have it. */
  correlation(host: string, asked = host): Record<string, string> | undefined {
    const name = this.#options.correlationHeaders[0]
    if (name === undefined || !this.#mayCorrelate(host) || (asked !== host && !this.#mayCorrelate(asked)))
      return undefined
    const id = getCorrelationId()
    return id === undefined ? undefined : { [name]: id }
  }

  /** Puts headers of the request on its span, if the settings name some. */
  capture({ span }: ClientCall, readHeaders: () => Readonly<Record<string, unknown>>): void {
    const { captureRequestHeaders } = this.#options
    if (captureRequestHeaders.length > 0)
      span.setAttributes(captureHeaders('request', readHeaders(), captureRequestHeaders))
  }
}
