import { getCorrelationId } from '@plutus/events'
import { createHostCheck } from './correlation.ts'
import type { HttpOptions } from './options.ts'

/** What the undici instrumentation hands to its hooks of a request. */
export interface FetchRequest {
  /** Scheme, host and port, or a URL object in some versions of undici. */
  readonly origin?: string | URL
  /** Names and values in turn, or the lines of a head in some versions of undici. */
  readonly headers?: unknown
  addHeader?(name: string, value: string): unknown
}

/**
 * Makes the hook that gives requests of `fetch` and undici the correlation id, for the hosts on the list. One that the
 * application has set stays.
 */
export function createFetchHeaders({
  correlationHeaders,
  correlationHosts,
}: Pick<HttpOptions, 'correlationHeaders' | 'correlationHosts'>): (request: FetchRequest) => void {
  const mayCorrelate = createHostCheck(correlationHosts)
  const name = correlationHeaders[0]
  return (request) => {
    if (name === undefined || request.origin === undefined || !URL.canParse(request.origin)) return
    const id = mayCorrelate(new URL(request.origin).hostname) ? getCorrelationId() : undefined
    if (id !== undefined && !hasHeader(request.headers, name)) request.addHeader?.(name, id)
  }
}

/** @param name in lower case. */
function hasHeader(headers: unknown, name: string): boolean {
  if (typeof headers === 'string') return `\r\n${headers.toLowerCase()}`.includes(`\r\n${name}:`)
  return Array.isArray(headers) && headers.some((part, index) => index % 2 === 0 && String(part).toLowerCase() === name)
}
