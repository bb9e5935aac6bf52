import { context, trace, type Context, type Span } from '@opentelemetry/api'
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
  isWrapped,
  type InstrumentationConfig,
} from '@opentelemetry/instrumentation'
import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions'
import { isReceived, setHttpRoute } from './http-route.ts'
import {
  isCovered,
  isRequestHandler,
  isRouter,
  prototypeOf,
  rememberBase,
  rememberingUse,
  REQUEST_METHODS,
  routeOf,
} from './layer-route.ts'
import type { Layer, RoutedRequest } from './layer-route.ts'
import { runInSpan } from './layer-span.ts'
import { quietly } from './quietly.ts'
import { isEmitter, isFunction, isObject, type AnyFunction } from './unknown.ts'
import { VERSION } from './version.ts'

const SUPPORTED = ['>=1.0.0 <3']
// The names changed with 2.0.
const ERROR_METHODS = ['handleError', 'handle_error']
// Upstream's express instrumentation keeps its own list of matched paths under this name.
const EXPRESS_PATHS = '__ot_middlewares'

interface Request extends RoutedRequest {
  readonly [EXPRESS_PATHS]?: unknown
}

/**
 * Creates the instrumentation of `router` 1 and 2, the package below express 5 and of services without a framework.
 *
 * In place of upstream's, which throws on responses without listeners, sets no route on the server span and makes a
 * second span of everything that the express instrumentation has covered.
 */
export function createRouterInstrumentation(config: InstrumentationConfig = {}): RouterInstrumentation {
  return new RouterInstrumentation('@plutus/instrumentation-http/router', VERSION, config)
}

/** Instrumentation of `router`, made by `createRouterInstrumentation`. */
export class RouterInstrumentation extends InstrumentationBase {
  protected override init(): InstrumentationNodeModuleDefinition {
    const layer = new InstrumentationNodeModuleFile(
      'router/lib/layer.js',
      SUPPORTED,
      (exports: unknown) => this.patchLayer(exports),
      (exports: unknown) => this.unpatch(exports, [...REQUEST_METHODS, ...ERROR_METHODS]),
    )
    return new InstrumentationNodeModuleDefinition(
      'router',
      SUPPORTED,
      (exports: unknown) => this.patchRouter(exports),
      (exports: unknown) => this.unpatch(exports, ['use']),
      [layer],
    )
  }

  private patchRouter(exports: unknown): unknown {
    const prototype = prototypeOf(exports)
    if (prototype === undefined || !isFunction(prototype['use'])) return exports
    this._wrap(prototype, 'use', (use) => rememberingUse(use, quietly))
    return exports
  }

  private patchLayer(exports: unknown): unknown {
    const prototype = prototypeOf(exports)
    if (prototype === undefined) return exports
    const handle = this.handle.bind(this)
    for (const name of REQUEST_METHODS.filter((name) => isFunction(prototype[name]))) {
      this._wrap(prototype, name, (original) => {
        return function (this: unknown, ...args: unknown[]): unknown {
          const [req, res, next] = args
          return handle(this as Layer, req, res, next, (next) => original.call(this, req, res, next))
        }
      })
    }
    for (const name of ERROR_METHODS.filter((name) => isFunction(prototype[name]))) {
      this._wrap(prototype, name, (original) => {
        return function (this: unknown, ...args: unknown[]): unknown {
          const layer = this as Layer
          const [error, req, res, next] = args
          if (!isFunction(layer.handle) || layer.handle.length !== 4) return original.apply(this, args)
          return handle(layer, req, res, next, (next) => original.call(this, error, req, res, next), 4)
        }
      })
    }
    return exports
  }

  private unpatch(exports: unknown, names: readonly string[]): void {
    const prototype = prototypeOf(exports)
    if (prototype === undefined) return
    for (const name of names) if (isWrapped(prototype[name])) this._unwrap(prototype, name)
  }

  /** Runs one layer; `arity` is the number of arguments that its handler may declare. */
  private handle(
    layer: Layer,
    req: unknown,
    res: unknown,
    next: unknown,
    run: (next: unknown) => unknown,
    arity = 3,
  ): unknown {
    const active = context.active()
    const fn = layer.handle
    if (!isFunction(fn) || !isObject(req) || !isFunction(next) || fn.length > arity) return run(next)
    if (isRouter(fn)) {
      quietly(() => rememberBase(req, layer))
      return run(next)
    }
    // A route's own layer, which calls the layers of its handlers; and what another instrumentation has covered.
    if (layer.route !== undefined || isWrapped(fn) || Array.isArray(req[EXPRESS_PATHS]) || isCovered(req))
      return run(next)
    // Hand-made responses that only the handlers understand: nothing tells when such a request ends.
    if (trace.getSpan(active) === undefined || !isEmitter(res)) return run(next)
    return runInSpan(this.startSpan(layer, fn, req, active), active, { req, res, next }, run)
  }

  private startSpan(layer: Layer, fn: AnyFunction, req: Request, active: Context): Span {
    const route = isRequestHandler(layer, req) ? routeOf(req) : undefined
    if (route === undefined) {
      const name = fn.name || '<anonymous>'
      return this.tracer.startSpan(
        `middleware - ${name}`,
        { attributes: { 'router.type': 'middleware', 'router.name': name } },
        active,
      )
    }
    quietly(() => {
      if (isReceived(req)) setHttpRoute(req, route)
    })
    const attributes = {
      'router.type': 'request_handler',
      'router.name': fn.name || '<anonymous>',
      [ATTR_HTTP_ROUTE]: route,
    }
    return this.tracer.startSpan(`request handler - ${route}`, { attributes }, active)
  }
}
