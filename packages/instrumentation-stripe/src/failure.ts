import { memberOf, numberOf, textOf } from './unknown.ts'

/** What is known of a call that failed. Every text is a word of the provider's, never a message: those quote input. */
export interface PaymentFailure {
  /** `error.type`: class of the error, or code of the connection's. */
  readonly type: string
  /** HTTP status, if the provider answered. */
  readonly statusCode?: number | undefined
  /** The provider's kind of error: `card_error`. */
  readonly providerType?: string | undefined
  /** The provider's code: `card_declined`. */
  readonly code?: string | undefined
  /** Why the issuer declined: `insufficient_funds`. */
  readonly declineCode?: string | undefined
  readonly requestId?: string | undefined
  /** Whether nobody knows what became of the request: no answer, a failure of the provider's, a conflict with itself. */
  readonly isUnknown: boolean
}

// Words that may become labels: anything else, such as a text that somebody put in a code's place, is left out.
const WORD = /^[A-Za-z0-9_.-]{1,64}$/

/** A text if it is a single word, fit to be an attribute. */
export function wordOf(value: unknown, key: PropertyKey): string | undefined {
  const text = textOf(value, key)
  return text !== undefined && WORD.test(text) ? text : undefined
}

/** Reads an error of Stripe's library. */
export function readStripeError(error: unknown): PaymentFailure {
  const statusCode = numberOf(error, 'statusCode')
  const providerType = wordOf(error, 'rawType')
  const isConnection = memberOf(error, 'type') === 'StripeConnectionError'
  // What happened to the connection tells more than the class that the library wraps it in.
  const cause = isConnection ? wordOf(memberOf(error, 'detail'), 'code') : undefined
  return {
    type: cause ?? wordOf(error, 'type') ?? wordOf(error, 'code') ?? wordOf(error, 'name') ?? '_OTHER',
    statusCode,
    providerType,
    code: wordOf(error, 'code'),
    declineCode: wordOf(error, 'decline_code'),
    requestId: wordOf(error, 'requestId'),
    isUnknown: isUnknownOutcome(statusCode, providerType),
  }
}

/** Whether an answer leaves open what was done: none, one of 5xx, or a conflict of idempotency. */
export function isUnknownOutcome(statusCode: number | undefined, providerType?: string): boolean {
  return (
    statusCode === undefined ||
    statusCode < 300 ||
    statusCode >= 500 ||
    statusCode === 409 ||
    providerType === 'idempotency_error'
  )
}
