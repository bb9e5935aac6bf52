import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import type { Attributes, Context, Tracer } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { getCorrelationId } from '@plutus/events'
import { captureHeaders } from '../http/captured-headers.ts'
import { ClientCall } from '../http/client-call.ts'
import type { Answer } from '../http/client-call.ts'
import { createHostCheck } from '../http/correlation.ts'
import { patchEmit, setEmitSlot } from '../http/emit-context.ts'
import { parseHost } from '../http/host.ts'
import { methodOf, spanNameOf } from '../http/methods.ts'
import type { HttpMetrics } from '../http/metrics.ts'
import type { HttpOptions } from '../http/options.ts'
import { UnreadAnswers } from '../http/unread-answers.ts'
import { quietly } from '../quietly.ts'
import { isGrpcClient } from './grpc.ts'
import { addHeaders, copyHeaders, headerOf, lowerCased } from './request-headers.ts'
import type { RequestHeaders } from './request-headers.ts'
import { peerOf } from './peer.ts'

/** `ClientHttp2Session.prototype.request`, also with what only newer Nodes take. */
export type RequestMethod = (this: ClientHttp2Session, ...args: unknown[]) => ClientHttp2Stream

const MAX_TEXT = 4_096

/** Observes the requests that the process sends over sessions of `node:http2`. */
export class Http2ClientObserver {
  readonly #options: HttpOptions
  readonly #metrics: HttpMetrics
  readonly #tracer: () => Tracer
  readonly #mayCorrelate: (host: string | undefined) => boolean
  readonly #unread = new UnreadAnswers()
  #undoEmit: (() => void) | undefined

  constructor(options: HttpOptions, metrics: HttpMetrics, tracer: () => Tracer) {
    this.#options = options
    this.#metrics = metrics
    this.#tracer = tracer
    this.#mayCorrelate = createHostCheck(options.correlationHosts)
  }

  /** Makes a request as Node does, with its context among the headers, and follows it. */
  request(session: ClientHttp2Session, original: RequestMethod, args: unknown[]): ClientHttp2Stream {
    const parent = context.active()
    let call: ClientCall | undefined
    let prepared = args
    if (!isTracingSuppressed(parent)) {
      quietly(() => {
        const headers = copyHeaders(args[0])
        if (headers === undefined || isGrpcClient(headerOf(headers, 'user-agent'))) return
        call = this.#start(session, headers, parent)
        prepared = [headers, ...args.slice(1)]
      })
    }
    try {
      const stream = Reflect.apply(original, session, prepared)
      if (call !== undefined) this.#follow(stream, call, parent)
      return stream
    } catch (error) {
      quietly(() => call?.fail(error))
      throw error
    }
  }

  /** Leaves streams that are not made yet alone. */
  stop(): void {
    this.#undoEmit?.()
    this.#undoEmit = undefined
  }

  #start(session: ClientHttp2Session, headers: RequestHeaders, parent: Context): ClientCall {
    const given = headerOf(headers, ':method') ?? 'GET'
    const method = methodOf(given)
    const scheme = (memberOf(session, 'protocol') ?? headerOf(headers, ':scheme'))?.startsWith('https')
      ? 'https'
      : 'http'
    const authority = headerOf(headers, ':authority') ?? headerOf(headers, 'host') ?? memberOf(session, 'authority')
    const host = parseHost(authority)
    const server = { address: host?.host ?? '', port: host?.port ?? (scheme === 'https' ? 443 : 80) }
    const path = method === 'CONNECT' ? '' : (headerOf(headers, ':path') ?? '/')
    const attributes: Attributes = {
      'http.request.method': method,
      ...(method === '_OTHER' ? { 'http.request.method_original': given.slice(0, 64) } : undefined),
      'url.full': `${scheme}://${withoutUserInfo(authority ?? '')}${path}`.slice(0, MAX_TEXT),
      'server.address': server.address,
      'server.port': server.port,
    }
    const span = this.#tracer().startSpan(spanNameOf(method), { kind: SpanKind.CLIENT, attributes }, parent)
    const call = new ClientCall(span, { method, server }, this.#options, this.#metrics)
    const propagated: Record<string, string> = {}
    propagation.inject(trace.setSpan(parent, span), propagated)
    const name = this.#options.correlationHeaders[0]
    const id = this.#maySeeCorrelation(session, host?.host) ? getCorrelationId() : undefined
    addHeaders(headers, propagated, name === undefined || id === undefined ? {} : { [name]: id })
    const { captureRequestHeaders } = this.#options
    if (captureRequestHeaders.length > 0) {
      span.setAttributes(captureHeaders('request', lowerCased(headers), captureRequestHeaders))
    }
    return call
  }

  /** Whether the host that a request is sent to may see the id, and the one that it asks for there. */
  #maySeeCorrelation(session: ClientHttp2Session, asked: string | undefined): boolean {
    return this.#mayCorrelate(asked) && this.#mayCorrelate(parseHost(memberOf(session, 'authority'))?.host)
  }

  #follow(stream: ClientHttp2Stream, call: ClientCall, parent: Context): void {
    quietly(() => {
      this.#undoEmit ??= patchEmit(Object.getPrototypeOf(stream) as object)
      setEmitSlot(stream, {
        context: parent,
        watch: (event, value) => quietly(() => this.#heard(stream, call, event, value)),
      })
    })
  }

  #heard(stream: ClientHttp2Stream, call: ClientCall, event: string | symbol, value: unknown): void {
    if (event === 'response') {
      call.answered(answerOf(stream, value as IncomingHttpHeaders))
      // What follows the head of a tunnel is no part of the request.
      if (stream.sentHeaders?.[':method'] === 'CONNECT') call.heard('end', undefined)
      else this.#unread.watch(call)
    } else if (event === 'error') call.fail(reasonOf(value))
    else if (event === 'end') {
      // A stream that is given up ends too, before it says why.
      if (stream.rstCode === 0 && !stream.destroyed) call.heard('end', undefined)
    } else if (event === 'close') {
      call.closed()
      if (stream.rstCode === 0) call.heard('close', undefined)
      else call.fail({ code: 'ECONNRESET' })
    }
  }
}

function answerOf(stream: ClientHttp2Stream, headers: IncomingHttpHeaders): Answer {
  const status: unknown = headers[':status' as keyof IncomingHttpHeaders]
  return {
    statusCode: Number(status),
    httpVersion: '2',
    headers,
    socket: peerOf(stream.session),
    get readableFlowing() {
      return stream.readableFlowing
    },
    listenerCount: (event) => stream.listenerCount(event),
  }
}

/** What `http2.connect` was given: Node keeps it under symbols, and tells it with each request that names no other. */
function memberOf(session: ClientHttp2Session, name: 'authority' | 'protocol'): string | undefined {
  const key = Object.getOwnPropertySymbols(session).find(({ description }) => description === name)
  const value = key === undefined ? undefined : (session as unknown as Readonly<Record<symbol, unknown>>)[key]
  return typeof value === 'string' ? value : undefined
}

/** A request that waits for its connection fails as cancelled; why the connection failed is the cause of that. */
function reasonOf(error: unknown): unknown {
  const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: unknown }
  return code === 'ERR_HTTP2_STREAM_CANCEL' && cause instanceof Error ? cause : error
}

function withoutUserInfo(authority: string): string {
  return authority.slice(authority.lastIndexOf('@') + 1)
}
