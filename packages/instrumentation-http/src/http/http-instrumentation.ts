import type { ClientRequest, IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { context } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import { ChannelInstrumentation } from '../channel-instrumentation.ts'
import { quietly } from '../quietly.ts'
import { VERSION } from '../version.ts'
import { ClientObserver } from './client.ts'
import { patchEmit } from './emit-context.ts'
import { HttpMetrics } from './metrics.ts'
import type { HttpOptions } from './options.ts'
import { ServerObserver } from './server.ts'
import type { ServerMessage } from './server.ts'

// Imported by name, the module would evaluate all that it exports, and with its `WebSocket` the whole of undici. Asked
// for on the way, since a hook loads this very file when the module is asked for.
const loadHttp = () => process.getBuiltinModule('node:http')

type Emit = (this: Server, event: string | symbol, ...args: unknown[]) => boolean

/**
 * Creates the instrumentation of HTTP/1 servers and clients: spans, durations, request events and correlation.
 *
 * It listens to Node's own diagnostics channels. What no channel tells is seen by two guarded changes: the `emit` of
 * requests and responses, which also keeps their listeners in the context of the request, and that of servers, for
 * requests to switch protocols.
 */
export function createHttpInstrumentation(options: HttpOptions): Instrumentation {
  return new HttpInstrumentation(options)
}

class HttpInstrumentation extends ChannelInstrumentation {
  declare private options: HttpOptions

  constructor(options: HttpOptions) {
    super('@plutus/instrumentation-http', VERSION, { enabled: false })
    this.options = options
    this.enable()
  }

  protected override init(): void {
    // Channels need no module.
  }

  protected override listen(): void {
    const metrics = new HttpMetrics()
    const tracer = () => this.tracer
    const server = new ServerObserver(this.options, metrics, tracer)
    const client = new ClientObserver(this.options, metrics, tracer)
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
    this.onStop(patchUpgrade(server))
  }
}

/** No channel tells of requests to switch protocols: servers emit them as `upgrade` and `connect`. */
function patchUpgrade(server: ServerObserver): () => void {
  const prototype = loadHttp().Server.prototype as unknown as { emit: Emit }
  const hadOwn = Object.hasOwn(prototype, 'emit')
  const original = prototype.emit
  const parent = Object.getPrototypeOf(prototype) as { emit: Emit }
  const patched: Emit = function emit(event, ...args) {
    const next = hadOwn ? original : parent.emit
    if ((event !== 'upgrade' && event !== 'connect') || this.listenerCount(event) === 0)
      return next.call(this, event, ...args)
    let entered: Context | undefined
    quietly(() => {
      entered = server.upgraded(args[0] as IncomingMessage, args[1] as Socket)
    })
    return entered === undefined ? next.call(this, event, ...args) : context.with(entered, next, this, event, ...args)
  }
  prototype.emit = patched
  return () => {
    if (prototype.emit !== patched) return
    if (hadOwn) prototype.emit = original
    else delete (prototype as { emit?: Emit }).emit
  }
}
