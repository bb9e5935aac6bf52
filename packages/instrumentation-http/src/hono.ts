import { context, trace, type Span } from '@opentelemetry/api'
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
  type InstrumentationConfig,
} from '@opentelemetry/instrumentation'
import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions'
import { claimServerSpan, setHttpRoute } from './http-route.ts'
import { quietly } from './quietly.ts'
import { recordError } from './record-error.ts'
import { replaceExport } from './replace-export.ts'
import { isFunction, isObject, type AnyFunction } from './unknown.ts'
import { VERSION } from './version.ts'

const SUPPORTED = ['>=4.0.0 <5']
// Each preset exports a `Hono` of its own, with another router.
const PRESETS = ['quick', 'tiny'].flatMap((preset) => [
  `hono/dist/preset/${preset}.js`,
  `hono/dist/cjs/preset/${preset}.js`,
])
// Hono's own mark on a handler that it wrapped to give a sub-app its own error handler.
const COMPOSED_HANDLER = '__COMPOSED_HANDLER'

const ANY_PATH: ReadonlySet<string> = new Set(['*', '/*'])

/** What hono's router keeps per route: the handler, and the route as the application wrote it. */
type RouterEntry = readonly [handler: AnyFunction, route: unknown, ...rest: unknown[]]

// What is registered stays wrapped, and acts only while the instrumentation is enabled.
const keep = (exports: unknown): unknown => exports

/** What is known of a handler when it is registered. */
interface Registered {
  readonly path: string
  readonly isMiddleware: boolean
  readonly spanName: string
  readonly attributes: Record<string, string>
}

/**
 * Creates the instrumentation of hono 4, on any server.
 *
 * The exported class stays the same class, with a constructor that gives each router instance an `add` which wraps
 * the handlers it is given; `app.routes` keeps the application's own functions. A handler gets a span and sets the
 * route, a middleware (a handler that takes `next`) gets a span; both only where a span is active.
 */
export function createHonoInstrumentation(config: InstrumentationConfig = {}): HonoInstrumentation {
  return new HonoInstrumentation('@plutus/instrumentation-http/hono', VERSION, config)
}

/** Instrumentation of hono, made by `createHonoInstrumentation`. */
export class HonoInstrumentation extends InstrumentationBase {
  protected override init(): InstrumentationNodeModuleDefinition {
    const patch = (exports: unknown): unknown => this.patchExports(exports)
    const files = PRESETS.map((file) => new InstrumentationNodeModuleFile(file, SUPPORTED, patch, keep))
    return new InstrumentationNodeModuleDefinition('hono', SUPPORTED, patch, keep, files)
  }

  private patchExports(exports: unknown): unknown {
    if (!isObject(exports) || !isFunction(exports['Hono']) || tracedClasses.has(exports['Hono'])) return exports
    const traced = new Proxy(exports['Hono'], {
      construct: (target, args, newTarget) => {
        const app = Reflect.construct(target, args, newTarget) as { router?: unknown }
        quietly(() => this.patchRouter(app.router))
        return app
      },
    })
    tracedClasses.add(traced)
    return replaceExport(exports, 'Hono', traced)
  }

  private patchRouter(router: unknown): void {
    if (!isObject(router) || !isFunction(router['add']) || tracedRouters.has(router)) return
    tracedRouters.add(router)
    const add = router['add']
    const wrapEntry = (path: unknown, entry: unknown): unknown => this.wrapEntry(path, entry)
    Object.defineProperty(router, 'add', {
      configurable: true,
      writable: true,
      value(this: unknown, method: unknown, path: unknown, entry: unknown) {
        return add.call(this, method, path, wrapEntry(path, entry))
      },
    })
  }

  private wrapEntry(path: unknown, entry: unknown): unknown {
    if (typeof path !== 'string' || !isRouterEntry(entry)) return entry
    const [handler, ...rest] = entry
    return [this.wrapHandler(handler, describe(path, handler)), ...rest]
  }

  private wrapHandler(handler: AnyFunction, registered: Registered): AnyFunction {
    const start = (c: unknown): Span | undefined => this.startSpan(c, registered)
    return function traced(this: unknown, c: unknown, next: unknown): unknown {
      const span = start(c)
      if (span === undefined) return handler.call(this, c, next)
      const end = (outcome: Outcome): void => quietly(() => endSpan(span, c, registered, outcome))
      let result: unknown
      try {
        result = context.with(trace.setSpan(context.active(), span), () => handler.call(this, c, next))
      } catch (error) {
        end({ error })
        throw error
      }
      // The promise itself goes back to hono, with the same timing and with hono as the one who handles a rejection.
      if (result instanceof Promise) {
        const onError = (error: unknown): void => end({ error })
        result.then((answer: unknown) => end({ answer }), onError)
      } else end({ answer: result })
      return result
    }
  }

  private startSpan(c: unknown, registered: Registered): Span | undefined {
    if (!this.isEnabled() || trace.getActiveSpan() === undefined) return undefined
    quietly(() => {
      const request = rawRequest(c)
      if (request === undefined) return
      claimServerSpan(request)
      if (!registered.isMiddleware) setHttpRoute(request, registered.path)
    })
    return this.tracer.startSpan(registered.spanName, { attributes: registered.attributes })
  }
}

type Outcome = { readonly answer: unknown } | { readonly error: unknown }

const tracedClasses = new WeakSet<object>()
const tracedRouters = new WeakSet<object>()

function isRouterEntry(entry: unknown): entry is RouterEntry {
  return Array.isArray(entry) && isFunction(entry[0])
}

function describe(path: string, handler: AnyFunction): Registered {
  const isMiddleware = takesNext(handler)
  const name = isMiddleware ? originalHandler(handler).name || 'anonymous' : path
  return isMiddleware
    ? {
        path,
        isMiddleware,
        spanName: `middleware - ${name}`,
        attributes: { 'hono.type': 'middleware', 'hono.name': name },
      }
    : {
        path,
        isMiddleware,
        spanName: `request handler - ${path}`,
        attributes: { 'hono.type': 'request_handler', 'hono.name': path, [ATTR_HTTP_ROUTE]: path },
      }
}

/** Hono tells handler from middleware the same way when it lists routes. */
function takesNext(handler: AnyFunction): boolean {
  return originalHandler(handler).length > 1
}

function originalHandler(handler: AnyFunction): AnyFunction {
  let current = handler
  for (let depth = 0; depth < 20; depth++) {
    const inner = (current as unknown as Record<string, unknown>)[COMPOSED_HANDLER]
    if (!isFunction(inner)) break
    current = inner
  }
  return current
}

function endSpan(span: Span, c: unknown, registered: Registered, outcome: Outcome): void {
  if ('error' in outcome) recordError(span, outcome.error)
  if (registered.isMiddleware && ('error' in outcome || isResponse(outcome.answer))) {
    // It answered in place of the handler, which would have set the route.
    const request = rawRequest(c)
    const route = handlerPath(c) ?? registered.path
    if (request !== undefined && !ANY_PATH.has(route)) setHttpRoute(request, route)
  }
  span.end()
}

// Not `instanceof`, since servers bring responses of their own, and nothing that makes them build a real one.
// What `next` returns, and some middleware hands on, is hono's context, which has no `ok`.
function isResponse(answer: unknown): boolean {
  return isObject(answer) && 'ok' in answer
}

/** Path of the last matched route that is a handler. */
function handlerPath(c: unknown): string | undefined {
  const request = isObject(c) ? c['req'] : undefined
  const routes = isObject(request) ? request['matchedRoutes'] : undefined
  if (!Array.isArray(routes)) return undefined
  const route = routes.findLast(
    (route: unknown) => isObject(route) && isFunction(route['handler']) && !takesNext(route['handler']),
  ) as { path?: unknown } | undefined
  return typeof route?.path === 'string' ? route.path : undefined
}

function rawRequest(c: unknown): object | undefined {
  const request = isObject(c) ? c['req'] : undefined
  const raw = isObject(request) ? request['raw'] : undefined
  return isObject(raw) ? raw : undefined
}
