import { Stripe } from 'stripe'
import type { PaymentChange, PaymentStatus } from './payment.ts'
import type { StripeSettings } from './settings.ts'

/** What an error of the Stripe client means for the payment. */
export type StripeTrouble =
  | {
      readonly kind: 'declined'
      readonly code: string
      readonly message: string
      readonly intent: Stripe.PaymentIntent | undefined
    }
  /** The request was wrong; nothing was charged. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** Too many requests; nothing was charged. */
  | { readonly kind: 'busy' }
  /** Stripe does not let the service in. */
  | { readonly kind: 'forbidden' }
  /** No answer, or none that tells whether money moved. */
  | { readonly kind: 'unknown' }

/** Creates the Stripe client. */
export function createStripe({ secretKey, apiBase, account }: StripeSettings): Stripe {
  return new Stripe(secretKey, {
    maxNetworkRetries: 2,
    timeout: 10_000,
    ...(account === undefined ? {} : { stripeAccount: account }),
    ...(apiBase === undefined
      ? {}
      : {
          host: apiBase.hostname,
          port: apiBase.port || (apiBase.protocol === 'https:' ? 443 : 80),
          protocol: apiBase.protocol === 'https:' ? 'https' : 'http',
        }),
  })
}

/** Reads what an error of the Stripe client means; `undefined` if it is no such error. */
export function readTrouble(error: unknown): StripeTrouble | undefined {
  const { errors } = Stripe
  if (!(error instanceof errors.StripeError)) return undefined
  if (error instanceof errors.StripeCardError) {
    const code = error.decline_code ?? error.code ?? 'card_declined'
    return { kind: 'declined', code, message: error.message, intent: error.payment_intent }
  }
  if (error instanceof errors.StripeIdempotencyError) return { kind: 'unknown' }
  if (error instanceof errors.StripeInvalidRequestError) {
    return { kind: 'refused', code: error.code ?? 'invalid_request', message: error.message }
  }
  if (error instanceof errors.StripeRateLimitError) return { kind: 'busy' }
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError) {
    return { kind: 'forbidden' }
  }
  return { kind: 'unknown' }
}

/** Reads from a payment intent what became of the payment. */
export function changeOfIntent(intent: Stripe.PaymentIntent): PaymentChange {
  const declineCode = intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code
  return {
    status: statusOfIntent(intent),
    amountCaptured: intent.amount_received,
    declineCode: declineCode ?? undefined,
    stripePaymentIntent: intent.id,
  }
}

const STATUS_OF_INTENT: Readonly<Record<string, PaymentStatus>> = {
  canceled: 'canceled',
  requires_action: 'requires_action',
  requires_capture: 'authorized',
  succeeded: 'succeeded',
}

function statusOfIntent({ status, last_payment_error: error }: Stripe.PaymentIntent): PaymentStatus {
  return STATUS_OF_INTENT[status] ?? (error === null ? 'pending' : 'declined')
}
