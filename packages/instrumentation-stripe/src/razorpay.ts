import { isUnknownOutcome, wordOf, type PaymentFailure } from './failure.ts'
import type { PaymentAnswer, PaymentClientTable } from './payment-client.ts'
import type { PaymentEvent, PaymentFact } from './payment-fact.ts'
import { memberOf, numberOf, textOf } from './unknown.ts'

/** Statuses that end a payment, and the event that each is. */
const PAYMENT_EVENTS: Readonly<Record<string, readonly (readonly [PaymentEvent, string])[]>> = {
  authorized: [['payment.authorization', 'authorized']],
  captured: [
    ['payment.capture', 'captured'],
    ['payment.completion', 'succeeded'],
  ],
  failed: [['payment.completion', 'failed']],
}

/**
 * Table of the package `razorpay` for `instrumentPaymentClient`: orders, payments, refunds.
 *
 * Amounts are those of the API, which are minor units of ISO 4217.
 */
export const RAZORPAY: PaymentClientTable = {
  provider: 'razorpay',
  readError: readRazorpayError,
  operations: {
    'orders.create': { method: 'POST', template: '/v1/orders', facts: tellOrder },
    'orders.fetch': { method: 'GET', template: '/v1/orders/{id}' },
    'orders.fetchPayments': { method: 'GET', template: '/v1/orders/{id}/payments' },
    'orders.all': { method: 'GET', template: '/v1/orders' },
    'payments.fetch': { method: 'GET', template: '/v1/payments/{id}' },
    'payments.all': { method: 'GET', template: '/v1/payments' },
    'payments.capture': { method: 'POST', template: '/v1/payments/{id}/capture', facts: tellCapture },
    'payments.refund': { method: 'POST', template: '/v1/payments/{id}/refund', facts: tellRefund },
    'refunds.create': { method: 'POST', template: '/v1/refunds', facts: tellRefund },
    'refunds.fetch': { method: 'GET', template: '/v1/refunds/{id}' },
  },
}

/** An order is what is paid: with it a payment begins. */
function tellOrder({ args, result, failure }: PaymentAnswer): readonly PaymentFact[] {
  if (failure !== undefined) {
    return failure.isUnknown
      ? [
          {
            event: 'payment.attempt',
            fields: { 'payment.id': 'unknown', ...sumOf(args[0]), 'payment.status': 'unknown' },
          },
        ]
      : []
  }
  const id = textOf(result, 'id')
  return id === undefined
    ? []
    : [{ event: 'payment.attempt', about: [id, ''], fields: { 'payment.id': id, ...sumOf(result) } }]
}

function tellCapture({ args, result, failure }: PaymentAnswer): readonly PaymentFact[] {
  const [given, amount, currency] = args
  if (failure !== undefined) {
    const event = failure.isUnknown ? 'payment.attempt' : 'payment.capture'
    const status = failure.isUnknown ? 'unknown' : 'failed'
    const fields = { 'payment.id': String(given), ...sumOf({ amount, currency }), 'payment.status': status }
    return [{ event, fields: failure.isUnknown ? fields : { ...fields, 'error.type': failure.code ?? failure.type } }]
  }
  const id = textOf(result, 'id')
  if (id === undefined) return []
  return (PAYMENT_EVENTS[textOf(result, 'status') ?? ''] ?? []).map(([event, status]) => ({
    event,
    about: [id, status],
    fields: { 'payment.id': id, ...sumOf(result), 'payment.status': status },
  }))
}

function tellRefund({ result }: PaymentAnswer): readonly PaymentFact[] {
  const id = textOf(result, 'id')
  const payment = textOf(result, 'payment_id')
  const status = textOf(result, 'status')
  if (id === undefined || payment === undefined) return []
  const fields = {
    'payment.id': payment,
    ...sumOf(result),
    ...(status === undefined ? {} : { 'payment.status': status }),
  }
  return [{ event: 'payment.refund', about: [id, status ?? ''], fields }]
}

function sumOf(object: unknown): Record<string, unknown> {
  const amount = numberOf(object, 'amount')
  const currency = textOf(object, 'currency')
  if (amount === undefined || currency === undefined) return {}
  return { 'payment.amount': amount, 'payment.currency': currency.toUpperCase() }
}

/** `{ statusCode, error: { code, reason } }`; without a status where nobody answered. */
function readRazorpayError(error: unknown): PaymentFailure {
  const statusCode = numberOf(error, 'statusCode')
  const inner = memberOf(error, 'error')
  const code = wordOf(inner, 'code')
  const reason = wordOf(inner, 'reason')
  return {
    type: code ?? wordOf(error, 'code') ?? wordOf(error, 'name') ?? '_OTHER',
    statusCode,
    code,
    declineCode: reason === 'payment_failed' || reason === 'payment_declined' ? reason : undefined,
    isUnknown: isUnknownOutcome(statusCode),
  }
}
