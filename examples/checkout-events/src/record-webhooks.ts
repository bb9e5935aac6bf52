import { business, security } from '@plutus/events'
import type { AppParts, Payments } from '@plutus/example-checkout'
import { PROVIDER, recordCompletion, recordRefund } from './payment-fields.ts'
import type { Outcome } from './payment-fields.ts'

type ReadWebhook = NonNullable<AppParts['readWebhook']>
type StripeEvent = Parameters<Payments['applyEvent']>[0]

/** How Stripe's words for the end of a payment read in the catalogue. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  'payment_intent.succeeded': 'succeeded',
  'payment_intent.payment_failed': 'failed',
  'payment_intent.canceled': 'canceled',
}

/** Tells which webhooks come with a signature that does not hold. */
export function recordWebhooks(read: ReadWebhook | undefined): ReadWebhook | undefined {
  if (read === undefined) return undefined
  return (body, signature) => {
    const event = read(body, signature)
    if (event === undefined) {
      security.webhookSignatureFailure({
        'webhook.provider': PROVIDER,
        'webhook.failure.reason': signature === '' ? 'no_header' : 'bad_signature',
        'resource.type': 'webhook',
      })
    }
    return event
  }
}

/** Tells which webhooks were taken in, and what they say of payments. */
export function recordWebhookEvents(apply: Payments['applyEvent']): Payments['applyEvent'] {
  return async (event) => {
    const isNew = await apply(event)
    business.webhookReceived({
      'webhook.provider': PROVIDER,
      'webhook.event.type': event.type,
      'webhook.event.id': event.id,
      'webhook.delivery.lag': Math.max(Date.now() / 1000 - event.created, 0),
      'webhook.duplicate': !isNew,
    })
    if (isNew) recordEnd(event)
    return isNew
  }
}

/** 3-D Secure ends a payment, and refunds are made, where no call of the service tells it. */
function recordEnd(event: StripeEvent): void {
  const outcome = OUTCOMES[event.type]
  if (outcome !== undefined && 'last_payment_error' in event.data.object) {
    const { metadata, amount, amount_received, currency, last_payment_error: trouble } = event.data.object
    const id = metadata['payment_id']
    if (id === undefined) return // a payment of another service on the same account
    const sum = { id, currency, amount: outcome === 'succeeded' ? amount_received : amount }
    recordCompletion(sum, outcome, { declineCode: trouble?.decline_code })
  } else if (event.type === 'charge.refunded') {
    const { metadata, amount_refunded: now, currency, captured } = event.data.object
    const before = event.data.previous_attributes?.amount_refunded
    const id = metadata['payment_id']
    // Letting go of what was never captured gives nothing back.
    if (id !== undefined && before !== undefined && captured) recordRefund({ id, currency, amount: now - before }, now)
  }
}
