import type { PaymentEvent, PaymentFact } from './payment-fact.ts'
import { sumFields } from './stripe-money.ts'
import { idOf, memberOf, numberOf, textOf, type Unknown } from './unknown.ts'

/** What an answer or a webhook says. */
export interface StripeSaying {
  /** Operation of the call (`payment_intents.create`), or type of the webhook's event (`payment_intent.succeeded`). */
  readonly trigger: string
  /** The object of the answer, of the error, or of the event. */
  readonly object: Unknown
  /** Seconds that the call took. */
  readonly seconds?: number | undefined
  readonly requestId?: string | undefined
  /** Whether the answer was an error that holds the object. */
  readonly isError?: boolean
}

/** A row of the table: an object that looks like this, seen by one of these, means that event. */
interface Row {
  /** `object` of the object. */
  readonly object: string
  /** Operations and webhooks that bring it into this state. Reading an old object tells nothing. */
  readonly on: readonly string[]
  /** Status of the object; any without it. */
  readonly when?: string
  readonly and?: (object: Unknown) => boolean
  readonly event: PaymentEvent
  /** `payment.status`; the object's own without it. */
  readonly as?: string
  readonly fields: (object: Unknown, saying: StripeSaying) => Readonly<Record<string, unknown>>
  /** What tells this fact from others beside event, id and status. */
  readonly apart?: (object: Unknown) => readonly string[]
}

const INTENT_MOVES = [
  'payment_intents.create',
  'payment_intents.confirm',
  'payment_intents.capture',
  'payment_intents.cancel',
  'payment_intents.apply_customer_balance',
  'payment_intents.increment_authorization',
  'payment_intents.verify_microdeposits',
  'invoices.pay', // its error holds the payment that was declined
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'payment_intent.requires_action',
  'payment_intent.amount_capturable_updated',
]
const CHARGE_MOVES = ['charges.create', 'charges.capture', 'charge.succeeded', 'charge.failed', 'charge.captured']
const REFUND_MOVES = [
  'refunds.create',
  'refunds.cancel',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refund.updated',
]
const DISPUTE_MOVES = [
  'disputes.close',
  'disputes.update',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
]
const PAYOUT_MOVES = [
  'payouts.create',
  'payouts.cancel',
  'payouts.reverse',
  'payout.created',
  'payout.updated',
  'payout.paid',
  'payout.failed',
  'payout.canceled',
]

const isManual = (object: Unknown): boolean => object['capture_method'] === 'manual'
const isDeclined = (object: Unknown): boolean =>
  object['last_payment_error'] !== null && object['last_payment_error'] !== undefined
// A charge of a payment intent is told by that.
const isOnItsOwn = (object: Unknown): boolean => idOf(object, 'payment_intent') === undefined
const isCaptured = (object: Unknown): boolean => object['captured'] === true

const INTENT = { object: 'payment_intent', on: INTENT_MOVES, fields: describeIntent }
const CHARGE = { object: 'charge', on: CHARGE_MOVES, fields: describeCharge }

/** What becomes of money, from what Stripe's objects look like. The first word of each row is the object. */
const TABLE: readonly Row[] = [
  {
    ...INTENT,
    on: ['payment_intents.create', 'payment_intent.created'],
    event: 'payment.attempt',
    as: '',
    fields: describeAttempt,
  },
  { ...INTENT, when: 'requires_capture', event: 'payment.authorization' },
  {
    ...INTENT,
    when: 'requires_payment_method',
    and: (object) => isManual(object) && isDeclined(object),
    event: 'payment.authorization',
    as: 'failed',
    apart: attemptOf,
  },
  { ...INTENT, when: 'succeeded', and: isManual, event: 'payment.capture', as: 'succeeded' },
  { ...INTENT, when: 'succeeded', event: 'payment.completion', as: 'succeeded' },
  { ...INTENT, when: 'canceled', event: 'payment.completion', as: 'canceled' },
  { ...INTENT, when: 'requires_action', event: 'payment.completion', as: 'requires_action' },
  {
    ...INTENT,
    when: 'requires_payment_method',
    and: isDeclined,
    event: 'payment.completion',
    as: 'failed',
    apart: attemptOf,
  },

  { ...CHARGE, on: ['charges.create'], event: 'payment.attempt', as: '', fields: describeAttempt },
  {
    ...CHARGE,
    when: 'succeeded',
    and: (object) => isOnItsOwn(object) && !isCaptured(object),
    event: 'payment.authorization',
    as: 'succeeded',
  },
  {
    ...CHARGE,
    on: ['charges.capture', 'charge.captured'],
    when: 'succeeded',
    and: isCaptured,
    event: 'payment.capture',
    as: 'succeeded',
  },
  {
    ...CHARGE,
    when: 'succeeded',
    and: (object) => isOnItsOwn(object) && isCaptured(object),
    event: 'payment.completion',
    as: 'succeeded',
  },
  { ...CHARGE, when: 'failed', and: isOnItsOwn, event: 'payment.completion', as: 'failed' },

  {
    object: 'checkout.session',
    on: ['checkout.session.completed', 'checkout.session.async_payment_succeeded'],
    and: (object) => object['payment_status'] === 'paid' && idOf(object, 'payment_intent') !== undefined,
    event: 'payment.completion',
    as: 'succeeded',
    fields: describeSession,
  },

  { object: 'refund', on: REFUND_MOVES, event: 'payment.refund', fields: describeRefund },
  { object: 'dispute', on: DISPUTE_MOVES, event: 'payment.dispute', fields: describeDispute },
  { object: 'payout', on: PAYOUT_MOVES, event: 'payment.payout', fields: describePayout },

  {
    object: 'subscription',
    on: ['subscriptions.create', 'customer.subscription.created'],
    event: 'subscription.created',
    fields: describeSubscription,
  },
  {
    object: 'subscription',
    on: [
      'subscriptions.update',
      'subscriptions.resume',
      'customer.subscription.updated',
      'customer.subscription.paused',
      'customer.subscription.resumed',
    ],
    event: 'subscription.updated',
    fields: describeSubscription,
    apart: changeOf,
  },
  {
    object: 'subscription',
    on: ['subscriptions.cancel', 'subscriptions.del', 'customer.subscription.deleted'],
    event: 'subscription.canceled',
    fields: describeSubscription,
  },

  {
    object: 'invoice',
    on: ['invoices.create', 'invoices.finalize_invoice', 'invoices.pay', 'invoice.paid', 'invoice.payment_succeeded'],
    when: 'paid',
    event: 'invoice.paid',
    fields: describeInvoice,
  },
  {
    object: 'invoice',
    on: ['invoice.payment_failed'],
    event: 'invoice.payment_failed',
    as: 'failed',
    fields: describeInvoice,
    apart: (object) => [String(Math.max(1, numberOf(object, 'attempt_count') ?? 1))],
  },
]

let rowsByTrigger: Map<string, Row[]> | undefined

/** What an answer or a webhook of Stripe's says about money: none, one or several facts. */
export function readFacts(saying: StripeSaying): readonly PaymentFact[] {
  rowsByTrigger ??= indexTable()
  const rows = rowsByTrigger.get(saying.trigger)
  if (rows === undefined) return []
  const { object } = saying
  const kind = object['object']
  const status = textOf(object, 'status')
  const facts: PaymentFact[] = []
  for (const row of rows) {
    if (row.object !== kind || (row.when !== undefined && row.when !== status) || row.and?.(object) === false) continue
    // An error repeats the object as it stands: of what went well before, it says nothing.
    if (saying.isError === true && row.as !== 'failed' && row.event !== 'payment.attempt') continue
    const as = row.as ?? status ?? ''
    const fields = row.fields(object, saying)
    const id = fields['payment.id'] ?? fields['payout.id'] ?? fields['subscription.id'] ?? fields['invoice.id']
    const own = row.object === 'refund' || row.object === 'dispute' ? textOf(object, 'id') : id
    if (typeof id !== 'string' || typeof own !== 'string') continue
    facts.push({
      event: row.event,
      about: [own, as, ...(row.apart?.(object) ?? [])],
      fields: {
        ...fields,
        ...word('payment.status', as),
        ...(row.event === 'payment.completion' ? timeOf(saying) : {}),
      },
    })
  }
  return facts
}

function indexTable(): Map<string, Row[]> {
  const index = new Map<string, Row[]>()
  for (const row of TABLE) {
    for (const trigger of row.on) {
      const rows = index.get(trigger) ?? []
      index.set(trigger, rows)
      rows.push(row)
    }
  }
  return index
}

function describeAttempt(object: Unknown): Record<string, unknown> {
  return { 'payment.id': textOf(object, 'id'), ...sumFields(object, 'amount'), ...methodOf(object) }
}

function describeIntent(object: Unknown, saying: StripeSaying): Record<string, unknown> {
  const isPaid = object['status'] === 'succeeded' && (numberOf(object, 'amount_received') ?? 0) > 0
  const isHeld = object['status'] === 'requires_capture' && (numberOf(object, 'amount_capturable') ?? 0) > 0
  const amount = isPaid ? 'amount_received' : isHeld ? 'amount_capturable' : 'amount'
  return {
    'payment.id': textOf(object, 'id'),
    ...sumFields(object, amount),
    ...(object['status'] === 'requires_payment_method' ? declineOf(object['last_payment_error']) : undefined),
    ...callOf(saying),
  }
}

function describeCharge(object: Unknown, saying: StripeSaying): Record<string, unknown> {
  return {
    'payment.id': idOf(object, 'payment_intent') ?? textOf(object, 'id'),
    ...sumFields(object, ...(isCaptured(object) ? ['amount_captured', 'amount'] : ['amount'])),
    ...(object['status'] === 'failed'
      ? {
          ...word('payment.decline_code', textOf(object['outcome'], 'reason') ?? textOf(object, 'failure_code')),
          ...word('error.type', textOf(object, 'failure_code')),
        }
      : undefined),
    ...callOf(saying),
  }
}

function describeSession(object: Unknown): Record<string, unknown> {
  return { 'payment.id': idOf(object, 'payment_intent'), ...sumFields(object, 'amount_total') }
}

function describeRefund(object: Unknown, { requestId }: StripeSaying): Record<string, unknown> {
  return {
    'payment.id': idOf(object, 'payment_intent') ?? idOf(object, 'charge') ?? textOf(object, 'id'),
    ...sumFields(object, 'amount'),
    ...word('payment.reason', textOf(object, 'failure_reason') ?? textOf(object, 'reason')),
    ...word('payment.provider.request_id', requestId),
  }
}

function describeDispute(object: Unknown): Record<string, unknown> {
  return {
    'payment.id': idOf(object, 'payment_intent') ?? idOf(object, 'charge') ?? textOf(object, 'id'),
    ...sumFields(object, 'amount'),
    ...word('payment.reason', textOf(object, 'reason')),
  }
}

function describePayout(object: Unknown): Record<string, unknown> {
  return {
    'payout.id': textOf(object, 'id'),
    ...sumFields(object, 'amount'),
    ...word('payment.reason', textOf(object, 'failure_code')),
  }
}

function describeSubscription(object: Unknown): Record<string, unknown> {
  const item = itemOf(object)
  const price = memberOf(item, 'price') ?? memberOf(item, 'plan')
  const unit = numberOf(price, 'unit_amount') ?? numberOf(price, 'amount')
  const amount = unit === undefined ? undefined : unit * (numberOf(item, 'quantity') ?? 1)
  const currency = textOf(object, 'currency') ?? textOf(price, 'currency')
  return {
    'subscription.id': textOf(object, 'id'),
    ...word('subscription.plan', textOf(price, 'id')),
    ...sumFields({ amount, currency }, 'amount'),
    ...word('customer.id', idOf(object, 'customer')),
  }
}

function describeInvoice(object: Unknown): Record<string, unknown> {
  const details = memberOf(memberOf(object, 'parent'), 'subscription_details')
  return {
    'invoice.id': textOf(object, 'id'),
    ...sumFields(object, object['status'] === 'paid' ? 'amount_paid' : 'amount_due'),
    ...word('subscription.id', idOf(object, 'subscription') ?? idOf(details, 'subscription')),
    ...word('customer.id', idOf(object, 'customer')),
  }
}

function callOf({ requestId }: StripeSaying): Record<string, unknown> {
  return { ...word('payment.provider.request_id', requestId) }
}

function declineOf(error: unknown): Record<string, unknown> {
  const code = textOf(error, 'code')
  return {
    ...word('payment.decline_code', textOf(error, 'decline_code') ?? code),
    ...word('error.type', code ?? textOf(error, 'type')),
  }
}

/** The charge that was tried: a payment may be declined several times. */
function attemptOf(object: Unknown): readonly string[] {
  return [idOf(object['last_payment_error'], 'charge') ?? idOf(object, 'latest_charge') ?? '']
}

/** What of a subscription changes its worth or its time. */
function changeOf(object: Unknown): readonly string[] {
  const item = itemOf(object)
  const parts = [
    textOf(memberOf(item, 'price') ?? memberOf(item, 'plan'), 'id'),
    memberOf(item, 'quantity'),
    object['cancel_at'],
    object['cancel_at_period_end'],
    object['current_period_end'] ?? memberOf(item, 'current_period_end'),
    object['trial_end'],
  ]
  return parts.map((part) => JSON.stringify(part) ?? '')
}

function itemOf(subscription: Unknown): unknown {
  const items = memberOf(memberOf(subscription, 'items'), 'data')
  return Array.isArray(items) ? (items as unknown[])[0] : undefined
}

/** How long it took the payer: the call that ended the payment, where one did. */
function timeOf({ trigger, seconds }: StripeSaying): Record<string, unknown> {
  return seconds !== undefined && /\.(?:create|confirm)$/.test(trigger) ? { 'payment.duration': seconds } : {}
}

function methodOf(object: Unknown): Record<string, unknown> {
  const types = object['payment_method_types']
  const only: unknown = Array.isArray(types) && types.length === 1 ? types[0] : undefined
  const used = textOf(object['payment_method'], 'type') ?? textOf(object['payment_method_details'], 'type')
  return word('payment.method', used ?? (typeof only === 'string' ? only : undefined))
}

/** A field, where there is something to say. */
function word(name: string, value: string | undefined): Record<string, unknown> {
  return value === undefined || value === '' ? {} : { [name]: value }
}
