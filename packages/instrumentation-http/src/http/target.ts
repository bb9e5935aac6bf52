import type { Attributes } from '@opentelemetry/api'
import { parseHost } from './host.ts'

type Scheme = 'http' | 'https'

/** A request as its client is about to send it. */
export interface SentRequest {
  readonly method: string
  readonly scheme: Scheme
  /** What stands in the request line, or as `:path`. */
  readonly path: string
  /** The `Host` header or `:authority`, if the request has one. */
  readonly authority: string | undefined
  /** Host that the client was told, and the port that it sends to. */
  readonly host: string
  readonly port: number | undefined
  /** Path of the socket that it sends to, where that is none of the network. */
  readonly socketPath?: string | undefined
}

/** What a request asks for, and of whom: `server.address`, `server.port`, `url.full`. */
export interface Target {
  readonly address: string
  readonly port: number | undefined
  readonly url: string
}

const MAX_TEXT = 4_096
// A request to a proxy has the whole URL as its path. Before the authority, credentials up to the last @ in it: each
// class can match in one way up to that, so linear.
const ABSOLUTE = /^(https?):\/\/(?:[^/?#]*@)?([^/?#]*)/i
const DEFAULT_PORTS = { http: 80, https: 443 } as const

/** The host that a request asks a proxy for, else the one that it is sent to; empty where that cannot be told. */
export function askedHostOf(path: string, host: string): string {
  if (path.startsWith('/') || !ABSOLUTE.test(path)) return host
  return URL.parse(path)?.hostname ?? ''
}

/**
 * Tells what a request is sent to, as the conventions have it: the authority in the path of a request to a proxy, else
 * that of its `Host` header or `:authority`. Of what that leaves out, or where it is no host, what the client was told
 * stands.
 *
 * Over a Unix socket, where nothing but Node's `localhost` names the server, the path of the socket does; it has no port.
 *
 * @example targetOf({ method: 'GET', scheme: 'http', path: '/pay', authority: 'shop.test', host: '::1', port: 8080 })
 * // { address: 'shop.test', port: 8080, url: 'http://shop.test:8080/pay' }
 */
export function targetOf(request: SentRequest): Target {
  const { method, scheme, path, socketPath } = request
  if (!path.startsWith('/')) {
    const written = method === 'CONNECT' ? readTunnel(scheme, path) : readAbsolute(path, request)
    if (written !== undefined) return written
  }
  const { address, port, origin } = serverOf(request)
  const rest = path.startsWith('/') ? path : path === '*' || method === 'CONNECT' ? '' : `/${path}`
  const url = cut(origin + rest)
  if (socketPath === undefined || address !== 'localhost') return { address, port, url }
  return { address: socketPath, port: undefined, url }
}

interface Server extends Omit<Target, 'url'> {
  /** How a URL begins that names it. */
  readonly origin: string
}

// Most requests go where the last one went.
let last: { readonly request: SentRequest; readonly server: Server } | undefined

function serverOf(request: SentRequest): Server {
  if (last !== undefined && isSameServer(last.request, request)) return last.server
  const { scheme, authority, host, port, socketPath } = request
  const asked = parseHost(authority)
  const address = asked?.host ?? host
  const used = asked?.port ?? (socketPath === undefined ? (port ?? DEFAULT_PORTS[scheme]) : undefined)
  const server = { address, port: used, origin: writeOrigin(scheme, address, used) }
  last = { request, server }
  return server
}

function isSameServer(a: SentRequest, b: SentRequest): boolean {
  return (
    a.authority === b.authority &&
    a.host === b.host &&
    a.port === b.port &&
    a.scheme === b.scheme &&
    a.socketPath === b.socketPath
  )
}

/** The target of a `CONNECT`, whose path is an authority. */
function readTunnel(scheme: Scheme, path: string): Target | undefined {
  const asked = parseHost(path)
  return asked && { address: asked.host, port: asked.port, url: writeOrigin(scheme, asked.host, asked.port) }
}

function readAbsolute(path: string, { host, port }: SentRequest): Target | undefined {
  const [start, name = '', authority = ''] = ABSOLUTE.exec(path) ?? []
  if (start === undefined) return undefined
  const scheme = name.toLowerCase() === 'https' ? 'https' : 'http'
  const rest = path.slice(start.length)
  const asked = parseHost(authority)
  if (asked === undefined) return { address: host, port, url: cut(`${scheme}://${authority}${rest}`) }
  const known = asked.port ?? DEFAULT_PORTS[scheme]
  return { address: asked.host, port: known, url: cut(writeOrigin(scheme, asked.host, known) + rest) }
}

/**
 * Path and query of the target that a server was sent. It may be a whole URL, as proxies get it; that of a tunnel is an
 * authority, which has neither.
 */
export function splitTarget(method: string, target = ''): { readonly path: string; readonly query: string } {
  if (method === 'CONNECT' && !target.startsWith('/')) return { path: '', query: '' }
  const start = target.startsWith('/') ? 0 : (ABSOLUTE.exec(target)?.[0].length ?? 0)
  const end = start + MAX_TEXT
  const question = target.indexOf('?', start)
  if (question === -1 || question >= end) return { path: target.slice(start, end) || '/', query: '' }
  return { path: target.slice(start, question) || '/', query: target.slice(question + 1, end) }
}

/** Adds whom a request is sent to. */
export function addServer(attributes: Attributes, { address, port }: Omit<Target, 'url'>): void {
  attributes['server.address'] = address
  if (port !== undefined) attributes['server.port'] = port
}

function writeOrigin(scheme: Scheme, address: string, port: number | undefined): string {
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address
  const isDefault = port === undefined || port === DEFAULT_PORTS[scheme]
  return `${scheme}://${host}${isDefault ? '' : `:${port}`}`
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text
}
