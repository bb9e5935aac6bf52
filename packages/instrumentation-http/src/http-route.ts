import { context } from '@opentelemetry/api'
import { getRPCMetadata, RPCType, type RPCMetadata } from '@opentelemetry/core'
import { isObject } from './unknown.ts'

// A handler may call another app in process (`app.inject`, `app.request`), inside the context of the request
// that the server received. The request that came first owns the server span's route. Its owner hangs on the metadata
// itself: the values of a long-lived `WeakMap` outlive every collection of young objects, until old ones are collected.
const OWNER = Symbol('plutus.http.route.owner')

type OwnedMetadata = RPCMetadata & { [OWNER]?: object }

function ownedMetadata(): OwnedMetadata | undefined {
  return getRPCMetadata(context.active())
}

/**
 * Claims the server span of the active context for `request`, before anything it calls can claim it.
 *
 * The claim holds as long as the server span; a later request in the same context gets none.
 */
export function claimServerSpan(request: object): void {
  const metadata = ownedMetadata()
  if (metadata !== undefined) metadata[OWNER] ??= request
}

/**
 * Sets the route pattern that the HTTP server instrumentation puts on its span and metrics as `http.route`.
 *
 * Does nothing without a server span, and nothing when another request owns that span.
 *
 * @param route pattern as the framework knows it, `/users/:id`; never a path with values.
 */
export function setHttpRoute(request: object, route: string): void {
  const metadata = ownedMetadata()
  if (metadata?.type !== RPCType.HTTP) return
  metadata[OWNER] ??= request
  if (metadata[OWNER] === request) metadata.route = route
}

/**
 * Tells whether a server received this request, over a socket of its own or as a stream of HTTP/2.
 *
 * What tests and adapters make by hand, and frameworks call themselves with, has another or no socket.
 */
export function isReceived(request: unknown): boolean {
  if (!isObject(request)) return false
  const { socket } = request
  return 'stream' in request || (isObject(socket) && socket['server'] !== undefined && socket['server'] !== null)
}
