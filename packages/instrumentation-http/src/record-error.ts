import { SpanStatusCode, type Span } from '@opentelemetry/api'
import { isObject } from './unknown.ts'

const ATTR_ERROR_TYPE = 'error.type'

/**
 * Records on a handler's span what the handler threw, rejected with or handed on.
 *
 * The span becomes an error unless what was thrown stands for an answer of the 4xx class (`statusCode` or `status`
 * from 400 to 499): the semantic conventions count those as the client's mistake, not the server's.
 */
export function recordError(span: Span, thrown: unknown): void {
  recordException(span, thrown)
  if (isClientError(thrown)) return
  span.setAttribute(ATTR_ERROR_TYPE, errorType(thrown))
  const message = messageOf(thrown)
  span.setStatus(message === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message })
}

/** Adds the exception event alone, for a span whose outcome somebody else decides. */
export function recordException(span: Span, thrown: unknown): void {
  if (thrown instanceof Error) span.recordException(thrown)
  else span.recordException({ name: errorType(thrown), message: messageOf(thrown) ?? typeof thrown })
}

function isClientError(thrown: unknown): boolean {
  if (!isObject(thrown)) return false
  const status = thrown['statusCode'] ?? thrown['status']
  return typeof status === 'number' && status >= 400 && status < 500
}

function errorType(thrown: unknown): string {
  if (isObject(thrown) && typeof thrown['name'] === 'string' && thrown['name'] !== '') return thrown['name']
  return thrown instanceof Error ? 'Error' : '_OTHER'
}

function messageOf(thrown: unknown): string | undefined {
  if (typeof thrown === 'string') return thrown
  return isObject(thrown) && typeof thrown['message'] === 'string' ? thrown['message'] : undefined
}
