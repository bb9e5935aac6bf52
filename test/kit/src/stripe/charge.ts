import type Stripe from 'stripe'
import type { Account } from './account.ts'
import { book } from './balance.ts'
import { LIST_PARAMS } from './collection.ts'
import { createId, randomText } from './ids.ts'
import { pathPart } from './operation.ts'
import type { Operation } from './operation.ts'
import { readWord } from './params.ts'
import { testCardOf } from './payment-method.ts'
import type { CardDecline } from './test-cards.ts'

/** Adds the charge that an attempt to pay leaves behind; without `decline` it is authorised. */
export function addCharge(
  account: Account,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  decline?: CardDecline,
): Stripe.Charge {
  const approved = decline === undefined
  return account.charges.add({
    id: createId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: 'PLUTUS TEST',
    captured: false,
    created: account.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: account.livemode,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: outcomeOf(method, decline),
    paid: approved,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { card: cardDetails(intent, method, approved), type: 'card' },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: approved ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: null,
  })
}

/** Takes `amount` of an authorised charge. */
export function captureCharge(account: Account, charge: Stripe.Charge, amount: number): void {
  charge.captured = true
  charge.amount_captured = amount
  charge.balance_transaction = book(account, 'charge', {
    amount,
    currency: charge.currency,
    source: charge.id,
    description: charge.description,
  }).id
}

/** `/v1/charges`, for reading: payments are made by payment intents. */
export const CHARGE_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: '/v1/charges/{id}',
    accepts: [],
    run: (call) => call.account.charges.get(pathPart(call, 'id')),
  },
  {
    method: 'GET',
    path: '/v1/charges',
    accepts: [...LIST_PARAMS, 'customer', 'payment_intent', 'transfer_group'],
    run: ({ account, params }) => {
      const customer = readWord(params, 'customer')
      const intent = readWord(params, 'payment_intent')
      return account.charges.list(
        params,
        (charge) =>
          (customer === undefined || charge.customer === customer) &&
          (intent === undefined || charge.payment_intent === intent),
      )
    },
  },
]

function outcomeOf(method: Stripe.PaymentMethod, decline: CardDecline | undefined): Stripe.Charge.Outcome {
  const { outcome } = testCardOf(method)
  const risk = outcome.kind === 'approve' && outcome.risk === 'elevated' ? 'elevated' : 'normal'
  const advice = { advice_code: null, network_advice_code: null, network_decline_code: null }
  if (decline === undefined) {
    return {
      ...advice,
      network_status: 'approved_by_network',
      reason: risk === 'elevated' ? 'elevated_risk_level' : null,
      risk_level: risk,
      risk_score: risk === 'elevated' ? 68 : 12,
      seller_message: 'Payment complete.',
      type: 'authorized',
    }
  }
  if (decline.blocked === true) {
    return {
      ...advice,
      network_status: 'not_sent_to_network',
      reason: 'highest_risk_level',
      risk_level: 'highest',
      risk_score: 92,
      seller_message: 'Stripe blocked this payment as too risky.',
      type: 'blocked',
    }
  }
  return {
    ...advice,
    network_status: 'declined_by_network',
    reason: decline.declineCode,
    risk_level: risk,
    risk_score: 12,
    seller_message: 'The bank did not return any further details with this decline.',
    type: 'issuer_declined',
  }
}

function cardDetails(
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  approved: boolean,
): Stripe.Charge.PaymentMethodDetails.Card {
  const { card } = method
  if (card === undefined) throw new Error(`Payment method ${method.id} is not a card`)
  return {
    amount_authorized: approved ? intent.amount : null,
    authorization_code: approved ? randomText(6) : null,
    brand: card.brand,
    checks: card.checks,
    country: card.country,
    electronic_commerce_indicator: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    funding: card.funding,
    installments: null,
    last4: card.last4,
    mandate: null,
    network: card.brand,
    network_transaction_id: null,
    regulated_status: card.regulated_status,
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  }
}
