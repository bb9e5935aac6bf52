import { context } from '@opentelemetry/api'
import { deleteRPCMetadata } from '@opentelemetry/core'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import { guardWrapper, type GuardOptions, type Wrapper } from './guard-function.ts'
import { isReceived } from './http-route.ts'
import { isEmitter, isFunction, isObject, type AnyFunction } from './unknown.ts'

/** The members of upstream's base class and of its instrumentations that the guard replaces. */
interface Internals {
  _wrap: (target: object, name: string, wrapper: Wrapper) => unknown
  _patchMiddleware?: (route: string, middleware: AnyFunction) => unknown
  _patchUse?: (use: AnyFunction) => AnyFunction
  _patchConstructor?: (create: AnyFunction) => AnyFunction
  _patchApp?: (app: unknown) => void
  _wrapRegisterHandler?: (plugin: unknown) => void
}

type Fix = (internals: Internals) => void

// What is known of single instrumentations, by the last part of their name.
const PREPARE: Readonly<Record<string, Readonly<Record<string, GuardOptions>>>> = {
  express: {
    handle: { prepare: (args) => (isEmitter(args[1]) ? args : undefined), around: keepRoute, enter: keepNext },
  },
  http: {
    emit: { prepare: (args) => (args[0] !== 'request' || isRequestPair(args[1], args[2]) ? args : undefined) },
    request: { prepare: prepareClientCall },
    get: { prepare: prepareClientCall },
  },
  koa: { use: { prepare: (args) => (isFunction(args[0]) ? args : undefined) } },
}
const FIXES: Readonly<Record<string, Fix>> = { connect: fixConnect, hapi: fixHapi }

/**
 * Has an upstream instrumentation assume no more of its arguments than the library does, and returns it.
 *
 * Where it throws on what the library accepts (hand-made requests and responses, frozen options, sub-applications),
 * the library's function runs as if it were not there. To be called before the library is loaded; functions that are
 * already patched stay as they are.
 *
 * @example guardInstrumentation(new ExpressInstrumentation())
 */
export function guardInstrumentation<T extends Instrumentation>(instrumentation: T): T {
  const internals = instrumentation as unknown as Internals
  const name = instrumentation.instrumentationName.replace('@opentelemetry/instrumentation-', '')
  const wrap = internals._wrap
  internals._wrap = (target, method, wrapper) => wrap(target, method, guardWrapper(wrapper, PREPARE[name]?.[method]))
  FIXES[name]?.(internals)
  return instrumentation
}

/**
 * Connect takes objects with a `handle`, sub-applications and whole servers as middleware; upstream makes functions of
 * them that fail. So connect makes its own function of what it is given, and that one is instrumented.
 */
function fixConnect(internals: Internals): void {
  const patch = internals._patchMiddleware
  if (patch === undefined) return
  // Upstream's has neither the name nor the members of connect's own function.
  internals._patchConstructor = (create) =>
    new Proxy(create, {
      apply(target, receiver, args: unknown[]) {
        const app = Reflect.apply(target, receiver, args)
        internals._patchApp?.(app)
        return app
      },
    })
  internals._patchUse = (use) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const result = use.apply(this, args)
      const stack = isObject(this) ? this['stack'] : undefined
      const layer: unknown = Array.isArray(stack) ? stack.at(-1) : undefined
      if (isObject(layer) && isFunction(layer['handle'])) {
        const route = typeof args[0] === 'string' ? args[0] : ''
        layer['handle'] = guardMiddleware((original) => patch.call(internals, route, original), layer['handle'])
      }
      return result
    }
}

function guardMiddleware(wrapper: Wrapper, middleware: AnyFunction): unknown {
  const response = middleware.length === 4 ? 2 : 1
  const prepare = (args: unknown[]): unknown[] | undefined => (isEmitter(args[response]) ? args : undefined)
  return guardWrapper(wrapper, { prepare })(middleware, 'middleware')
}

/** Upstream wraps a plugin's `register` once more each time it is registered, without end where servers come and go. */
function fixHapi(internals: Internals): void {
  const wrapRegister = internals._wrapRegisterHandler
  if (wrapRegister === undefined) return
  const wrapped = new WeakSet<AnyFunction>()
  internals._wrapRegisterHandler = (plugin) => {
    if (!isObject(plugin) || !isFunction(plugin['register']) || wrapped.has(plugin['register'])) return
    wrapRegister.call(internals, plugin)
    wrapped.add(plugin['register'])
  }
}

function isRequestPair(request: unknown, response: unknown): boolean {
  return (
    isObject(request) &&
    isObject(request['headers']) &&
    isObject(request['socket']) &&
    isObject(response) &&
    isFunction(response['on'])
  )
}

/** Keeps the server span's route from requests that the application makes for itself, inside of one that was received. */
function keepRoute([request]: unknown[], call: () => unknown): unknown {
  return isReceived(request) ? call() : context.with(deleteRPCMetadata(context.active()), call)
}

/** Arguments of `http.request` that upstream would change on their way to Node. */
function prepareClientCall(args: unknown[]): unknown[] | undefined {
  const [target, options, ...rest] = args
  // An array of headers would become an object with the keys 0, 1, 2.
  if (hasHeaderArray(target) || hasHeaderArray(options)) return undefined
  // Credentials of a URL object would not be decoded; those of a text are.
  const input = target instanceof URL && (target.username + target.password).includes('%') ? target.href : target
  // Upstream makes one argument of URL and options, behind which Node finds no callback after `undefined`.
  return options === undefined && args.length > 1 ? [input, ...rest] : [input, ...args.slice(1)]
}

function hasHeaderArray(options: unknown): boolean {
  return isObject(options) && Array.isArray(options['headers'])
}

/** Express hands a handler the function that `req.next` holds; with the one that upstream makes of it that stays so. */
function keepNext([req, , next]: unknown[], made: unknown[]): unknown[] {
  const traced = made[2]
  if (!isObject(req) || !isFunction(traced) || traced === next || req['next'] !== next) return made
  const own = function (this: unknown, ...args: unknown[]): unknown {
    if (req['next'] === own) req['next'] = next
    return traced.apply(this, args)
  }
  req['next'] = own
  return [made[0], made[1], own, ...made.slice(3)]
}
