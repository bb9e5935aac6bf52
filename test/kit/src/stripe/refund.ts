import type Stripe from 'stripe'
import type { Account } from './account.ts'
import { book } from './balance.ts'
import { LIST_PARAMS } from './collection.ts'
import { refuse } from './fault.ts'
import type { FormObject } from './form.ts'
import { createId } from './ids.ts'
import { pathPart } from './operation.ts'
import type { Call, Operation } from './operation.ts'
import { readInteger, readMetadata, readOneOf, readWord } from './params.ts'

const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const

const CREATE_PARAMS = [
  'amount',
  'charge',
  'currency',
  'customer',
  'instructions_email',
  'metadata',
  'origin',
  'payment_intent',
  'reason',
  'refund_application_fee',
  'reverse_transfer',
] as const satisfies readonly (keyof Stripe.RefundCreateParams)[]

/** `/v1/refunds`. */
export const REFUND_OPERATIONS: readonly Operation[] = [
  {
    method: 'POST',
    path: '/v1/refunds',
    accepts: CREATE_PARAMS,
    run: createRefund,
  },
  {
    method: 'GET',
    path: '/v1/refunds',
    accepts: [...LIST_PARAMS, 'charge', 'payment_intent'],
    run: ({ account, params }) => {
      const charge = readWord(params, 'charge')
      const intent = readWord(params, 'payment_intent')
      return account.refunds.list(
        params,
        (refund) =>
          (charge === undefined || refund.charge === charge) &&
          (intent === undefined || refund.payment_intent === intent),
      )
    },
  },
  {
    method: 'GET',
    path: '/v1/refunds/{id}',
    accepts: [],
    run: (call) => call.account.refunds.get(pathPart(call, 'id')),
  },
  {
    method: 'POST',
    path: '/v1/refunds/{id}',
    accepts: ['metadata'],
    run: (call) => {
      const refund = call.account.refunds.get(pathPart(call, 'id'))
      refund.metadata = readMetadata(call.params, refund.metadata ?? {})
      call.account.record('refund.updated', refund, call.origin)
      return refund
    },
  },
]

function createRefund({ account, params, origin }: Call): Stripe.Refund {
  const charge = chargeToRefund(account, params)
  if (charge.refunded) {
    throw refuse(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  }
  const left = charge.amount_captured - charge.amount_refunded
  const amount = readInteger(params, 'amount', 1) ?? left
  if (amount > left) {
    throw refuse(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, { param: 'amount' })
  }
  const id = createId('re')
  const refund: Stripe.Refund = {
    id,
    object: 'refund',
    amount,
    balance_transaction: book(account, 'refund', {
      amount: -amount,
      currency: charge.currency,
      source: id,
      description: 'REFUND FOR CHARGE',
    }).id,
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: { card: { type: 'refund' }, type: 'card' },
    metadata: readMetadata(params),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: readOneOf(params, 'reason', REASONS) ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  }
  account.refunds.add(refund)
  const previous = { amount_refunded: charge.amount_refunded, refunded: charge.refunded }
  charge.amount_refunded += amount
  charge.refunded = charge.amount_refunded === charge.amount_captured
  account.record('refund.created', refund, origin)
  account.record('charge.refunded', charge, origin, previous)
  return refund
}

function chargeToRefund(account: Account, params: FormObject): Stripe.Charge {
  const chargeId = readWord(params, 'charge')
  const intentId = readWord(params, 'payment_intent')
  if (chargeId !== undefined) return captured(account.charges.refer(chargeId, 'charge'))
  if (intentId === undefined) {
    throw refuse('One of the following params should be provided for this request: payment_intent or charge.')
  }
  const { latest_charge: latest } = account.paymentIntents.refer(intentId, 'payment_intent')
  const charge = typeof latest === 'string' ? account.charges.find(latest) : undefined
  if (charge === undefined || charge.status !== 'succeeded') {
    throw refuse(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
      param: 'payment_intent',
    })
  }
  return captured(charge)
}

function captured(charge: Stripe.Charge): Stripe.Charge {
  if (charge.status === 'succeeded' && (charge.captured || charge.refunded)) return charge
  throw refuse(`Charge ${charge.id} has not been captured and cannot be refunded.`, { code: 'charge_not_refundable' })
}
