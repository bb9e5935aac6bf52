import { audit, business, getLogger, performance, security } from '@plutus/events'
import { CheckoutError } from '@plutus/example-checkout'
import type { Payment, Payments, PaymentStatus, User } from '@plutus/example-checkout'
import { PROVIDER, recordCompletion, recordRefund, sumFields } from './payment-fields.ts'
import type { Outcome } from './payment-fields.ts'

const log = getLogger('payments')

/** How the service's words for where a payment stands read in the catalogue. */
const OUTCOMES: Readonly<Partial<Record<PaymentStatus, Outcome>>> = {
  succeeded: 'succeeded',
  declined: 'failed',
  failed: 'failed',
  canceled: 'canceled',
  requires_action: 'requires_action',
}
// Refusals of the service itself: nothing has been asked of Stripe.
const REFUSED_BY_US: ReadonlySet<string> = new Set([
  'payment_not_found',
  'request_key_reused',
  'not_capturable',
  'not_refundable',
  'amount_too_large',
])

/** Tells what becomes of payments: attempts, ends, captures, refunds, and what admins do with money of others. */
export function recordPayments(payments: Payments): Payments {
  return {
    ...payments,

    create: async (user, order, onStored) => {
      let attempt: { readonly payment: Payment; readonly at: number } | undefined
      const begin = (payment: Payment): void => {
        attempt = { payment, at: globalThis.performance.now() }
        // Before the money is asked for: should the process die meanwhile, this much is known.
        business.paymentAttempt({
          ...sumFields(payment),
          'payment.method': 'card',
          'payment.provider': PROVIDER,
          'payment.sender.id': user.id,
        })
        onStored?.(payment)
      }
      try {
        const made = await performance.timed('payment.create', () => payments.create(user, order, begin))
        if (attempt === undefined) log.debug('The same order came again', { 'payment.id': made.payment.id })
        else recordOutcome(made.payment, secondsSince(attempt.at))
        return made
      } catch (error) {
        if (attempt !== undefined) {
          const { payment, at } = attempt
          const errorType = failureOf(error, payment.id)
          if (errorType !== undefined) recordCompletion(payment, 'failed', { errorType, seconds: secondsSince(at) })
        }
        throw error
      }
    },

    capture: async (user, id) => {
      try {
        const payment = await payments.capture(user, id)
        const sum = { ...payment, amount: payment.amountCaptured }
        business.paymentCapture({ ...sumFields(sum), 'payment.status': 'succeeded', 'payment.provider': PROVIDER })
        recordCompletion(sum, 'succeeded', {})
        return payment
      } catch (error) {
        const errorType = failureOf(error, id)
        if (errorType !== undefined) {
          business.paymentCapture({
            'payment.id': id,
            'payment.status': 'failed',
            'payment.provider': PROVIDER,
            'error.type': errorType,
          })
        }
        throw error
      }
    },

    refund: async (user, id, refund) => {
      const before = await payments.find(user, id)
      try {
        const after = await payments.refund(user, id, refund)
        // What was asked for, where it was said: another refund may have gone by meanwhile.
        const amount = refund.amount ?? after.amountRefunded - before.amountRefunded
        recordRefund({ ...after, amount }, after.amountRefunded)
        if (user.role === 'admin') recordAdjustment(user, before, after)
        return after
      } catch (error) {
        const errorType = failureOf(error, id)
        if (errorType !== undefined) {
          business.paymentRefund({
            ...sumFields({ ...before, amount: refund.amount ?? before.amountCaptured - before.amountRefunded }),
            'payment.status': 'failed',
            'payment.provider': PROVIDER,
            'payment.reason': errorType,
          })
        }
        if (user.role === 'admin') recordAdjustment(user, before, undefined)
        throw error
      }
    },

    find: async (user, id) => {
      const payment = await payments.find(user, id)
      if (payment.userId !== user.id) {
        security.dataRead({
          'data.type': 'payment',
          'resource.type': 'payment',
          'resource.id': id,
          'event.outcome': 'success',
        })
      }
      return payment
    },
  }
}

/** Tells where a payment stands after Stripe has answered. */
function recordOutcome(payment: Payment, seconds: number): void {
  if (payment.status === 'authorized') {
    const status = { 'payment.status': 'requires_capture', 'payment.provider': PROVIDER }
    business.paymentAuthorization({ ...sumFields(payment), ...status })
    return
  }
  const outcome = OUTCOMES[payment.status]
  if (outcome !== undefined) recordCompletion(payment, outcome, { declineCode: payment.declineCode, seconds })
}

/**
 * The code of an error by which Stripe refused. `undefined` if it was not asked, or did not say what became of the
 * payment: then the record must not say so either, and somebody has to look.
 */
function failureOf(error: unknown, id: string): string | undefined {
  if (!(error instanceof CheckoutError) || error.status >= 500) {
    log.error('What became of a payment is not known', { 'payment.id': id, error })
    return undefined
  }
  return REFUSED_BY_US.has(error.code) ? undefined : error.code
}

/** Money that was moved by hand has to be accounted for, and so has the attempt. */
function recordAdjustment(user: User, before: Payment, after: Payment | undefined): void {
  audit.financialAdjustment({
    'audit.actor.id': user.id,
    'audit.actor.role': user.role,
    'audit.action': 'refund',
    'audit.target.type': 'payment',
    'audit.target.id': before.id,
    'audit.outcome': after === undefined ? 'failure' : 'success',
    'audit.before': standOf(before),
    ...(after === undefined ? undefined : { 'audit.after': standOf(after) }),
  })
}

function standOf({ status, amountRefunded }: Payment) {
  return { status, amountRefunded }
}

function secondsSince(at: number): number {
  return (globalThis.performance.now() - at) / 1000
}
