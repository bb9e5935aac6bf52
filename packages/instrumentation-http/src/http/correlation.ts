import type { IncomingHttpHeaders } from 'node:http'
import type { HostPattern } from '@plutus/config'
import { createCorrelationId, isCorrelationId } from '@plutus/events'

/**
 * The correlation id of an inbound request: the first of the ranked headers that holds a valid one, else a new one.
 *
 * @param refused is called for each header that holds something else; a header sent twice is refused, since Node
 * joins its values.
 */
export function readCorrelationId(
  headers: IncomingHttpHeaders,
  ranked: readonly string[],
  refused: () => void,
): string {
  for (const name of ranked) {
    const value = headers[name]
    if (value === undefined) continue
    if (isCorrelationId(value)) return value
    refused()
  }
  return createCorrelationId()
}

/** Makes the check whether an outbound host may get the correlation id. An IPv6 address may stand in brackets or not. */
export function createHostCheck(patterns: readonly HostPattern[]): (host: string | undefined) => boolean {
  if (patterns.length === 0) return () => false
  const exact = new Set(patterns.filter(({ subdomains }) => !subdomains).map(({ host }) => host))
  const suffixes = patterns.filter(({ subdomains }) => subdomains).map(({ host }) => `.${host}`)
  return (host) => {
    if (host === undefined) return false
    const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host.toLowerCase()
    return exact.has(name) || suffixes.some((suffix) => name.length > suffix.length && name.endsWith(suffix))
  }
}
