import type Stripe from 'stripe'
import { refuse } from './fault.ts'
import { attemptPayment, chargeOf, completePayment, unexpectedState } from './payment-attempt.ts'
import { addCardOfParams, usePaymentMethod } from './payment-method.ts'
import type { FormObject } from './form.ts'
import { createId, randomText } from './ids.ts'
import { requireMoney } from './money.ts'
import type { Call } from './operation.ts'
import {
  readBoolean,
  readInteger,
  readMetadata,
  readObject,
  readOneOf,
  readText,
  readWord,
  readList,
} from './params.ts'

type Status = Stripe.PaymentIntent['status']

const CANCELABLE: readonly Status[] = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
]
const CANCELLATION_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'] as const

/** Creates a payment intent and, with `confirm`, tries to pay it. */
export function createIntent(call: Call): Stripe.PaymentIntent {
  const { account, params, origin } = call
  const { amount, currency } = requireMoney(params)
  const id = createId('pi')
  const allowed = readList(params, 'allowed_payment_method_types')
  const types = allowed ?? readList(params, 'payment_method_types')
  const automatic = readObject(params, 'automatic_payment_methods')
  const isAutomatic =
    automatic === undefined ? params['payment_method_types'] === undefined : readBoolean(automatic, 'enabled') === true
  const redirects = automatic && readOneOf(automatic, 'allow_redirects', ['always', 'never'])
  const customer = readWord(params, 'customer')
  const intent: Stripe.PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: allowed === undefined ? null : [...allowed],
    amount,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: isAutomatic ? { allow_redirects: redirects ?? 'always', enabled: true } : null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: readCaptureMethod(params) ?? 'automatic_async',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: readOneOf(params, 'confirmation_method', ['automatic', 'manual']) ?? 'automatic',
    created: account.now(),
    currency,
    customer: customer === undefined ? null : account.customers.refer(customer, 'customer').id,
    customer_account: null,
    description: readText(params, 'description') || null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: account.livemode,
    managed_payments: null,
    metadata: readMetadata(params),
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: [...(types ?? ['card'])],
    payment_record: null,
    processing: null,
    receipt_email: readText(params, 'receipt_email') || null,
    review: null,
    setup_future_usage: readOneOf(params, 'setup_future_usage', ['off_session', 'on_session']) ?? null,
    shipping: null,
    source: null,
    statement_descriptor: readText(params, 'statement_descriptor') || null,
    statement_descriptor_suffix: readText(params, 'statement_descriptor_suffix') || null,
    status: 'requires_payment_method',
    transfer_group: null,
  }
  const confirms = readBoolean(params, 'confirm') === true
  if (confirms) requireReturnUrl(call, intent)
  const method = readMethod(call)
  if (method !== undefined) {
    intent.payment_method = method.id
    intent.status = 'requires_confirmation'
  }
  account.paymentIntents.add(intent)
  account.record('payment_intent.created', intent, origin)
  if (confirms) attemptPayment(call, intent)
  return intent
}

/** Tries to pay an intent that waits for it. */
export function confirmIntent(call: Call, intent: Stripe.PaymentIntent): Stripe.PaymentIntent {
  const allowed: readonly Status[] = ['requires_payment_method', 'requires_confirmation', 'requires_action']
  if (!allowed.includes(intent.status)) {
    const done = intent.status === 'succeeded' ? ' already succeeded' : ` a status of ${intent.status}`
    throw unexpectedState(
      intent,
      `You cannot confirm this PaymentIntent because it has${done}${intent.status === 'succeeded' ? ' after being previously confirmed' : ''}.`,
    )
  }
  requireReturnUrl(call, intent)
  intent.capture_method = readCaptureMethod(call.params) ?? intent.capture_method
  const method = readMethod(call)
  if (method !== undefined) intent.payment_method = method.id
  attemptPayment(call, intent)
  return intent
}

/** Takes the money of an authorised intent, all of it or `amount_to_capture`. */
export function captureIntent({ account, params, origin }: Call, intent: Stripe.PaymentIntent): Stripe.PaymentIntent {
  if (intent.status !== 'requires_capture') {
    throw unexpectedState(
      intent,
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    )
  }
  const amount = readInteger(params, 'amount_to_capture', 1) ?? intent.amount_capturable
  if (amount > intent.amount_capturable) {
    throw refuse('The requested capture amount is greater than the amount you can capture for this charge.', {
      code: 'amount_too_large',
      param: 'amount_to_capture',
    })
  }
  intent.metadata = readMetadata(params, intent.metadata)
  completePayment(account, intent, chargeOf(account, intent), amount, origin)
  return intent
}

/** Gives an intent up; what was authorised is released. */
export function cancelIntent({ account, params, origin }: Call, intent: Stripe.PaymentIntent): Stripe.PaymentIntent {
  if (!CANCELABLE.includes(intent.status)) {
    throw unexpectedState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
    )
  }
  intent.cancellation_reason = readOneOf(params, 'cancellation_reason', CANCELLATION_REASONS) ?? null
  if (intent.status === 'requires_capture') {
    const charge = chargeOf(account, intent)
    charge.refunded = true
    charge.amount_refunded = charge.amount
    account.record('charge.refunded', charge, origin, { amount_refunded: 0, refunded: false })
  }
  intent.status = 'canceled'
  intent.canceled_at = account.now()
  intent.amount_capturable = 0
  intent.next_action = null
  account.record('payment_intent.canceled', intent, origin)
  return intent
}

/** Reads when the money is to be taken. */
export function readCaptureMethod(params: FormObject): Stripe.PaymentIntent['capture_method'] | undefined {
  return readOneOf(params, 'capture_method', ['automatic', 'automatic_async', 'manual'])
}

function readMethod({ account, params }: Call): Stripe.PaymentMethod | undefined {
  const data = readObject(params, 'payment_method_data')
  if (data !== undefined) return addCardOfParams(account, data)
  const id = readWord(params, 'payment_method')
  return id === undefined ? undefined : usePaymentMethod(account, id)
}

function requireReturnUrl({ params }: Call, intent: Stripe.PaymentIntent): void {
  const mayRedirect =
    intent.automatic_payment_methods !== null && intent.automatic_payment_methods.allow_redirects !== 'never'
  const needsNoUrl = readWord(params, 'return_url') !== undefined || params['use_stripe_sdk'] === 'true'
  if (!mayRedirect || needsNoUrl || params['off_session'] === 'true') return
  throw refuse(
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
  )
}
