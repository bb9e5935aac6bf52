import type { ClientRequest, IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { context } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import { endPatch } from '../end-patch.ts'
import { quietly } from '../quietly.ts'
import type { CallStarter } from './call-starter.ts'
import { ClientObserver } from './client.ts'
import { patchEmit } from './emit-context.ts'
import { ObservingInstrumentation } from './observing-instrumentation.ts'
import type { HttpOptions } from './options.ts'
import { patchAgent } from './sent-port.ts'
import type { ServerMessage, ServerObserver } from './server.ts'

// Imported by name, the module would evaluate all that it exports, and with its `WebSocket` the whole of undici. Asked
// for on the way, since a hook loads this very file when the module is asked for.
const loadHttp = () => process.getBuiltinModule('node:http')

type Emit = (this: Server, event: string | symbol, ...args: unknown[]) => boolean

/**
 * Creates the instrumentation of HTTP/1 servers and clients: spans, durations, request events and correlation.
 *
 * It listens to Node's own diagnostics channels. What no channel tells is seen by three guarded changes: the `emit` of
 * requests and responses, which also keeps their listeners in the context of the request, that of servers, for
 * requests to switch protocols, and the `addRequest` of agents, for the port that a request goes to.
 */
export function createHttpInstrumentation(options: HttpOptions): Instrumentation {
  return new HttpInstrumentation(options)
}

class HttpInstrumentation extends ObservingInstrumentation {
  protected override observe(server: ServerObserver, calls: CallStarter): void {
    const client = new ClientObserver(calls)
    this.onChannel('http.server.request.start', (message) => server.started(message as ServerMessage))
    this.onChannel('http.server.response.finish', (message) => server.finished(message as ServerMessage))
    this.onChannel('http.client.request.created', (message) => client.created(message as { request: ClientRequest }))
    this.onChannel('http.client.request.error', (message) =>
      client.failed(message as { request: ClientRequest; error: unknown }),
    )
    this.onChannel('http.client.response.finish', (message) =>
      client.answered(message as { request: ClientRequest; response: IncomingMessage }),
    )
    this.onStop(patchEmit(loadHttp().IncomingMessage.prototype))
    this.onStop(patchEmit(loadHttp().ServerResponse.prototype))
    this.onStop(patchEmit(loadHttp().ClientRequest.prototype))
    this.onStop(patchAgent(loadHttp().Agent.prototype))
    this.onStop(patchUpgrade(server))
  }
}

/** No channel tells of requests to switch protocols: servers emit them as `upgrade` and `connect`. */
function patchUpgrade(server: ServerObserver): () => void {
  const prototype = loadHttp().Server.prototype as unknown as { emit: Emit }
  const hadOwn = Object.hasOwn(prototype, 'emit')
  const original = prototype.emit
  const parent = Object.getPrototypeOf(prototype) as { emit: Emit }
  let isOver = false
  const patched: Emit = function emit(event, ...args) {
    const next = hadOwn ? original : parent.emit
    if (isOver || (event !== 'upgrade' && event !== 'connect') || this.listenerCount(event) === 0)
      return next.call(this, event, ...args)
    let entered: Context | undefined
    quietly(() => {
      entered = server.upgraded(args[0] as IncomingMessage, args[1] as Socket)
    })
    return entered === undefined ? next.call(this, event, ...args) : context.with(entered, next, this, event, ...args)
  }
  prototype.emit = patched
  return () => {
    isOver = true
    endPatch(prototype, 'emit', patched, () => {
      if (hadOwn) prototype.emit = original
      else delete (prototype as { emit?: Emit }).emit
    })
  }
}
