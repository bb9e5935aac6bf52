import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

/** What a server observer reads of an inbound request, whichever version of HTTP it came by. */
export interface InboundRequest {
  /** By lower-case name; `host` is there also where HTTP/2 says `:authority`. */
  readonly headers: IncomingHttpHeaders
  readonly method?: string | undefined
  /** The target as it was sent: path and query. */
  readonly url?: string | undefined
  /** `1.0`, `1.1` or `2`. */
  readonly httpVersion: string
}

/** What is read of the socket that a request came by. */
export interface InboundSocket {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
  readonly encrypted?: boolean | undefined
}

/** What is read of a response when it is over. */
export interface InboundResponse {
  readonly headersSent: boolean
  readonly statusCode: number
  getHeaders(): OutgoingHttpHeaders
}
