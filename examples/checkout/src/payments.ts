import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import type { Logger } from 'pino'
import type Stripe from 'stripe'
import type { User } from './accounts.ts'
import { CheckoutError } from './checkout-error.ts'
import { inTransaction } from './database.ts'
import { showPayment } from './payment.ts'
import type { Payment, PaymentFilter, PaymentOrder } from './payment.ts'
import {
  addPayment,
  changePayment,
  findPayment,
  findPaymentOfIntent,
  listPayments,
  noteEvent,
} from './payment-store.ts'
import { changeOfIntent, readTrouble } from './stripe.ts'
import { isId } from './input.ts'

/** A payment just made, and what its payer still needs to confirm it. */
export interface NewPayment {
  readonly payment: Payment
  readonly isNew: boolean
  /** For Stripe's form in the browser, when the payment is in `requires_action`. */
  readonly clientSecret: string | undefined
}

/** What can be done with payments; a customer reaches only their own. */
export interface Payments {
  /**
   * Pays or authorises; a declined payment is given back too, in status `declined`.
   *
   * @param onStored hears of the payment once it is stored and before Stripe is asked for it; not of one paid before.
   */
  create(user: User, order: PaymentOrder, onStored?: (payment: Payment) => void): Promise<NewPayment>
  capture(user: User, id: string): Promise<Payment>
  /** Pays back `amount`, or all that is left. */
  refund(user: User, id: string, refund: RefundOrder): Promise<Payment>
  find(user: User, id: string): Promise<Payment>
  list(user: User, filter: PaymentFilter): Promise<Payment[]>
  /** Takes in what a verified webhook says; gives `false` for one that came before. */
  applyEvent(event: Stripe.Event): Promise<boolean>
}

/** How much to pay back, and the caller's key for it. */
export interface RefundOrder {
  readonly amount: number | undefined
  readonly requestKey: string | undefined
}

/** Creates the payments kept in `pool` and made by `stripe`. */
export function createPayments(pool: Pool, stripe: Stripe, log: Logger): Payments {
  const find = async (user: User, id: string): Promise<Payment> => {
    const payment = isId(id) ? await findPayment(pool, id, user.role === 'admin' ? undefined : user.id) : undefined
    if (payment === undefined) throw new CheckoutError(404, 'payment_not_found', 'There is no such payment')
    return payment
  }

  /** Turns an error of Stripe into what the caller is told, and writes down what it means. */
  const giveUp = async (payment: Payment, error: unknown, isCharge: boolean): Promise<never> => {
    const trouble = readTrouble(error)
    const about = { paymentId: payment.id }
    switch (trouble?.kind) {
      case undefined:
        throw error
      case 'declined':
        log.warn({ ...about, declineCode: trouble.code }, 'payment declined')
        throw new CheckoutError(402, 'payment_declined', `The card was declined (${trouble.code})`)
      case 'refused':
        if (isCharge) await changePayment(pool, payment.id, { status: 'failed' })
        log.warn({ ...about, code: trouble.code }, 'payment request refused')
        throw new CheckoutError(400, trouble.code, trouble.message)
      case 'busy':
        log.warn(about, 'payment provider busy')
        throw new CheckoutError(503, 'provider_busy', 'The payment provider is busy; try again with the same key')
      case 'forbidden':
        log.error({ ...about, err: error }, 'payment provider refuses our key')
        throw new CheckoutError(500, 'internal_error', 'Something went wrong')
      case 'unknown':
        log.error({ ...about, err: error }, 'payment outcome unknown')
        throw new CheckoutError(502, 'provider_unreachable', 'The payment provider did not say what became of it', {
          payment: showPayment(payment),
        })
    }
  }

  const charge = async (payment: Payment): Promise<Omit<NewPayment, 'isNew'>> => {
    const about = { paymentId: payment.id, amount: payment.amount, currency: payment.currency }
    try {
      const intent = await stripe.paymentIntents.create(
        {
          amount: payment.amount,
          currency: payment.currency,
          payment_method: payment.paymentMethod,
          description: payment.description,
          capture_method: payment.isCapturedAtOnce ? 'automatic' : 'manual',
          confirm: true,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          metadata: { payment_id: payment.id },
        },
        { idempotencyKey: `payment-${payment.id}` },
      )
      const changed = await changePayment(pool, payment.id, changeOfIntent(intent))
      log.info({ ...about, status: changed.status }, 'payment made')
      return {
        payment: changed,
        clientSecret: changed.status === 'requires_action' ? (intent.client_secret ?? undefined) : undefined,
      }
    } catch (error) {
      const trouble = readTrouble(error)
      if (trouble?.kind !== 'declined') return giveUp(payment, error, true)
      const changed = await changePayment(pool, payment.id, {
        status: 'declined',
        declineCode: trouble.code,
        ...(trouble.intent === undefined ? {} : { stripePaymentIntent: trouble.intent.id }),
      })
      log.warn({ ...about, declineCode: trouble.code }, 'payment declined')
      return { payment: changed, clientSecret: undefined }
    }
  }

  return {
    create: async (user, order, onStored) => {
      const { payment, isNew } = await addPayment(pool, user.id, order)
      if (!isNew && !isSameOrder(payment, order)) {
        throw new CheckoutError(409, 'request_key_reused', 'This Idempotency-Key belongs to another payment')
      }
      // A pending payment is asked for again: Stripe's own key makes that safe.
      if (!isNew && payment.status !== 'pending') return { payment, isNew, clientSecret: undefined }
      onStored?.(payment)
      return { ...(await charge(payment)), isNew }
    },

    capture: async (user, id) => {
      const payment = await find(user, id)
      const intentId = payment.stripePaymentIntent
      if (payment.status !== 'authorized' || intentId === undefined) {
        throw new CheckoutError(409, 'not_capturable', `A payment in status ${payment.status} cannot be captured`)
      }
      try {
        const intent = await stripe.paymentIntents.capture(intentId, {}, { idempotencyKey: `capture-${id}` })
        const changed = await changePayment(pool, id, changeOfIntent(intent))
        log.info({ paymentId: id, amount: changed.amountCaptured, currency: changed.currency }, 'payment captured')
        return changed
      } catch (error) {
        return giveUp(payment, error, false)
      }
    },

    refund: async (user, id, { amount, requestKey }) => {
      const payment = await find(user, id)
      const intentId = payment.stripePaymentIntent
      const left = payment.amountCaptured - payment.amountRefunded
      if (left === 0 || intentId === undefined) {
        throw new CheckoutError(409, 'not_refundable', `A payment in status ${payment.status} cannot be refunded`)
      }
      if (amount !== undefined && amount > left) {
        throw new CheckoutError(400, 'amount_too_large', `At most ${left} can be refunded`)
      }
      try {
        const refund = await stripe.refunds.create(
          { payment_intent: intentId, ...(amount === undefined ? {} : { amount }), expand: ['charge'] },
          { idempotencyKey: `refund-${id}-${requestKey ?? randomUUID()}` },
        )
        const changed = await takeInRefund(pool, payment, refund.charge)
        log.info({ paymentId: id, amount: refund.amount, currency: refund.currency }, 'payment refunded')
        return changed
      } catch (error) {
        return giveUp(payment, error, false)
      }
    },

    find,
    list: (user, filter) => listPayments(pool, filter, user.role === 'admin' ? undefined : user.id),

    applyEvent: (event) =>
      inTransaction(pool, async (client) => {
        const isNew = await noteEvent(client, event.id, event.type)
        if (isNew) await applyNewEvent(client, event)
        return isNew
      }),
  }
}

async function applyNewEvent(client: PoolClient, event: Stripe.Event): Promise<void> {
  if (
    event.type === 'payment_intent.succeeded' ||
    event.type === 'payment_intent.payment_failed' ||
    event.type === 'payment_intent.canceled' ||
    event.type === 'payment_intent.amount_capturable_updated'
  ) {
    const intent = event.data.object
    // The event may be here before the answer that tells us the intent's id.
    const ours = intent.metadata['payment_id']
    const payment = isId(ours) ? await findPayment(client, ours, undefined) : undefined
    if (payment !== undefined) await changePayment(client, payment.id, changeOfIntent(intent))
    return
  }
  if (event.type !== 'charge.refunded') return
  const charge = event.data.object
  const { payment_intent: intentId } = charge
  const payment = typeof intentId === 'string' ? await findPaymentOfIntent(client, intentId) : undefined
  if (payment !== undefined) await takeInRefund(client, payment, charge)
}

function isSameOrder(payment: Payment, order: PaymentOrder): boolean {
  return (
    payment.amount === order.amount &&
    payment.currency === order.currency &&
    payment.paymentMethod === order.paymentMethod &&
    payment.isCapturedAtOnce === order.isCapturedAtOnce
  )
}

async function takeInRefund(
  db: Pool | PoolClient,
  payment: Payment,
  charge: Stripe.Charge | string | null,
): Promise<Payment> {
  // The charge's own sum, not ours plus this refund: two refunds may be under way at once.
  if (charge === null || typeof charge === 'string' || !charge.captured) return payment
  const isWhole = charge.amount_refunded >= charge.amount_captured
  return changePayment(db, payment.id, {
    status: isWhole ? 'refunded' : 'partially_refunded',
    amountCaptured: charge.amount_captured,
    amountRefunded: charge.amount_refunded,
  })
}
