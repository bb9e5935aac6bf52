import { isObject, type AnyFunction } from './unknown.ts'

// What a router of `router` or express knows of the pattern by which a request came to a layer.

/** A layer of a router: a path and what handles it. */
export interface Layer {
  readonly handle?: unknown
  readonly name?: unknown
  readonly method?: unknown
  readonly route?: unknown
  readonly rawPath?: unknown
  /** The part of the URL that it matched last. */
  readonly path?: unknown
}

/** What a request holds while layers handle it. */
export interface RoutedRequest {
  readonly baseUrl?: unknown
  readonly route?: { readonly path?: unknown; readonly stack?: unknown }
  next?: unknown
  [BASES]?: Map<string, string>
  [COVERED]?: true
}

/** Names of the method by which a layer handles a request; they changed with router 2. */
export const REQUEST_METHODS: readonly string[] = ['handleRequest', 'handle_request']

// The path that each mounted router was given, for the releases whose layers do not keep it themselves (below 2.3).
const mountPaths = new WeakMap<object, unknown>()
// Per request: what it has matched so far, from the base URL with values to the one with patterns.
const BASES = Symbol('plutus.http.route.bases')
const COVERED = Symbol('plutus.http.route.covered')

/** Says that the express instrumentation covers the layers of a request. */
export function coverRequest(req: RoutedRequest): void {
  req[COVERED] ??= true
}

/** Whether it does, so that no other has to. */
export function isCovered(req: RoutedRequest): boolean {
  return req[COVERED] === true
}

/** The prototype of an exported class, or of what stands for one. */
export function prototypeOf(exports: unknown): Record<string, AnyFunction> | undefined {
  const prototype = isObject(exports) ? exports['prototype'] : undefined
  return isObject(prototype) ? (prototype as Record<string, AnyFunction>) : undefined
}

/** The layers of a router or route. */
export function stackOf(router: unknown): readonly unknown[] {
  const stack = isObject(router) ? router['stack'] : undefined
  return Array.isArray(stack) ? stack : []
}

/** Whether a handler is a router with layers of its own. */
export function isRouter(fn: AnyFunction): boolean {
  return Array.isArray((fn as unknown as { stack?: unknown }).stack)
}

/** Makes a `use` that remembers the path of what it mounts. */
export function rememberingUse(use: AnyFunction, quietly: (record: () => void) => void): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const before = stackOf(this).length
    const result = use.apply(this, args)
    quietly(() => rememberMounts(stackOf(this).slice(before), args[0]))
    return result
  }
}

function rememberMounts(layers: readonly unknown[], path: unknown): void {
  if (typeof path !== 'string') return
  for (const layer of layers) if (isObject(layer)) mountPaths.set(layer, path)
}

/** Notes the pattern of the base URL that what stands behind this layer sees. */
export function rememberBase(req: RoutedRequest, layer: Layer): void {
  const { baseUrl } = req
  if (typeof baseUrl !== 'string' || baseUrl === '') return
  const mounted = layer.rawPath ?? mountPaths.get(layer)
  if (mounted === '/') return // the base is that of the router around it
  const patterns = (req[BASES] ??= new Map<string, string>())
  let parent = ''
  for (const known of patterns.keys()) {
    if (known.length > parent.length && baseUrl.startsWith(`${known}/`)) parent = known
  }
  const own = typeof mounted === 'string' ? trimSlashes(mounted) : baseUrl.slice(parent.length)
  patterns.set(baseUrl, `${patterns.get(parent) ?? ''}${own}`)
}

function trimSlashes(path: string): string {
  const end = path.endsWith('/') ? path.length - 1 : path.length
  return path.startsWith('/') ? path.slice(0, end) : `/${path.slice(0, end)}`
}

/** The layers of a route are handlers; only `all` leaves out the method. */
export function isRequestHandler(layer: Layer, req: RoutedRequest): boolean {
  return typeof layer.method === 'string' || stackOf(req.route).includes(layer)
}

/** The whole pattern of the route that a request has come to. */
export function routeOf(req: RoutedRequest): string {
  const base = typeof req.baseUrl === 'string' ? req.baseUrl : ''
  const path = req.route?.path
  const pattern = describePath(path)
  return `${req[BASES]?.get(base) ?? base}${pattern === '/' && base !== '' ? '' : pattern}` || '/'
}

/** A path, a pattern, or several of both. */
function describePath(path: unknown): string {
  if (Array.isArray(path)) return path.map(describePath).join(',')
  return typeof path === 'string' ? path : path instanceof RegExp ? path.toString() : ''
}
