/** A host and its port, as a `Host` header or a socket tells them. */
export interface HostAndPort {
  readonly host: string
  readonly port: number | undefined
}

const MAX_HOST = 255
const MAX_PORT = 65_535
const PORT = /^\d{1,5}$/
// What RFC 3986 has stand beside a host, credentials among it, or nowhere.
const FOREIGN = /[\s@/\\?#]/

/**
 * Reads a `Host` header: `name`, `name:port`, `[v6]`, `[v6]:port`; `undefined` if it is empty, absurdly long or no host.
 */
export function parseHost(header: string | undefined): HostAndPort | undefined {
  if (header === undefined || header === '' || header.length > MAX_HOST || FOREIGN.test(header)) return undefined
  const bracket = header.startsWith('[') ? header.indexOf(']') : -1
  const colon = header.indexOf(':', bracket + 1)
  if (colon !== -1 && header.includes(':', colon + 1)) return undefined // an IPv6 address without brackets, or nothing
  const host = bracket > 0 ? header.slice(1, bracket) : colon === -1 ? header : header.slice(0, colon)
  const digits = colon === -1 ? '' : header.slice(colon + 1)
  return host === '' ? undefined : { host, port: PORT.test(digits) ? portOf(digits) : undefined }
}

/** A port as Node takes it, a number or its digits; `undefined` for anything else. */
export function portOf(value: unknown): number | undefined {
  const port = typeof value === 'string' && PORT.test(value) ? Number(value) : value
  return typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= MAX_PORT ? port : undefined
}
