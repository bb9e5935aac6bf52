import type { IncomingHttpHeaders } from 'node:http'
import { context, SpanStatusCode } from '@opentelemetry/api'
import type { Attributes, Context, Span } from '@opentelemetry/api'
import { captureHeaders } from './captured-headers.ts'
import type { HttpMetrics } from './metrics.ts'
import type { HttpOptions } from './options.ts'
import { isCancelled, readError } from './read-error.ts'
import { addServer } from './target.ts'
import type { Target } from './target.ts'

/** Where a call goes. */
export interface ClientTarget {
  readonly method: string
  readonly server: Omit<Target, 'url'>
  /** Path of the socket that it goes to, where that is none of the network. */
  readonly socketPath?: string | undefined
}

/** What is read of the answer to a call, whichever version of HTTP it came by. */
export interface Answer {
  readonly statusCode?: number | undefined
  /** `1.0`, `1.1` or `2`. */
  readonly httpVersion: string
  readonly headers: IncomingHttpHeaders
  readonly socket: { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined } | null
  /** `null` as long as nobody has begun to read. */
  readonly readableFlowing: boolean | null
  listenerCount(event: string): number
}

/** Time after which an answer that nobody has begun to read is taken as not wanted. */
export const UNREAD_MILLIS = 1_000

/** One outbound request from its making to the end of its answer. */
export class ClientCall {
  readonly span: Span
  readonly #target: ClientTarget
  readonly #options: HttpOptions
  readonly #metrics: HttpMetrics
  /** Context in which the caller made the request. */
  readonly context: Context = context.active()
  /** Where it stands among the calls whose answers may stay unread. */
  place?: number
  readonly #startedAt = performance.now()
  #status: number | undefined
  #version: string | undefined
  #errorType: string | undefined
  #headAt: number | undefined
  #response: Answer | undefined
  #isEnded = false

  constructor(span: Span, target: ClientTarget, options: HttpOptions, metrics: HttpMetrics) {
    this.span = span
    this.#target = target
    this.#options = options
    this.#metrics = metrics
  }

  /** The head of the answer arrived: status, protocol, headers. */
  answered(response: Answer): void {
    this.#headAt = performance.now()
    this.#response = response
    const status = response.statusCode ?? 0
    this.#status = status
    this.#version = response.httpVersion
    if (status >= 400) this.#errorType = String(status)
    const span = this.span
    const { socket } = response
    const peer = socket?.remoteAddress ?? this.#target.socketPath
    if (peer !== undefined) span.setAttribute('network.peer.address', peer)
    if (socket?.remotePort !== undefined) span.setAttribute('network.peer.port', socket.remotePort)
    const { captureResponseHeaders } = this.#options
    if (captureResponseHeaders.length > 0)
      span.setAttributes(captureHeaders('response', response.headers, captureResponseHeaders))
  }

  /** The head of an answer arrived with which the connection becomes something else: nothing ends after it. */
  switched(response: Answer): void {
    this.answered(response)
    this.#end()
  }

  /** The answer emitted an event. Returns whether the call is over. */
  heard(event: string | symbol, value: unknown): boolean {
    if (event === 'end') this.#end()
    else if (event === 'error' || event === 'aborted') this.fail(event === 'error' ? value : { code: 'ECONNRESET' })
    else if (event === 'close') this.#end()
    return this.#isEnded
  }

  /** The request is over for Node: without an answer it was aborted; an answer ends by itself. */
  closed(): void {
    if (this.#headAt === undefined) this.fail({ code: 'ECONNABORTED' })
  }

  /**
   * Ends a call whose answer nobody reads: Node emits nothing more for it. Its time is that of the head.
   *
   * @returns whether the call is over.
   */
  endIfUnread(now: number): boolean {
    if (this.#isEnded) return true
    const isUnread =
      this.#headAt !== undefined && now - this.#headAt >= UNREAD_MILLIS && this.#response?.readableFlowing === null
    if (isUnread && this.#response?.listenerCount('readable') === 0) this.#end(undefined, this.#headAt)
    return this.#isEnded
  }

  /** The request, or its answer, broke off. */
  fail(error: unknown): void {
    if (this.#isEnded) return
    if (isCancelled(error)) {
      this.#end()
      return
    }
    const told = readError(error)
    this.#errorType = told.code
    if (error instanceof Error) this.span.recordException(told)
    this.#end(told.message)
  }

  #end(message?: string, at?: number): void {
    if (this.#isEnded) return
    this.#isEnded = true
    const { method, server } = this.#target
    this.span.setAttributes(this.#addOutcome({}))
    if (this.#errorType !== undefined)
      this.span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? undefined : { message }) })
    const measured: Attributes = { 'http.request.method': method }
    addServer(measured, server)
    this.#metrics.recordClient(((at ?? performance.now()) - this.#startedAt) / 1000, this.#addOutcome(measured))
    this.span.end(at)
  }

  /** Adds what is known of the answer; one by one, since spreading one object into another takes longer. */
  #addOutcome(attributes: Attributes): Attributes {
    if (this.#status !== undefined) attributes['http.response.status_code'] = this.#status
    if (this.#version !== undefined) attributes['network.protocol.version'] = this.#version
    if (this.#errorType !== undefined) attributes['error.type'] = this.#errorType
    return attributes
  }
}
