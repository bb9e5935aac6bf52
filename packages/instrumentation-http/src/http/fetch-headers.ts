import { context, propagation, trace } from '@opentelemetry/api'
import type { Span } from '@opentelemetry/api'
import { getCorrelationId } from '@plutus/events'
import { createHostCheck } from './correlation.ts'
import type { HttpOptions } from './options.ts'
import { askedHostOf } from './target.ts'

/** What the undici instrumentation hands to its hooks of a request. */
export interface FetchRequest {
  /** Scheme, host and port, or a URL object in some versions of undici. */
  readonly origin?: string | URL
  readonly path?: string
  readonly method?: string
  /** The `Host` header, if the application has set it. */
  readonly host?: string | null
  /** Names and values in turn, or the lines of a head in some versions of undici. */
  headers?: unknown
  addHeader?(name: string, value: string): unknown
}

/**
 * Makes the hook that gives requests of `fetch` and undici the correlation id, for the hosts on the list. One that the
 * application has set stays.
 *
 * What it has set of the headers by which the context goes on is taken away where others are added after this hook, since
 * two of a kind are none to who gets them.
 */
export function createFetchHeaders({
  correlationHeaders,
  correlationHosts,
}: Pick<HttpOptions, 'correlationHeaders' | 'correlationHosts'>): (request: FetchRequest, span: Span) => void {
  const mayCorrelate = createHostCheck(correlationHosts)
  const name = correlationHeaders[0]
  return (request, span) => {
    removeReplaced(request, span)
    const host = name === undefined || request.origin === undefined ? undefined : URL.parse(request.origin)?.hostname
    if (name === undefined || host === undefined) return
    const isAllowed = mayCorrelate(host) && mayCorrelate(askedHostOf(request.path ?? '/', host))
    const id = isAllowed ? getCorrelationId() : undefined
    if (id !== undefined && !hasHeader(request.headers, name)) request.addHeader?.(name, id)
  }
}

/** Takes away what the application has set and propagation sets too. */
function removeReplaced(request: FetchRequest, span: Span): void {
  const present = propagation.fields().filter((field) => hasHeader(request.headers, field.toLowerCase()))
  if (present.length === 0) return
  const injected: Record<string, string> = {}
  propagation.inject(trace.setSpan(context.active(), span), injected)
  const names = new Set(Object.keys(injected).map((name) => name.toLowerCase()))
  const { headers } = request
  if (typeof headers === 'string') {
    const lines = headers.split('\r\n')
    request.headers = lines.filter((line) => !names.has(line.split(':', 1).join('').toLowerCase())).join('\r\n')
  } else if (Array.isArray(headers)) {
    for (let at = headers.length - 2; at >= 0; at -= 2) {
      if (names.has(String(headers[at]).toLowerCase())) headers.splice(at, 2)
    }
  }
}

/** @param name in lower case. */
function hasHeader(headers: unknown, name: string): boolean {
  if (typeof headers === 'string') return `\r\n${headers.toLowerCase()}`.includes(`\r\n${name}:`)
  return Array.isArray(headers) && headers.some((part, index) => index % 2 === 0 && String(part).toLowerCase() === name)
}
