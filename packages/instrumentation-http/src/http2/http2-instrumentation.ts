import type { IncomingHttpHeaders } from 'node:http'
import type { ClientHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import type { CallStarter } from '../http/call-starter.ts'
import type { HttpMetrics } from '../http/metrics.ts'
import { ObservingInstrumentation } from '../http/observing-instrumentation.ts'
import type { HttpOptions } from '../http/options.ts'
import type { ServerObserver } from '../http/server.ts'
import { quietly } from '../quietly.ts'
import { Http2ClientObserver } from './client.ts'
import type { RequestMethod } from './client.ts'
import { learnClass } from './learn-class.ts'
import { replaceMethod } from '../replace-method.ts'
import { Http2ServerObserver } from './server.ts'

// Asked for on the way: a hook loads this very file when the module is asked for.
const loadHttp2 = (): object => process.getBuiltinModule('node:http2')

interface StreamMessage {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
}
type Emit = (this: object, event: string | symbol, ...args: unknown[]) => boolean

/**
 * Creates the instrumentation of `node:http2`: spans, durations, request events and correlation of servers and clients,
 * as those of HTTP/1.
 *
 * Requests that servers receive are told by Node's diagnostics channels; older Nodes have none, and there the sessions
 * of a server tell. The headers of a client's request can only be added to where it is made, in `request` of sessions.
 */
export function createHttp2Instrumentation(options: HttpOptions): Instrumentation {
  return new Http2Instrumentation(options)
}

class Http2Instrumentation extends ObservingInstrumentation {
  protected override observe(requests: ServerObserver, calls: CallStarter, metrics: HttpMetrics): void {
    const server = new Http2ServerObserver(this.options, metrics, requests)
    const client = new Http2ClientObserver(calls)
    this.onChannel('http2.server.stream.created', (message) => {
      const { stream, headers } = message as StreamMessage
      if (stream.session !== undefined) server.learnSession(stream.session)
      server.started(stream, headers)
    })
    this.onChannel('http2.server.stream.finish', (message) => server.answered((message as StreamMessage).stream))
    const learnServer = (first: object): void => this.onStop(onFirstSession(first, server))
    this.onStop(() => server.stop())
    this.onStop(() => client.stop())
    this.onStop(learnClass(loadHttp2(), 'createServer', learnServer))
    this.onStop(learnClass(loadHttp2(), 'createSecureServer', learnServer))
    this.onStop(
      learnClass(loadHttp2(), 'connect', (first) => {
        const undo = patchRequest(first, client)
        if (undo !== undefined) this.onStop(undo)
      }),
    )
  }
}

function patchRequest(session: object, client: Http2ClientObserver): (() => void) | undefined {
  return replaceMethod<RequestMethod>(
    Object.getPrototypeOf(session) as object,
    'request',
    (original) =>
      function (this: ClientHttp2Session, ...args) {
        return client.request(this, original, args)
      },
  )
}

/** Watches the class of a server for its first session, before that has a request, and then leaves it alone. */
function onFirstSession(server: object, observer: Http2ServerObserver): () => void {
  const target = Object.getPrototypeOf(server) as { emit: Emit }
  if (Object.hasOwn(target, 'emit')) return () => undefined
  const parent = Object.getPrototypeOf(target) as { emit: Emit }
  const undo = (): void => {
    if (target.emit === patched) delete (target as Partial<{ emit: Emit }>).emit
  }
  const patched: Emit = function emit(event, ...args) {
    if (event === 'session') {
      undo()
      quietly(() => observer.learnSession(args[0] as object))
    }
    return parent.emit.call(this, event, ...args)
  }
  target.emit = patched
  return undo
}
