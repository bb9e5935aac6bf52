import { deriveUlid, recordEvent } from '@plutus/events'
import type { Currency } from '@plutus/events'

/** Who moves the money. */
export const PROVIDER = 'stripe'

/** How a payment comes to its end, in the words of the catalogue. */
export type Outcome = 'succeeded' | 'failed' | 'canceled' | 'requires_action'

/** A sum of a payment, as the service and Stripe keep them. */
export interface Sum {
  readonly id: string
  /** Minor units. */
  readonly amount: number
  /** ISO 4217, in lower case. */
  readonly currency: string
}

/** What is known of the end of a payment. */
export interface Completion {
  readonly declineCode?: string | undefined
  /** Class or code of what went wrong. */
  readonly errorType?: string | undefined
  /** From the attempt to the end. */
  readonly seconds?: number | undefined
}

/** A sum as the fields of an event. The database holds what was checked; the event checks it once more. */
export function sumFields({ id, amount, currency }: Sum) {
  return { 'payment.id': id, 'payment.amount': amount, 'payment.currency': currency as Currency } as const
}

/**
 * Records how a payment ended.
 *
 * Stripe tells it twice, in its answer and by a webhook, perhaps to two processes: one id for both lets whoever
 * receives the records count one.
 */
export function recordCompletion(sum: Sum, outcome: Outcome, { declineCode, errorType, seconds }: Completion): void {
  recordEvent(
    'payment.completion',
    {
      ...sumFields(sum),
      'payment.status': outcome,
      'payment.provider': PROVIDER,
      ...(declineCode === undefined ? undefined : { 'payment.decline_code': declineCode }),
      ...(errorType === undefined ? undefined : { 'error.type': errorType }),
      ...(seconds === undefined ? undefined : { 'payment.duration': seconds }),
    },
    { uid: deriveUlid('payment.completion', sum.id, outcome) },
  )
}

/**
 * Records that money went back.
 *
 * @param refundedInAll is what the payment has given back by now: with its id it names this refund, so that call and
 * webhook tell one fact.
 */
export function recordRefund(sum: Sum, refundedInAll: number): void {
  recordEvent(
    'payment.refund',
    { ...sumFields(sum), 'payment.status': 'succeeded', 'payment.provider': PROVIDER },
    { uid: deriveUlid('payment.refund', sum.id, String(refundedInAll)) },
  )
}
