import type { Signal } from './settings.ts'

/** Speaks to one endpoint; makes no more than one attempt per call. */
export interface Transport {
  /** Starts sending one encoded request, whose parts are sent one after the other. */
  send(body: readonly Uint8Array[], signal: Signal): Attempt
}

/** One request under way. Nothing about it keeps the process alive, except what `hold` tells. */
export interface Attempt {
  /** Never rejects. One that accepts counts once the request is written; any other ends it at once. */
  readonly answer: Promise<Answer>
  /** What of it holds the process, although its sockets are unreferenced. */
  hold(): Hold
  /** Whether the system has taken the whole request, so that it arrives if there is somebody to take it. */
  isWritten(): boolean
  /** Whether memory of the request may still be read, although the attempt is over: not all of it was written by then. */
  isReading(): boolean
  /**
   * Looks whether the answer has come, where the event loop does not turn any more: `later` if it may come still,
   * `never` if nothing can be heard, as of what is encrypted, or of HTTP/2.
   */
  hear(): Answer | 'later' | 'never'
  /** How long the endpoint has had to answer, in milliseconds; time during which nobody here could have heard it is left out. */
  waitedMillis(): number
  /** Ends the attempt; `answer` then settles with `problem`. */
  abort(problem: 'aborted' | 'timeout'): void
}

/**
 * `request`: a connection or bytes that the system has not dealt with yet, which libuv counts as work. `lookup`: a
 * question to a name server.
 */
export type Hold = 'nothing' | 'request' | 'lookup'

/** How an attempt ended. */
export type Answer =
  | { readonly ok: true; readonly body: Uint8Array }
  | {
      readonly ok: false
      readonly problem: Problem
      /** Whether the same request may be accepted later. */
      readonly retryable: boolean
      /** Whether parts of the request may be accepted where the whole is not. */
      readonly divisible?: Divisibility
      /** How long the endpoint asks to be left alone. */
      readonly retryAfterMillis?: number
      /** HTTP status, gRPC status name or system error code: nothing that the endpoint could have chosen freely. */
      readonly detail?: string
    }

/** Which parts of a request may be accepted where the whole is not: `to-fit` those that are small enough, `once` any. */
export type Divisibility = 'once' | 'to-fit'

/** What went wrong, as far as it matters for what to do and what to tell. */
export type Problem =
  | 'aborted'
  | 'busy'
  | 'certificate'
  | 'credentials'
  | 'missing'
  | 'protocol'
  | 'record-too-large'
  | 'refused'
  | 'timeout'
  | 'too-large'
  | 'unreachable'

// Network errors that a later attempt may not meet.
const TRANSIENT = new Set([
  'EACCES', // a firewall's answer, as EPERM
  'EADDRNOTAVAIL',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EMFILE', // no more sockets, in this process or, as ENFILE, on the machine
  'ENETDOWN',
  'ENETUNREACH',
  'ENFILE',
  'ENOBUFS',
  'ENOENT',
  'ENOTFOUND',
  'EPERM',
  'EPIPE',
  'ERR_ACCESS_DENIED', // --permission without --allow-net
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_STREAM_CANCEL',
  'ERR_HTTP2_STREAM_ERROR',
  'ETIMEDOUT',
])

/** Turns an error of a socket, of TLS or of a parser into an answer. */
export function answerToError(error: unknown): Answer {
  const code = codeOf(error)
  if (code === undefined) return { ok: false, problem: 'unreachable', retryable: true }
  if (TRANSIENT.has(code)) return { ok: false, problem: 'unreachable', retryable: true, detail: code }
  if (/CERT|SIGNED|ALTNAME|ISSUER|VERIFY/.test(code)) {
    return { ok: false, problem: 'certificate', retryable: true, detail: code }
  }
  // Not what the other side speaks: HPE_* from the HTTP parser, EPROTO and ERR_SSL_* from OpenSSL, ERR_HTTP2_*.
  return { ok: false, problem: 'protocol', retryable: false, detail: code }
}

/** Turns an HTTP status other than 2xx into an answer, by the rules of OTLP. */
export function answerToStatus(status: number, retryAfter: string | undefined): Answer {
  const detail = String(status)
  switch (status) {
    case 401:
    case 403:
      return { ok: false, problem: 'credentials', retryable: false, detail }
    case 404:
    case 405:
      return { ok: false, problem: 'missing', retryable: false, detail }
    case 400:
      return { ok: false, problem: 'refused', retryable: false, divisible: 'once', detail }
    case 413:
      return { ok: false, problem: 'too-large', retryable: false, divisible: 'to-fit', detail }
    case 429:
    case 502:
    case 503:
    case 504: {
      const retryAfterMillis = parseRetryAfter(retryAfter)
      const busy = { ok: false, problem: 'busy', retryable: true, detail } as const
      return retryAfterMillis === undefined ? busy : { ...busy, retryAfterMillis }
    }
    default:
      return { ok: false, problem: 'refused', retryable: false, detail }
  }
}

// Longest wait that an endpoint can ask for: a mistake in its configuration must not silence a service for a day.
const MAX_RETRY_AFTER_MILLIS = 300_000

/** Reads a `Retry-After` header, seconds or an HTTP date (RFC 9110, section 10.2.3), as milliseconds from now. */
export function parseRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return boundRetryAfter(/^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now())
}

/** Keeps a wait that an endpoint asked for below 5 minutes; no wait at all leaves it to the usual back-off. */
export function boundRetryAfter(millis: number): number | undefined {
  return millis > 0 ? Math.min(millis, MAX_RETRY_AFTER_MILLIS) : undefined
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  // Happy eyeballs: one error per address, and they nearly always agree.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  // An HTTP/2 stream that ends because its connection failed.
  if (code === 'ERR_HTTP2_STREAM_CANCEL' && 'cause' in error) return codeOf(error.cause) ?? code
  return code
}
