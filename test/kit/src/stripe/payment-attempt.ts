import type Stripe from 'stripe'
import type { Account, Origin } from './account.ts'
import { addCharge, captureCharge } from './charge.ts'
import { refuse, StripeFault } from './fault.ts'
import type { Call } from './operation.ts'
import { readBoolean, readWord } from './params.ts'
import { testCardOf, usePaymentMethod } from './payment-method.ts'
import { AUTHENTICATION_REQUIRED } from './test-cards.ts'
import type { CardDecline } from './test-cards.ts'

/** Path of the bank's page, where `next_action.redirect_to_url` leads. */
export const AUTHENTICATION_PATH = '/3d_secure_2/hosted'

/** Tries to pay an intent with its payment method. */
export function attemptPayment({ account, params, origin, baseUrl }: Call, intent: Stripe.PaymentIntent): void {
  if (intent.payment_method === null) {
    throw unexpectedState(
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    )
  }
  const method = usePaymentMethod(account, idOf(intent.payment_method))
  const { outcome } = testCardOf(method)
  intent.last_payment_error = null
  if (outcome.kind === 'approve') return approve(account, intent, method, origin)
  if (outcome.kind === 'decline') throw refusePayment(account, intent, method, outcome, origin)
  if (params['off_session'] === 'true' || readBoolean(params, 'error_on_requires_action') === true) {
    throw refusePayment(account, intent, method, AUTHENTICATION_REQUIRED, origin)
  }
  const returnUrl = readWord(params, 'return_url') ?? null
  intent.status = 'requires_action'
  intent.next_action =
    returnUrl === null
      ? { type: 'use_stripe_sdk', use_stripe_sdk: {} }
      : {
          type: 'redirect_to_url',
          redirect_to_url: {
            return_url: returnUrl,
            url: `${baseUrl}${AUTHENTICATION_PATH}?payment_intent=${intent.id}`,
          },
        }
  account.record('payment_intent.requires_action', intent, origin)
}

/** Ends the payer's authentication of an intent in `requires_action`, as the bank's page would. */
export function authenticateIntent(account: Account, intent: Stripe.PaymentIntent, isAuthentic: boolean): void {
  if (intent.status !== 'requires_action') throw new Error(`${intent.id} does not wait for authentication`)
  const origin: Origin = { requestId: null, idempotencyKey: null }
  const method = account.paymentMethods.get(idOf(intent.payment_method))
  const { outcome } = testCardOf(method)
  intent.next_action = null
  if (!isAuthentic) {
    intent.status = 'requires_payment_method'
    intent.payment_method = null
    intent.last_payment_error = {
      code: 'payment_intent_authentication_failure',
      message:
        'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
      payment_method: method,
      type: 'invalid_request_error',
    }
    account.record('payment_intent.payment_failed', intent, origin)
    return
  }
  const decline = outcome.kind === 'authenticate' ? outcome.afterwards : undefined
  if (decline === undefined) approve(account, intent, method, origin)
  else refusePayment(account, intent, method, decline, origin)
}

/** Takes `amount` of an approved charge and completes its intent. */
export function completePayment(
  account: Account,
  intent: Stripe.PaymentIntent,
  charge: Stripe.Charge,
  amount: number,
  origin: Origin,
): void {
  const wasAuthorized = intent.status === 'requires_capture'
  captureCharge(account, charge, amount)
  intent.status = 'succeeded'
  intent.amount_received = amount
  intent.amount_capturable = 0
  account.record(wasAuthorized ? 'charge.captured' : 'charge.succeeded', charge, origin)
  account.record('payment_intent.succeeded', intent, origin)
}

/** Finds the charge of an intent that was approved. */
export function chargeOf(account: Account, intent: Stripe.PaymentIntent): Stripe.Charge {
  return account.charges.get(idOf(intent.latest_charge))
}

/** Creates the refusal of an operation that the intent's status does not allow. */
export function unexpectedState(intent: Stripe.PaymentIntent, message: string): StripeFault {
  return refuse(message, { code: 'payment_intent_unexpected_state', payment_intent: structuredClone(intent) })
}

function approve(account: Account, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod, origin: Origin): void {
  const charge = addCharge(account, intent, method)
  intent.latest_charge = charge.id
  if (intent.capture_method === 'manual') {
    intent.status = 'requires_capture'
    intent.amount_capturable = intent.amount
    account.record('charge.succeeded', charge, origin)
    account.record('payment_intent.amount_capturable_updated', intent, origin)
    return
  }
  completePayment(account, intent, charge, intent.amount, origin)
}

function refusePayment(
  account: Account,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  decline: CardDecline,
  origin: Origin,
): StripeFault {
  const charge = addCharge(account, intent, method, decline)
  const { code, declineCode, message } = decline
  const error = {
    charge: charge.id,
    code,
    decline_code: declineCode,
    doc_url: `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}`,
    message,
    payment_method: structuredClone(method),
    type: 'card_error',
  } as const
  intent.status = 'requires_payment_method'
  intent.payment_method = null
  intent.latest_charge = charge.id
  intent.last_payment_error = error
  account.record('charge.failed', charge, origin)
  account.record('payment_intent.payment_failed', intent, origin)
  return new StripeFault(402, { ...error, payment_intent: structuredClone(intent) })
}

function idOf(reference: string | { readonly id: string } | null): string {
  if (reference === null) throw new Error('The object refers to nothing')
  return typeof reference === 'string' ? reference : reference.id
}
