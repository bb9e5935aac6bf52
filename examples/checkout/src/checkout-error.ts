/** A refusal that the caller is told about: an HTTP status, a stable code and a sentence. */
export class CheckoutError extends Error {
  readonly status: number
  readonly code: string
  /** Further members of the answer, such as the payment that was declined. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'CheckoutError'
    this.status = status
    this.code = code
    this.details = details
  }
}
