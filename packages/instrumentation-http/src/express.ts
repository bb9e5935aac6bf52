import { context, trace } from '@opentelemetry/api'
import type { Attributes, Context } from '@opentelemetry/api'
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  isWrapped,
  type InstrumentationConfig,
} from '@opentelemetry/instrumentation'
import { isReceived, setHttpRoute } from './http-route.ts'
import {
  coverRequest,
  isRequestHandler,
  isRouter,
  rememberBase,
  rememberingUse,
  REQUEST_METHODS,
  routeOf,
} from './layer-route.ts'
import type { Layer, RoutedRequest } from './layer-route.ts'
import { runInSpan, runWatched } from './layer-span.ts'
import type { LayerCall } from './layer-span.ts'
import { quietly } from './quietly.ts'
import { recordError } from './record-error.ts'
import { isEmitter, isFunction, isObject, type AnyFunction } from './unknown.ts'
import { VERSION } from './version.ts'

const SUPPORTED = ['>=4.0.0 <6']
/** What express names the layer behind which a whole application stands. */
const MOUNTED = 'mounted_app'

interface Request extends RoutedRequest {
  readonly app?: unknown
}

/**
 * Creates the instrumentation of express 4 and 5: the route of a request, and a span for each route that handles it.
 *
 * A middleware has a span only if it fails. Upstream makes one for each, also for express's own: they say nothing of most
 * requests, and cost more than all else that observes them.
 */
export function createExpressInstrumentation(config: InstrumentationConfig = {}): ExpressInstrumentation {
  return new ExpressInstrumentation('@plutus/instrumentation-http/express', VERSION, config)
}

/** Instrumentation of express, made by `createExpressInstrumentation`. */
export class ExpressInstrumentation extends InstrumentationBase {
  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition(
      'express',
      SUPPORTED,
      (exports: unknown) => {
        quietly(() => this.patch(exports))
        return exports
      },
      (exports: unknown) => {
        quietly(() => this.unpatch(exports))
      },
    )
  }

  private patch(exports: unknown): void {
    const targets = targetsOf(exports)
    if (targets === undefined) return
    this.unpatch(exports)
    this._wrap(targets.router, 'use', (use) => rememberingUse(use, quietly))
    const handle = this.handle.bind(this)
    this._wrap(targets.layer, targets.method, (original) => {
      return function (this: unknown, req: unknown, res: unknown, next: unknown): unknown {
        return handle(this as Layer, original, req, res, next)
      }
    })
  }

  private unpatch(exports: unknown): void {
    const targets = targetsOf(exports)
    if (targets === undefined) return
    if (isWrapped(targets.router['use'])) this._unwrap(targets.router, 'use')
    if (isWrapped(targets.layer[targets.method])) this._unwrap(targets.layer, targets.method)
  }

  private handle(layer: Layer, original: AnyFunction, req: unknown, res: unknown, next: unknown): unknown {
    const fn = layer.handle
    // Hand-made responses that only the handlers understand: nothing tells when such a request ends.
    if (!isFunction(fn) || fn.length > 3 || !isExpressRequest(req) || !isFunction(next) || !isEmitter(res))
      return original.call(layer, req, res, next)
    coverRequest(req)
    const run = (next: AnyFunction): unknown => original.call(layer, req, res, next)
    const isRoute = layer.route !== undefined && layer.route !== null
    if (!isRoute && isRequestHandler(layer, req)) return run(next) // its route has the span
    if (!isRoute) quietly(() => rememberBase(req, layer))
    const active = context.active()
    if ((!isRoute && (isRouter(fn) || layer.name === MOUNTED)) || trace.getSpan(active) === undefined) return run(next)
    const call = { req, res, next }
    return isRoute ? this.runRoute(layer, call, active, run) : this.runMiddleware(layer, call, active, run)
  }

  private runRoute(layer: Layer, call: LayerCall, active: Context, run: (next: AnyFunction) => unknown): unknown {
    const { req } = call
    const route = routeOf(req)
    if (isReceived(req)) quietly(() => setHttpRoute(req, route))
    const attributes: Attributes = { 'http.route': route, 'express.name': route, 'express.type': 'request_handler' }
    // As upstream names it, from `router` 2.3 on, whose layers keep no path, too.
    const name = isFilled(layer.path) ? `request handler - ${route}` : 'request handler'
    return runInSpan(this.tracer.startSpan(name, { attributes }, active), active, call, run)
  }

  private runMiddleware(layer: Layer, call: LayerCall, active: Context, run: (next: AnyFunction) => unknown): unknown {
    const startTime = performance.timeOrigin + performance.now()
    return runWatched(call, run, (error) => {
      const name = typeof layer.name === 'string' ? layer.name : '<anonymous>'
      const attributes = { 'express.name': name, 'express.type': 'middleware' }
      const span = this.tracer.startSpan(`middleware - ${name}`, { attributes, startTime }, active)
      recordError(span, error)
      span.end()
    })
  }
}

interface Targets {
  readonly router: Record<string, AnyFunction>
  readonly layer: Record<string, AnyFunction>
  readonly method: string
}

/** What is changed: routers, and the class of their layers, which express does not export. */
function targetsOf(exports: unknown): Targets | undefined {
  const main = isObject(exports) && isFunction(exports['default']) ? exports['default'] : exports
  const create = (main as { Router?: unknown } | undefined)?.Router
  if (!isFunction(create)) return undefined
  const { prototype } = create as { prototype?: Record<string, AnyFunction> }
  const router = (isFunction(prototype?.['use']) ? prototype : create) as Record<string, AnyFunction>
  const probe = create() as { use(handler: AnyFunction): void; stack?: readonly object[] }
  probe.use(() => undefined)
  const made = probe.stack?.[0]
  const layer = made === undefined ? undefined : (Object.getPrototypeOf(made) as Record<string, AnyFunction>)
  const method = REQUEST_METHODS.find((name) => isFunction(layer?.[name]))
  return layer === undefined || method === undefined ? undefined : { router, layer, method }
}

function isFilled(path: unknown): boolean {
  return typeof path === 'string' && path !== ''
}

function isExpressRequest(req: unknown): req is Request {
  return isObject(req) && req['app'] !== undefined
}
