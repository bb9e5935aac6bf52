import { cloneFields, readOptions } from './copy-fields.ts'
import { errorTypeOf } from './error-type.ts'
import { measure } from './measure.ts'
import type { Outcome } from './measure.ts'
import type { Fields } from './scope.ts'
import { recordEvent } from './typed-logger.ts'

/** State of a circuit breaker, in the words of the pattern. */
export type CircuitBreakerState = 'closed' | 'open' | 'half_open'

/** What a watched call may say of itself while it runs. */
export interface ExternalCall {
  /** Counts one more try, `retry.count`. */
  retried(): void
  /** Status code of the answer, `http.response.status_code`; from 400 on the call counts as failed. */
  status(code: number): void
  /** State of the circuit breaker, `circuit_breaker.state`. */
  circuitBreaker(state: CircuitBreakerState): void
}

/** What is known of a call before it starts. */
export interface ExternalCallOptions {
  /** `http.request.method`. */
  readonly method?: string
  /** `url.template`, such as `/v1/rates/{currency}`; never a URL with values. */
  readonly template?: string
  /** Fields of the event, beyond its own. */
  readonly fields?: Readonly<Fields>
}

/** Runs a call of another service and records it as `external.call`; what `technical.externalCall` does with a function. */
export function watchExternalCall<T>(peer: string, fn: (call: ExternalCall) => T, options?: ExternalCallOptions): T {
  const seen: Fields = { 'retry.count': 0 }
  let retries = 0
  let lastStatus: unknown
  const call: ExternalCall = {
    retried: () => {
      seen['retry.count'] = ++retries
    },
    status: (code) => {
      seen['http.response.status_code'] = code
      lastStatus = code
    },
    circuitBreaker: (state) => {
      seen['circuit_breaker.state'] = state
    },
  }
  return measure(
    () => fn(call),
    (outcome) => {
      const error = errorOf(outcome, lastStatus)
      const { method, template, fields } = readOptions(options)
      recordEvent('external.call', {
        ...(fields && cloneFields(fields)),
        'service.peer.name': peer,
        ...(method !== undefined && { 'http.request.method': method }),
        ...(template !== undefined && { 'url.template': template }),
        ...seen,
        ...(error !== undefined && { 'error.type': error }),
        'external.duration': outcome.seconds,
        'event.outcome': error === undefined ? 'success' : 'failure',
      })
    },
  )
}

/** `error.type` of a call that failed: what was thrown, else a status that OpenTelemetry counts as an error of a client. */
function errorOf(outcome: Outcome, status: unknown): string | undefined {
  if (outcome.failed) return errorTypeOf(outcome.thrown)
  return typeof status === 'number' && status >= 400 ? String(status) : undefined
}
