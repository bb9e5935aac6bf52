import { CATALOGUE } from '@plutus/conventions'
import { describe, expect, it } from 'vitest'
import { readFacts } from './stripe-facts.ts'

const SUM = { amount: 500, currency: 'eur' }
const INTENT = {
  object: 'payment_intent',
  id: 'pi_1',
  ...SUM,
  payment_method_types: ['card'],
  last_payment_error: null,
}
const CHARGE = { object: 'charge', id: 'ch_1', ...SUM, payment_intent: null, captured: true, amount_captured: 500 }
const SUBSCRIPTION = {
  object: 'subscription',
  id: 'sub_1',
  status: 'active',
  currency: 'eur',
  customer: { id: 'cus_1', email: 'payer@example.com' },
  items: { data: [{ quantity: 3, price: { id: 'price_1', unit_amount: 250 } }] },
}
const INVOICE = { object: 'invoice', id: 'in_1', amount_paid: 500, amount_due: 700, currency: 'eur', customer: 'cus_1' }
const definitions = new Map(CATALOGUE.map((event) => [event.name, event]))

type Case = readonly [what: string, trigger: string, object: Record<string, unknown>, expected: readonly unknown[]]
const CASES: readonly Case[] = [
  [
    'a payment that was made',
    'payment_intent.created',
    { ...INTENT, status: 'requires_confirmation' },
    [['payment.attempt', undefined, 500]],
  ],
  [
    'a payment that waits for its payer',
    'payment_intent.requires_action',
    { ...INTENT, status: 'requires_action' },
    [['payment.completion', 'requires_action', 500]],
  ],
  ['a payment that is under way', 'payment_intents.confirm', { ...INTENT, status: 'processing' }, []],
  ['a payment that was read', 'payment_intents.retrieve', { ...INTENT, status: 'succeeded' }, []],
  ['a payment that was described anew', 'payment_intents.update', { ...INTENT, status: 'succeeded' }, []],
  [
    'a payment that succeeded',
    'payment_intent.succeeded',
    { ...INTENT, status: 'succeeded', amount_received: 450 },
    [['payment.completion', 'succeeded', 450]],
  ],
  [
    'a payment that was canceled',
    'payment_intents.cancel',
    { ...INTENT, status: 'canceled' },
    [['payment.completion', 'canceled', 500]],
  ],
  [
    'a payment that was declined',
    'payment_intent.payment_failed',
    {
      ...INTENT,
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code: 'lost_card', charge: 'ch_1' },
    },
    [['payment.completion', 'failed', 500]],
  ],
  [
    'a held payment that was declined',
    'payment_intent.payment_failed',
    {
      ...INTENT,
      capture_method: 'manual',
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined' },
    },
    [
      ['payment.authorization', 'failed', 500],
      ['payment.completion', 'failed', 500],
    ],
  ],
  [
    'a new payment without a card',
    'payment_intents.create',
    { ...INTENT, status: 'requires_payment_method' },
    [['payment.attempt', undefined, 500]],
  ],
  ['a charge of a payment', 'charge.succeeded', { ...CHARGE, payment_intent: 'pi_1', status: 'succeeded' }, []],
  [
    'a charge on its own',
    'charge.succeeded',
    { ...CHARGE, status: 'succeeded' },
    [['payment.completion', 'succeeded', 500]],
  ],
  [
    'a held charge on its own',
    'charges.create',
    { ...CHARGE, captured: false, status: 'succeeded' },
    [
      ['payment.attempt', undefined, 500],
      ['payment.authorization', 'succeeded', 500],
    ],
  ],
  [
    'a captured charge of a payment',
    'charge.captured',
    { ...CHARGE, payment_intent: 'pi_1', status: 'succeeded', amount_captured: 300 },
    [['payment.capture', 'succeeded', 300]],
  ],
  [
    'a failed charge on its own',
    'charge.failed',
    { ...CHARGE, status: 'failed', failure_code: 'card_declined', outcome: { reason: 'expired_card' } },
    [['payment.completion', 'failed', 500]],
  ],
  [
    'a checkout that was paid',
    'checkout.session.completed',
    { object: 'checkout.session', payment_status: 'paid', payment_intent: 'pi_1', amount_total: 900, currency: 'eur' },
    [['payment.completion', 'succeeded', 900]],
  ],
  [
    'a checkout that will be paid',
    'checkout.session.completed',
    {
      object: 'checkout.session',
      payment_status: 'unpaid',
      payment_intent: 'pi_1',
      amount_total: 900,
      currency: 'eur',
    },
    [],
  ],
  [
    'a refund',
    'refund.updated',
    {
      object: 'refund',
      id: 're_1',
      payment_intent: 'pi_1',
      status: 'failed',
      failure_reason: 'lost_or_stolen_card',
      ...SUM,
    },
    [['payment.refund', 'failed', 500]],
  ],
  [
    'a dispute',
    'charge.dispute.closed',
    {
      object: 'dispute',
      id: 'dp_1',
      charge: 'ch_1',
      payment_intent: 'pi_1',
      status: 'lost',
      reason: 'fraudulent',
      ...SUM,
    },
    [['payment.dispute', 'lost', 500]],
  ],
  [
    'a payout',
    'payout.paid',
    { object: 'payout', id: 'po_1', status: 'paid', ...SUM },
    [['payment.payout', 'paid', 500]],
  ],
  ['a subscription', 'customer.subscription.created', SUBSCRIPTION, [['subscription.created', 'active', 750]]],
  ['a changed subscription', 'subscriptions.update', SUBSCRIPTION, [['subscription.updated', 'active', 750]]],
  [
    'a canceled subscription',
    'subscriptions.cancel',
    { ...SUBSCRIPTION, status: 'canceled' },
    [['subscription.canceled', 'canceled', 750]],
  ],
  ['a paid invoice', 'invoices.pay', { ...INVOICE, status: 'paid' }, [['invoice.paid', 'paid', 500]]],
  ['an open invoice', 'invoices.finalize_invoice', { ...INVOICE, status: 'open' }, []],
  [
    'an invoice that could not be paid',
    'invoice.payment_failed',
    { ...INVOICE, status: 'open', attempt_count: 2 },
    [['invoice.payment_failed', 'failed', 700]],
  ],
  [
    'an object of another kind',
    'payment_intent.succeeded',
    { object: 'customer', id: 'cus_1', status: 'succeeded' },
    [],
  ],
  ['an object without an id', 'payment_intent.succeeded', { object: 'payment_intent', status: 'succeeded' }, []],
]

describe.each(CASES)('of %s', (_what, trigger, object, expected) => {
  const facts = readFacts({ trigger, object })

  it('tells what it means', () => {
    expect(facts.map(({ event, fields }) => [event, fields['payment.status'], fields['payment.amount']])).toEqual(
      expected,
    )
  })

  it('says nothing that the event does not have, and all that it must', () => {
    for (const { event, fields } of facts) {
      const attributes = definitions.get(event)?.attributes ?? {}
      expect(Object.keys(fields).filter((name) => attributes[name] === undefined)).toEqual([])
      const missing = Object.entries(attributes).filter(
        ([name, { required }]) => required && fields[name] === undefined,
      )
      expect(missing.map(([name]) => name)).toEqual([])
      expect(JSON.stringify(fields)).not.toContain('@')
    }
  })
})

it('names one fact alike for the call and for the webhook', () => {
  const intent = { ...INTENT, status: 'succeeded' }
  const [call, webhook] = ['payment_intents.confirm', 'payment_intent.succeeded'].map(
    (trigger) => readFacts({ trigger, object: intent, seconds: 1 })[0]?.about,
  )
  expect(call).toEqual(['pi_1', 'succeeded'])
  expect(webhook).toEqual(call)
  const session = {
    object: 'checkout.session',
    payment_status: 'paid',
    payment_intent: { id: 'pi_1' },
    amount_total: 5,
    currency: 'eur',
  }
  expect(readFacts({ trigger: 'checkout.session.completed', object: session })[0]?.about).toEqual(call)
})

it('tells two declines of one payment apart', () => {
  const declined = (charge: string) => ({
    ...INTENT,
    status: 'requires_payment_method',
    last_payment_error: { code: 'card_declined', charge },
  })
  const [first, second] = ['ch_1', 'ch_2'].map(
    (charge) => readFacts({ trigger: 'payment_intent.payment_failed', object: declined(charge) })[0]?.about,
  )
  expect(first).not.toEqual(second)
})

it('takes no success from the object that an error repeats', () => {
  const object = { ...INTENT, status: 'succeeded' }
  expect(readFacts({ trigger: 'payment_intents.confirm', object, isError: true })).toEqual([])
})
