import type Stripe from 'stripe'
import { LIST_PARAMS } from './collection.ts'
import { pathPart } from './operation.ts'
import type { Call, Operation } from './operation.ts'
import { readMetadata, readText, readWord } from './params.ts'
import { cancelIntent, captureIntent, confirmIntent, createIntent, readCaptureMethod } from './payment-intent.ts'
import { usePaymentMethod } from './payment-method.ts'
import { refuse } from './fault.ts'
import { requireMoney } from './money.ts'

type Name<Params> = Exclude<keyof Params, 'expand' | symbol>

// Everything that Stripe publishes is taken; what has no bearing on a test card is not acted upon.
const SHARED_PARAMS = [
  'allowed_payment_method_types',
  'amount_details',
  'capture_method',
  'excluded_payment_method_types',
  'hooks',
  'payment_details',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'receipt_email',
  'setup_future_usage',
  'shipping',
] as const satisfies readonly Name<
  Stripe.PaymentIntentConfirmParams & Stripe.PaymentIntentCreateParams & Stripe.PaymentIntentUpdateParams
>[]

const CONFIRM_PARAMS = [
  ...SHARED_PARAMS,
  'confirmation_token',
  'error_on_requires_action',
  'mandate',
  'mandate_data',
  'off_session',
  'radar_options',
  'return_url',
  'use_stripe_sdk',
] as const satisfies readonly Name<Stripe.PaymentIntentConfirmParams & Stripe.PaymentIntentCreateParams>[]

const UPDATE_PARAMS = [
  ...SHARED_PARAMS,
  'amount',
  'application_fee_amount',
  'currency',
  'customer',
  'customer_account',
  'description',
  'metadata',
  'payment_method_configuration',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_data',
  'transfer_group',
] as const satisfies readonly Name<Stripe.PaymentIntentCreateParams & Stripe.PaymentIntentUpdateParams>[]

const CREATE_PARAMS = [
  ...CONFIRM_PARAMS,
  ...UPDATE_PARAMS,
  'automatic_payment_methods',
  'confirm',
  'confirmation_method',
  'on_behalf_of',
] as const satisfies readonly Name<Stripe.PaymentIntentCreateParams>[]

const CAPTURE_PARAMS = [
  'amount_details',
  'amount_to_capture',
  'application_fee_amount',
  'final_capture',
  'hooks',
  'metadata',
  'payment_details',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_data',
] as const satisfies readonly Name<Stripe.PaymentIntentCaptureParams>[]

// Removed from the newest version of the API, sent by earlier majors of the library.
const EARLIER_PARAMS = ['payment_method_types'] as const

/** `/v1/payment_intents`. */
export const PAYMENT_INTENT_OPERATIONS: readonly Operation[] = [
  {
    method: 'POST',
    path: '/v1/payment_intents',
    accepts: [...CREATE_PARAMS, ...EARLIER_PARAMS],
    run: createIntent,
  },
  {
    method: 'GET',
    path: '/v1/payment_intents',
    accepts: [...LIST_PARAMS, 'customer', 'customer_account'],
    run: ({ account, params }) => {
      const customer = readWord(params, 'customer')
      return account.paymentIntents.list(params, (intent) => customer === undefined || intent.customer === customer)
    },
  },
  { method: 'GET', path: '/v1/payment_intents/{id}', accepts: ['client_secret'], run: intentOf },
  {
    method: 'POST',
    path: '/v1/payment_intents/{id}',
    accepts: [...UPDATE_PARAMS, ...EARLIER_PARAMS],
    run: updateIntent,
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/{id}/confirm',
    accepts: [...CONFIRM_PARAMS, ...EARLIER_PARAMS, 'amount_to_confirm'],
    run: (call) => confirmIntent(call, intentOf(call)),
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/{id}/capture',
    accepts: CAPTURE_PARAMS,
    run: (call) => captureIntent(call, intentOf(call)),
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/{id}/cancel',
    accepts: ['cancellation_reason'],
    run: (call) => cancelIntent(call, intentOf(call)),
  },
]

function intentOf(call: Call): Stripe.PaymentIntent {
  return call.account.paymentIntents.get(pathPart(call, 'id'), 'intent')
}

function updateIntent(call: Call): Stripe.PaymentIntent {
  const { account, params } = call
  const intent = intentOf(call)
  const changesMoney = params['amount'] !== undefined || params['currency'] !== undefined
  if (changesMoney || params['payment_method'] !== undefined) {
    if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status)) {
      throw refuse(`This PaymentIntent's amount could not be updated because it has a status of ${intent.status}.`, {
        code: 'payment_intent_unexpected_state',
        payment_intent: structuredClone(intent),
      })
    }
  }
  if (changesMoney) {
    Object.assign(intent, requireMoney({ amount: String(intent.amount), currency: intent.currency, ...params }))
  }
  const method = readWord(params, 'payment_method')
  if (method !== undefined) {
    intent.payment_method = usePaymentMethod(account, method).id
    intent.status = 'requires_confirmation'
  }
  const customer = readWord(params, 'customer')
  if (customer !== undefined) intent.customer = account.customers.refer(customer, 'customer').id
  if (params['description'] !== undefined) intent.description = readText(params, 'description') || null
  if (params['receipt_email'] !== undefined) intent.receipt_email = readText(params, 'receipt_email') || null
  intent.capture_method = readCaptureMethod(params) ?? intent.capture_method
  intent.metadata = readMetadata(params, intent.metadata)
  return intent
}
