import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { context } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import type { CallStarter } from '../http/call-starter.ts'
import type { Answer, ClientCall } from '../http/client-call.ts'
import { patchEmit, setEmitSlot } from '../http/emit-context.ts'
import { parseHost, portOf } from '../http/host.ts'
import { UnreadAnswers } from '../http/unread-answers.ts'
import { quietly } from '../quietly.ts'
import { isGrpcClient } from './grpc.ts'
import { addHeaders, copyHeaders, headerOf, lowerCased } from './request-headers.ts'
import type { RequestHeaders } from './request-headers.ts'
import { peerOf } from './peer.ts'

/** `ClientHttp2Session.prototype.request`, also with what only newer Nodes take. */
export type RequestMethod = (this: ClientHttp2Session, ...args: unknown[]) => ClientHttp2Stream

/** Observes the requests that the process sends over sessions of `node:http2`. */
export class Http2ClientObserver {
  readonly #calls: CallStarter
  readonly #unread = new UnreadAnswers()
  #undoEmit: (() => void) | undefined

  constructor(calls: CallStarter) {
    this.#calls = calls
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
    const method = headerOf(headers, ':method') ?? 'GET'
    const isSecure = (memberOf(session, 'protocol') ?? headerOf(headers, ':scheme'))?.startsWith('https') === true
    const authority = headerOf(headers, ':authority') ?? headerOf(headers, 'host')
    const opened = splitAuthority(memberOf(session, 'authority'))
    // A tunnel has no path; over HTTP/1 its authority stands there.
    const path = headerOf(headers, ':path') ?? (method === 'CONNECT' ? (authority ?? '') : '/')
    const scheme = isSecure ? 'https' : 'http'
    const call = this.#calls.start({ method, scheme, path, authority, ...opened }, parent)
    const asked = authority === undefined ? opened.host : (parseHost(authority)?.host ?? '')
    addHeaders(headers, this.#calls.propagated(call, parent), this.#calls.correlation(opened.host, asked) ?? {})
    this.#calls.capture(call, () => lowerCased(headers))
    return call
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

/** Host and port behind the last colon: Node leaves the brackets of an IPv6 address out. */
function splitAuthority(authority = ''): { readonly host: string; readonly port: number | undefined } {
  const colon = authority.lastIndexOf(':')
  return { host: authority.slice(0, Math.max(0, colon)), port: portOf(authority.slice(colon + 1)) }
}
