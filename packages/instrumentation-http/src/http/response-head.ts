import type { InboundResponse } from './inbound.ts'
import { readHead } from './stored-head.ts'

/** What Node keeps of a head that `writeHead` wrote down at once: `getHeaders` does not know those headers. */
interface StoredHead {
  readonly _header?: unknown
  readonly _contentLength?: unknown
}

/** Headers of a response that is over, by lower-case name. */
export function readResponseHeaders(response: InboundResponse): Readonly<Record<string, unknown>> {
  const known = response.getHeaders()
  const head = (response as StoredHead)._header
  if (typeof head !== 'string') return known
  return { ...known, ...readHead(head) }
}

/** Size of a response body in bytes, where its head tells it. */
export function readResponseSize(response: InboundResponse): number | undefined {
  const stored = (response as StoredHead)._contentLength
  const size = typeof stored === 'number' ? stored : Number(response.getHeaders()['content-length'] ?? Number.NaN)
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined
}
