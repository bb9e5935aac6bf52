/** What an error answer of Stripe's API says, beside its status. */
export interface StripeErrorFields {
  /** The four that Stripe documents; its libraries tell 401, 403 and 429 by their status. */
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'
  readonly message: string
  readonly code?: string
  readonly decline_code?: string
  readonly param?: string
  readonly charge?: string
  /** Objects that Stripe repeats inside the error: the payment intent, the payment method. */
  readonly [object: string]: unknown
}

/** An answer that is an error: thrown by a handler, sent by the server in Stripe's form. */
export class StripeFault extends Error {
  readonly status: number
  readonly fields: StripeErrorFields
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, fields: StripeErrorFields, headers: Readonly<Record<string, string>> = {}) {
    super(fields.message)
    this.name = 'StripeFault'
    this.status = status
    this.fields = fields
    this.headers = headers
  }
}

/** Creates the answer to a request that the API refuses for what it says. */
export function refuse(
  message: string,
  fields: Partial<Omit<StripeErrorFields, 'message' | 'type'>> = {},
  status = 400,
): StripeFault {
  return new StripeFault(status, { type: 'invalid_request_error', message, ...fields })
}

const BY_STATUS: Readonly<Record<number, StripeErrorFields>> = {
  400: { type: 'invalid_request_error', message: 'The request was refused.' },
  401: { type: 'invalid_request_error', message: 'Invalid API Key provided.' },
  402: {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'generic_decline',
    message: 'Your card was declined.',
  },
  403: { type: 'invalid_request_error', message: 'The provided key does not have the required permissions.' },
  404: { type: 'invalid_request_error', code: 'resource_missing', message: 'No such resource.' },
  409: {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: 'There is currently another in-progress request using this Idempotent Key.',
  },
  429: {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message: 'Request rate limit exceeded.',
    doc_url: 'https://docs.stripe.com/error-codes/rate-limit',
  },
}

const API_ERROR: StripeErrorFields = {
  type: 'api_error',
  message: 'An unknown error occurred. If the problem persists, contact support with the request id.',
}

/** Creates the error that Stripe's API usually sends with `status`. */
export function faultOfStatus(
  status: number,
  fields: Partial<StripeErrorFields> = {},
  headers: Readonly<Record<string, string>> = {},
): StripeFault {
  const usual = BY_STATUS[status] ?? API_ERROR
  return new StripeFault(status, { ...usual, ...fields }, status === 429 ? { 'Retry-After': '1', ...headers } : headers)
}
