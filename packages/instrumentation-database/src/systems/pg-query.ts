import { context } from '@opentelemetry/api'
import { isMethod, mimic } from '../method.ts'
import type { Method } from '../method.ts'
import type { Operation } from '../operation.ts'
import { countRows } from './pg-rows.ts'

// pg's client tells a query object its outcome by calling `handleError` or `handleReadyForQuery` on it, whatever the
// style of the query: callback, promise, events, cursor, stream.

const OPERATION = Symbol('operation')

interface Handlers {
  handleError: unknown
  handleReadyForQuery: unknown
}
interface Query extends Handlers {
  /** Of the library's own class. */
  readonly _canceledDueToError?: unknown
  readonly _results?: unknown
  [OPERATION]?: Followed | undefined
}
interface Followed {
  readonly operation: Operation
  /** The outcome goes to code of the application, which is to find the context that it called from. */
  readonly keepsContext: boolean
}

/** The query that a client has taken on last, if it can be seen. */
export function newestQuery(client: unknown): unknown {
  const { _queryQueue, _sentQueryQueue, _activeQuery } = client as Record<string, unknown>
  if (Array.isArray(_queryQueue)) {
    if (_queryQueue.length > 0) return _queryQueue.at(-1)
    return (Array.isArray(_sentQueryQueue) ? _sentQueryQueue.at(-1) : undefined) ?? _activeQuery ?? undefined
  }
  // The names in older clients; in newer ones, getters that warn.
  const { queryQueue, activeQuery } = client as Record<string, unknown>
  return (Array.isArray(queryQueue) ? queryQueue.at(-1) : undefined) ?? activeQuery ?? undefined
}

/** Ends the operation with the outcome of a query that the library has made; false if it cannot be followed. */
export function followOwnQuery(query: unknown, operation: Operation, keepsContext: boolean): boolean {
  const target = query as Query
  const prototype = Object.getPrototypeOf(target) as Handlers
  if (!prepared.has(prototype) && !prepare(prototype)) return false
  target[OPERATION] = { operation, keepsContext }
  return true
}

const prepared = new WeakSet()

/** Replaces the handlers of the library's class, once. */
function prepare(prototype: Handlers): boolean {
  const { handleError, handleReadyForQuery } = prototype
  if (!isMethod(handleError) || !isMethod(handleReadyForQuery)) return false
  prepared.add(prototype)
  prototype.handleError = mimic(function (this: unknown, ...args: unknown[]): unknown {
    return callHandler(this as Query, settleWithError, handleError, args)
  }, handleError)
  prototype.handleReadyForQuery = mimic(function (this: unknown, ...args: unknown[]): unknown {
    return callHandler(this as Query, settleWithResults, handleReadyForQuery, args)
  }, handleReadyForQuery)
  return true
}

type Settle = (query: Query, operation: Operation, args: unknown[]) => boolean

function callHandler(query: Query, settle: Settle, original: Method, args: unknown[]): unknown {
  const followed = query[OPERATION]
  if (followed === undefined) return original.apply(query, args)
  const { operation, keepsContext } = followed
  if (settle(query, operation, args)) query[OPERATION] = undefined
  return keepsContext ? context.with(operation.parent, () => original.apply(query, args)) : original.apply(query, args)
}

function settleWithError(query: Query, operation: Operation, [error]: unknown[]): boolean {
  operation.fail(query._canceledDueToError || error)
  return true
}

/** A row that could not be parsed fails the query only now, by way of `handleError`. */
function settleWithResults(query: Query, operation: Operation): boolean {
  if (query._canceledDueToError) return false
  operation.succeed(countRows(query._results))
  return true
}

/** Ends the operation with the outcome of the application's own query object; false if it cannot be followed. */
export function followQuery(query: object, operation: Operation): boolean {
  const target = query as Query
  const { handleError, handleReadyForQuery } = target
  if (!isMethod(handleError) || !isMethod(handleReadyForQuery) || !Object.isExtensible(target)) return false
  const restores: (() => void)[] = []
  const handlerOf =
    (settle: Settle, original: Method) =>
    (...args: unknown[]): unknown => {
      if (settle(target, operation, args)) for (const restore of restores.splice(0)) restore()
      return context.with(operation.parent, () => original.apply(target, args))
    }
  restores.push(
    replace(target, 'handleError', handlerOf(settleWithError, handleError)),
    replace(target, 'handleReadyForQuery', handlerOf(settleWithResults, handleReadyForQuery)),
  )
  return true
}

/** Replaces a method on one object, inherited or own, and returns what puts it back. */
function replace(target: Handlers, name: keyof Handlers, replacement: Method): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name)
  Object.defineProperty(target, name, {
    configurable: true,
    enumerable: own?.enumerable ?? false,
    writable: true,
    value: replacement,
  })
  return () => {
    if (target[name] !== replacement) return
    if (own === undefined) Reflect.deleteProperty(target, name)
    else Object.defineProperty(target, name, own)
  }
}
