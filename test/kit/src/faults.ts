import type { Signal } from './otlp-schema.ts'

/** What the receiver does instead of accepting; members combine. */
export interface Fault {
  /** HTTP status to answer with; 4xx and 5xx accept nothing. Over gRPC the code that OTLP pairs with it. */
  readonly status?: number
  /** gRPC code to answer with instead of the one that follows from `status`. */
  readonly grpcStatus?: number
  /** `Retry-After` in seconds, or an HTTP date as text; over gRPC a `RetryInfo` detail (seconds only). */
  readonly retryAfter?: number | string
  /** More response headers, HTTP only. */
  readonly headers?: Readonly<Record<string, string>>
  /** Response body instead of the OTLP one, HTTP only: what a proxy or a sign-in page would send. */
  readonly body?: string
  /** Milliseconds to wait, the body read, before accepting and answering. */
  readonly delayMillis?: number
  /** Reads the body and never answers; nothing is accepted. */
  readonly hang?: boolean
  /**
   * Cuts the connection: `before-body` at the headers, `mid-body` after the first bytes of the body,
   * `after-body` when everything is accepted but not yet answered, so that an honest sender sends it again.
   */
  readonly reset?: 'before-body' | 'mid-body' | 'after-body'
  /** Accepts everything but says in `partial_success` that this many items were refused. */
  readonly partialSuccess?: { readonly rejected: number; readonly message?: string }
}

/** What is known of a request when its headers have arrived. */
export interface IncomingExport {
  readonly signal: Signal
  readonly protocol: Protocol
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** How a request came: OTLP's own names for it. */
export type Protocol = 'http/protobuf' | 'http/json' | 'grpc'

/** Decides per request; `undefined` accepts. */
export type Responder = (request: IncomingExport) => Fault | undefined

// OTLP names the pairs for the codes that make a sender retry or stop; the rest follows google.rpc.
const GRPC_CODES: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 12, // UNIMPLEMENTED
  408: 4, // DEADLINE_EXCEEDED
  413: 8, // RESOURCE_EXHAUSTED
  415: 12,
  429: 8,
  500: 13, // INTERNAL
  501: 12,
  502: 14, // UNAVAILABLE
  503: 14,
  504: 14,
}
const GRPC_UNKNOWN = 2

/** The gRPC code that stands for an HTTP status. */
export function toGrpcCode(status: number): number {
  return status < 400 ? 0 : (GRPC_CODES[status] ?? GRPC_UNKNOWN)
}
