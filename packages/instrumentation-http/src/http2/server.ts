import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import { context } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import { endPatch } from '../end-patch.ts'
import { createBodyCapture } from '../http/body-capture.ts'
import { emitContextOf, patchEmit, setEmitSlot } from '../http/emit-context.ts'
import type { InboundRequest, InboundResponse } from '../http/inbound.ts'
import type { HttpMetrics } from '../http/metrics.ts'
import type { HttpOptions } from '../http/options.ts'
import { ServerRequest } from '../http/server-request.ts'
import { isUnobserved, type ServerObserver } from '../http/server.ts'
import { quietly } from '../quietly.ts'
import { isGrpcServed } from './grpc.ts'
import { peerOf } from './peer.ts'
import { addHeaders, copyHeaders, lowerCased } from './request-headers.ts'
import { replaceMethod } from '../replace-method.ts'

type Emit = (this: object, event: string | symbol, ...args: unknown[]) => boolean
type Respond = (this: ServerHttp2Stream, ...args: unknown[]) => unknown

// Where each takes the headers of the response.
const RESPONDS = { respond: 0, respondWithFD: 1, respondWithFile: 1 } as const

/** Observes the requests that HTTP/2 servers of the process receive. */
export class Http2ServerObserver {
  readonly #options: HttpOptions
  readonly #metrics: HttpMetrics
  readonly #server: ServerObserver
  readonly #requests = new WeakMap<
    object,
    { readonly state: ServerRequest; readonly headers: Record<string, string> }
  >()
  readonly #undo: (() => void)[] = []
  #sessions: object | undefined
  #streams: object | undefined

  constructor(options: HttpOptions, metrics: HttpMetrics, server: ServerObserver) {
    this.#options = options
    this.#metrics = metrics
    this.#server = server
  }

  /** Has sessions of this one's class tell their requests in the context of these. */
  learnSession(session: object): void {
    const prototype = Object.getPrototypeOf(session) as object
    if (this.#sessions === prototype) return
    this.#sessions = prototype
    this.#undo.push(patchStreamEvent(prototype, (stream, headers) => this.started(stream, headers)))
  }

  /**
   * A request came. Returns the context of its listeners; `undefined` if it is none that is observed. A second call for
   * the same stream changes nothing.
   */
  started(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Context | undefined {
    const known = emitContextOf(stream)
    if (known !== undefined) return known
    const { session, id } = stream
    // Streams that the server opens itself have even numbers: what it pushes belongs to the request that it answers.
    if (session === undefined || id === undefined || id % 2 === 0) return undefined
    const { server } = session as ServerHttp2Session & { readonly server?: object }
    if ((server !== undefined && isUnobserved(server)) || isGrpcServed(headers['content-type'])) return undefined
    this.#learnStream(stream)
    const request = requestOf(headers)
    const opened = this.#server.open(request, peerOf(session))
    const body = createBodyCapture(request.headers, this.#options.captureBodyBytes)
    const response = responseOf(stream)
    const state = new ServerRequest({ ...opened, request, response, body }, this.#options, this.#metrics)
    this.#requests.set(stream, { state, headers: Object.fromEntries(this.#server.answerHeaders(opened)) })
    setEmitSlot(stream, {
      context: opened.context,
      watch: (event, value) => {
        if (event === 'data') body?.add(value)
        else if (event === 'close') quietly(() => state.end(isAnswered(stream) ? 'finished' : 'aborted'))
      },
    })
    return opened.context
  }

  /** The head of a response was sent. What follows that of a tunnel is no part of the request. */
  answered(stream: ServerHttp2Stream): void {
    const request = this.#requests.get(stream)
    if (request?.state.method === 'CONNECT') request.state.end('finished')
  }

  /** Leaves classes as they were. */
  stop(): void {
    for (const undo of this.#undo.splice(0)) undo()
    this.#sessions = undefined
    this.#streams = undefined
  }

  #learnStream(stream: ServerHttp2Stream): void {
    const prototype = Object.getPrototypeOf(stream) as object
    if (this.#streams === prototype) return
    this.#streams = prototype
    this.#undo.push(patchEmit(prototype))
    const { correlationEcho, serverTiming } = this.#options
    if (!correlationEcho && !serverTiming) return
    for (const [name, at] of Object.entries(RESPONDS)) {
      const undo = replaceMethod<Respond>(prototype, name, (original) => this.#wrapRespond(original, at))
      if (undo !== undefined) this.#undo.push(undo)
    }
  }

  /** Both ways of answering come here: the response of `(request, response)` responds by its stream. */
  #wrapRespond(original: Respond, at: number): Respond {
    const headersOf = (stream: ServerHttp2Stream): Record<string, string> | undefined =>
      this.#requests.get(stream)?.headers
    return function (this: ServerHttp2Stream, ...args) {
      let prepared = args
      quietly(() => {
        const added = headersOf(this)
        const headers = added === undefined ? undefined : copyHeaders(args[at])
        if (added === undefined || headers === undefined) return
        addHeaders(headers, {}, added)
        prepared = args.slice()
        prepared[at] = headers
      })
      return Reflect.apply(original, this, prepared)
    }
  }
}

/** Whether the response was handed over whole. A stream that is reset ends its writing too, but as aborted. */
function isAnswered(stream: ServerHttp2Stream): boolean {
  return stream.headersSent && stream.writableFinished && !stream.aborted
}

function requestOf(headers: IncomingHttpHeaders): InboundRequest {
  const pseudo = headers as Readonly<Record<string, string | undefined>>
  const authority = pseudo[':authority']
  return {
    headers: authority === undefined ? headers : { ...headers, host: authority },
    method: pseudo[':method'],
    url: pseudo[':path'],
    httpVersion: '2',
  }
}

function responseOf(stream: ServerHttp2Stream): InboundResponse {
  return {
    get headersSent() {
      return stream.headersSent
    },
    get statusCode() {
      return Number(stream.sentHeaders?.[':status'] ?? 200)
    },
    getHeaders: () => lowerCased({ ...stream.sentHeaders }) as OutgoingHttpHeaders,
  }
}

/** Has sessions emit `stream` in the context of the request. Node emits it a tick after the head was read. */
function patchStreamEvent(
  prototype: object,
  started: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => Context | undefined,
): () => void {
  const target = prototype as { emit: Emit }
  const hadOwn = Object.hasOwn(target, 'emit')
  const original = target.emit
  const parent = Object.getPrototypeOf(target) as { emit: Emit }
  let isOver = false
  const patched: Emit = function emit(event, ...args) {
    const next = hadOwn ? original : parent.emit
    if (isOver || event !== 'stream') return next.call(this, event, ...args)
    let entered: Context | undefined
    quietly(() => {
      entered = started(args[0] as ServerHttp2Stream, args[1] as IncomingHttpHeaders)
    })
    return entered === undefined ? next.call(this, event, ...args) : context.with(entered, next, this, event, ...args)
  }
  target.emit = patched
  return () => {
    isOver = true
    endPatch(target, 'emit', patched, () => {
      if (hadOwn) target.emit = original
      else delete (target as Partial<{ emit: Emit }>).emit
    })
  }
}
