import type { ClientRequest, IncomingMessage } from 'node:http'
import { context } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import type { CallStarter } from './call-starter.ts'
import type { ClientCall } from './client-call.ts'
import { setEmitSlot } from './emit-context.ts'
import { addHeaders, readHeaders } from './late-headers.ts'
import { sentPortOf } from './sent-port.ts'
import { askedHostOf } from './target.ts'
import type { SentRequest } from './target.ts'
import { UnreadAnswers } from './unread-answers.ts'

/** Where Node keeps whom a request goes to; agents may be anybody's. */
type AddressedRequest = ClientRequest & {
  readonly socketPath?: unknown
  readonly agent?: { readonly options?: { readonly socketPath?: unknown } }
}

const CALL = Symbol('plutus.http.client.call')

/** Observes the requests that the process sends through `node:http` and `node:https`. */
export class ClientObserver {
  readonly #calls: CallStarter
  readonly #unread = new UnreadAnswers()

  constructor(calls: CallStarter) {
    this.#calls = calls
  }

  /** A request was made and not sent yet: its span starts, and its context joins its headers. */
  created({ request }: { readonly request: ClientRequest }): void {
    const parent = context.active()
    if (isTracingSuppressed(parent)) return
    const sent: SentRequest = {
      method: request.method,
      scheme: request.protocol === 'https:' ? 'https' : 'http',
      path: request.path,
      authority: hostHeaderOf(request),
      host: request.host,
      port: sentPortOf(request),
      socketPath: socketPathOf(request),
    }
    const call = this.#calls.start(sent, parent)
    addHeaders(
      request,
      this.#calls.propagated(call, parent),
      this.#calls.correlation(request.host, askedHostOf(sent.path, sent.host)),
    )
    this.#calls.capture(call, () => readHeaders(request))
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
}

function hostHeaderOf(request: ClientRequest): string | undefined {
  const header = request.getHeader('host') ?? (request.headersSent ? readHeaders(request)['host'] : undefined)
  const first: unknown = Array.isArray(header) ? header[0] : header
  return typeof first === 'string' ? first : undefined
}

function socketPathOf({ socketPath, agent }: AddressedRequest): string | undefined {
  const path = socketPath ?? agent?.options?.socketPath
  return typeof path === 'string' && path !== '' ? path : undefined
}
