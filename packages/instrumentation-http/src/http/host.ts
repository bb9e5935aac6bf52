/** A host and its port, as a `Host` header or a socket tells them. */
export interface HostAndPort {
  readonly host: string
  readonly port: number | undefined
}

const MAX_HOST = 255
const PORT = /^\d{1,5}$/

/** Reads a `Host` header: `name`, `name:port`, `[v6]`, `[v6]:port`; `undefined` if it is empty or absurdly long. */
export function parseHost(header: string | undefined): HostAndPort | undefined {
  if (header === undefined || header === '' || header.length > MAX_HOST) return undefined
  const bracket = header.startsWith('[') ? header.indexOf(']') : -1
  const colon = header.indexOf(':', bracket + 1)
  const host = bracket > 0 ? header.slice(1, bracket) : colon === -1 ? header : header.slice(0, colon)
  const digits = colon === -1 ? '' : header.slice(colon + 1)
  return host === '' ? undefined : { host, port: PORT.test(digits) ? Number(digits) : undefined }
}
