import { context, trace, type Context, type Span } from '@opentelemetry/api'
import { InstrumentationNodeModuleDefinition, type InstrumentationConfig } from '@opentelemetry/instrumentation'
import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions'
import { ChannelInstrumentation } from './channel-instrumentation.ts'
import { isReceived, setHttpRoute } from './http-route.ts'
import { quietly } from './quietly.ts'
import { recordError, recordException } from './record-error.ts'
import { isEmitter, isFunction, isObject } from './unknown.ts'
import { VERSION } from './version.ts'

interface HandlerState {
  readonly span: Span
  ended: boolean
  error?: unknown
}

type Done = () => void

/**
 * Creates the instrumentation of fastify 3 to 5.
 *
 * It patches nothing. Fastify announces each instance on the channel `fastify.initialization`; the instrumentation
 * then adds two hooks, which set the route and record the errors of hooks, validation and serialisation. The span of
 * the request handler comes from the tracing channel `fastify.request.handler`, which fastify has from 5.0 on: older
 * ones get route and errors on the server span and no span of their own.
 */
export function createFastifyInstrumentation(config: InstrumentationConfig = {}): FastifyInstrumentation {
  return new FastifyInstrumentation('@plutus/instrumentation-http/fastify', VERSION, config)
}

/** Instrumentation of fastify, made by `createFastifyInstrumentation`. */
export class FastifyInstrumentation extends ChannelInstrumentation {
  // Declared only: the base class calls `enable` before a field of this class would be set.
  declare private handlers: WeakMap<object, HandlerState> | undefined

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('fastify', ['>=3.0.0 <6'])
  }

  protected override listen(): void {
    this.handlers = new WeakMap()
    this.onChannel('fastify.initialization', (message) => this.addHooks((message as { fastify?: unknown }).fastify))
    this.onTracingChannel('fastify.request.handler', {
      start: (message) => this.startHandler(message),
      end: (message) => this.endSynchronousPart(message),
      asyncEnd: (message) => endOnce(this.stateOf(message)),
      error: (message) => this.recordHandlerError(message),
    })
  }

  private addHooks(fastify: unknown): void {
    if (!isObject(fastify) || !isFunction(fastify['addHook'])) return
    fastify['addHook']('onRequest', (request: unknown, _reply: unknown, done: Done) => {
      quietly(() => recordRoute(request))
      done()
    })
    fastify['addHook']('onError', (_request: unknown, reply: unknown, error: unknown, done: Done) => {
      quietly(() => this.recordReplyError(reply, error))
      done()
    })
  }

  private startHandler(message: object): Context {
    const active = context.active()
    const { reply, route } = message as { reply?: unknown; route?: { url?: unknown } }
    if (trace.getSpan(active) === undefined || !isObject(reply)) return active
    const url = typeof route?.url === 'string' ? route.url : ''
    const attributes = { 'fastify.type': 'request_handler', [ATTR_HTTP_ROUTE]: url }
    const span = this.tracer.startSpan(`request handler - ${url}`, { attributes }, active)
    this.handlers?.set(reply, { span, ended: false })
    return trace.setSpan(active, span)
  }

  /** Ends the span of a handler that has answered; one that answers later is ended by its promise or by the response's end. */
  private endSynchronousPart(message: object): void {
    const state = this.stateOf(message)
    if (state === undefined) return
    const { async, reply } = message as { async?: unknown; reply: { sent?: unknown; raw?: unknown } }
    const answered = async !== true && reply.sent === true
    if (answered || !isEmitter(reply.raw)) endOnce(state)
    else reply.raw.once('close', () => endOnce(state))
  }

  private recordHandlerError(message: object): void {
    const state = this.stateOf(message)
    if (state === undefined) return
    state.error = (message as { error?: unknown }).error
    recordError(state.span, state.error)
  }

  /** Records what a hook threw, or what somebody gave to `reply.send`; the channel has told what the handler threw. */
  private recordReplyError(reply: unknown, error: unknown): void {
    const state = isObject(reply) ? this.handlers?.get(reply) : undefined
    if (state?.error === error && state !== undefined) return
    if (state?.ended === false) {
      recordError(state.span, error)
      return
    }
    const span = trace.getActiveSpan()
    if (span?.isRecording() === true) recordException(span, error)
  }

  private stateOf(message: object): HandlerState | undefined {
    const { reply } = message as { reply?: unknown }
    return isObject(reply) ? this.handlers?.get(reply) : undefined
  }
}

function endOnce(state: HandlerState | undefined): void {
  if (state === undefined || state.ended) return
  state.ended = true
  state.span.end()
}

function recordRoute(request: unknown): void {
  if (!isObject(request) || !isObject(request['raw'])) return
  const raw = request['raw']
  if (!isReceived(raw)) return // made by `inject`
  // From 4.10 on; the older name warns of its deprecation from 4.10 on.
  const url = 'routeOptions' in request ? (request['routeOptions'] as { url?: unknown }).url : request['routerPath']
  if (typeof url === 'string') setHttpRoute(raw, url) // none: no route matched
}
