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
import { quietly } from './quietly.ts'
import { recordError } from './record-error.ts'
import { isEmitter, isFunction, isObject, type AnyFunction } from './unknown.ts'
import { VERSION } from './version.ts'

const SUPPORTED = ['>=1.0.0 <3']
// The names changed with 2.0.
const REQUEST_METHODS = ['handleRequest', 'handle_request']
const ERROR_METHODS = ['handleError', 'handle_error']
// Upstream's express instrumentation keeps its own list of matched paths under this name.
const EXPRESS_PATHS = '__ot_middlewares'

interface Layer {
  readonly handle?: unknown
  readonly method?: unknown
  readonly route?: unknown
  readonly rawPath?: unknown
}

interface Request {
  readonly baseUrl?: unknown
  readonly route?: { readonly path?: unknown; readonly stack?: unknown }
  readonly [EXPRESS_PATHS]?: unknown
  next?: unknown
}

interface Emitter {
  once(event: string, listener: () => void): unknown
  removeListener(event: string, listener: () => void): unknown
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
    this._wrap(prototype, 'use', (use) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        const before = stackOf(this).length
        const result = use.apply(this, args)
        quietly(() => rememberMounts(stackOf(this).slice(before), args[0]))
        return result
      }
    })
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
    if (layer.route !== undefined || isWrapped(fn) || Array.isArray(req[EXPRESS_PATHS])) return run(next)
    // Hand-made responses that only the handlers understand: nothing tells when such a request ends.
    if (trace.getSpan(active) === undefined || !isEmitter(res)) return run(next)
    const span = this.startSpan(layer, fn, req, active)
    return this.runInSpan(span, active, { req, res }, next, run)
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

  private runInSpan(
    span: Span,
    active: Context,
    { req, res }: { readonly req: Request; readonly res: Emitter },
    next: AnyFunction,
    run: (next: unknown) => unknown,
  ): unknown {
    let ended = false
    const end = (): void => {
      if (ended) return
      ended = true
      span.end()
    }
    const parent = trace.getSpan(active)
    const tracedNext = function (this: unknown, ...args: unknown[]): unknown {
      quietly(() => {
        if (!ended && isError(args[0])) recordError(span, args[0])
        end()
        res.removeListener('close', end)
      })
      quietly(() => replaceNext(req, tracedNext, next))
      // What the handler put into the context stays there; only its span is over.
      const after = parent === undefined ? context.active() : trace.setSpan(context.active(), parent)
      return context.with(after, () => next.apply(this, args))
    }
    // A handler finds the same function in its request, where express itself takes it from.
    quietly(() => replaceNext(req, next, tracedNext))
    try {
      return context.with(trace.setSpan(active, span), () => run(tracedNext))
    } finally {
      if (!ended) quietly(() => void res.once('close', end))
    }
  }
}

function replaceNext(req: Request, from: AnyFunction, to: AnyFunction): void {
  if (req.next === from) req.next = to
}

// The path that each mounted router was given, for the releases whose layers do not keep it themselves (below 2.3).
const mountPaths = new WeakMap<object, unknown>()
// Per request: what it has matched so far, from the base URL with values to the one with patterns.
const basePatterns = new WeakMap<object, Map<string, string>>()

function prototypeOf(exports: unknown): Record<string, AnyFunction> | undefined {
  const prototype = isObject(exports) ? exports['prototype'] : undefined
  return isObject(prototype) ? (prototype as Record<string, AnyFunction>) : undefined
}

function stackOf(router: unknown): readonly unknown[] {
  const stack = isObject(router) ? router['stack'] : undefined
  return Array.isArray(stack) ? stack : []
}

function isRouter(fn: AnyFunction): boolean {
  return Array.isArray((fn as unknown as { stack?: unknown }).stack)
}

function rememberMounts(layers: readonly unknown[], path: unknown): void {
  if (typeof path !== 'string') return
  for (const layer of layers) if (isObject(layer)) mountPaths.set(layer, path)
}

/** Notes the pattern of the base URL that the router behind this layer sees. */
function rememberBase(req: Request, layer: Layer): void {
  const { baseUrl } = req
  if (typeof baseUrl !== 'string' || baseUrl === '') return
  const patterns = basePatterns.get(req) ?? new Map<string, string>()
  basePatterns.set(req, patterns)
  let parent = ''
  for (const known of patterns.keys()) {
    if (known.length > parent.length && baseUrl.startsWith(`${known}/`)) parent = known
  }
  const mounted = layer.rawPath ?? mountPaths.get(layer)
  const own = typeof mounted === 'string' ? trimSlashes(mounted) : baseUrl.slice(parent.length)
  patterns.set(baseUrl, `${patterns.get(parent) ?? ''}${own}`)
}

function trimSlashes(path: string): string {
  const end = path.endsWith('/') ? path.length - 1 : path.length
  return path.startsWith('/') ? path.slice(0, end) : `/${path.slice(0, end)}`
}

/** The layers of a route are handlers; only `all` leaves out the method. */
function isRequestHandler(layer: Layer, req: Request): boolean {
  return typeof layer.method === 'string' || stackOf(req.route).includes(layer)
}

function routeOf(req: Request): string {
  const base = typeof req.baseUrl === 'string' ? req.baseUrl : ''
  const path = req.route?.path
  const pattern = describePath(path)
  return `${basePatterns.get(req)?.get(base) ?? base}${pattern === '/' && base !== '' ? '' : pattern}` || '/'
}

/** A path, a pattern, or several of both. */
function describePath(path: unknown): string {
  if (Array.isArray(path)) return path.map(describePath).join(',')
  return typeof path === 'string' ? path : path instanceof RegExp ? path.toString() : ''
}

/** `next('route')` and `next('router')` are directions, not errors. */
function isError(value: unknown): boolean {
  return Boolean(value) && value !== 'route' && value !== 'router'
}
