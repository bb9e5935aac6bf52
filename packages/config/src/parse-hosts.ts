import { isIpv6 } from './parse-trust-proxy.ts'

/** Which outbound hosts a pattern stands for. */
export interface HostPattern {
  /** Host name in lower case, as `URL.hostname` gives it; IPv6 addresses stand in brackets. */
  readonly host: string
  /** True for `*.host`: every name below `host` at any depth, but not `host` itself. */
  readonly subdomains: boolean
}

// One label after another, each of letters, digits, hyphens and underscores; the dots make it unambiguous, so linear.
const HOST_NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/
const MAX_HOST_LENGTH = 253

/** Reads `api.example.com` or `*.svc.local`; `undefined` if the text is neither. A bare `*` is neither. */
export function parseHostPattern(text: string): HostPattern | undefined {
  const lower = text.toLowerCase()
  const subdomains = lower.startsWith('*.')
  const host = subdomains ? lower.slice(2) : lower
  if (host.length > MAX_HOST_LENGTH) return undefined
  if (!subdomains && host.startsWith('[') && host.endsWith(']')) {
    return isIpv6(host.slice(1, -1)) ? { host: new URL(`http://${host}/`).hostname, subdomains } : undefined
  }
  return HOST_NAME.test(host) ? { host, subdomains } : undefined
}
