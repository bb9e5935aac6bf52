import type Stripe from 'stripe'
import type { Account } from './account.ts'
import { LIST_PARAMS } from './collection.ts'
import { refuse, StripeFault } from './fault.ts'
import type { FormObject } from './form.ts'
import { createId } from './ids.ts'
import { pathPart } from './operation.ts'
import type { Call, Operation } from './operation.ts'
import { readInteger, readMetadata, readObject, readOneOf, readWord, requireWord } from './params.ts'
import { findTestCard, findTestCardByNumber } from './test-cards.ts'
import type { TestCard } from './test-cards.ts'

// The stand-in keeps no card number in an object; this tells how a card behaves.
const cardOf = new WeakMap<Stripe.PaymentMethod, TestCard>()

/**
 * Finds a stored payment method, or makes one from a documented name such as `pm_card_visa`,
 * which stands for a new payment method at each use.
 */
export function usePaymentMethod(account: Account, id: string): Stripe.PaymentMethod {
  const card = findTestCard(id)
  return card === undefined ? account.paymentMethods.refer(id, 'payment_method') : addCard(account, card)
}

/** Makes a payment method from the card numbers in `payment_method_data` or in a create call. */
export function addCardOfParams(account: Account, params: FormObject): Stripe.PaymentMethod {
  const type = readOneOf(params, 'type', ['card'])
  if (type === undefined) throw refuse('Missing required param: type.', { code: 'parameter_missing', param: 'type' })
  const card = readObject(params, 'card')
  if (card === undefined) throw refuse('Missing required param: card.', { code: 'parameter_missing', param: 'card' })
  const expMonth = readInteger(card, 'exp_month', 1)
  const expYear = readInteger(card, 'exp_year', 0)
  const known = findTestCardByNumber(requireWord(card, 'number'))
  if (known === undefined) throw cardFault('incorrect_number', 'Your card number is incorrect.', 'number')
  if (expMonth === undefined || expMonth > 12) {
    throw cardFault('invalid_expiry_month', "Your card's expiration month is invalid.", 'exp_month')
  }
  if (expYear === undefined || expYear < new Date(account.now() * 1000).getUTCFullYear()) {
    throw cardFault('invalid_expiry_year', "Your card's expiration year is invalid.", 'exp_year')
  }
  return addCard(account, known, { expMonth, expYear, metadata: readMetadata(params) })
}

/** Tells how the card behind a payment method behaves. */
export function testCardOf(method: Stripe.PaymentMethod): TestCard {
  const card = cardOf.get(method)
  if (card === undefined) throw new Error(`Payment method ${method.id} has no test card`)
  return card
}

/** `/v1/payment_methods`. */
export const PAYMENT_METHOD_OPERATIONS: readonly Operation[] = [
  {
    method: 'POST',
    path: '/v1/payment_methods',
    accepts: ['allow_redisplay', 'billing_details', 'card', 'metadata', 'radar_options', 'type'],
    run: ({ account, params }) => addCardOfParams(account, params),
  },
  {
    method: 'GET',
    path: '/v1/payment_methods/{id}',
    accepts: [],
    run: methodOf,
  },
  {
    method: 'GET',
    path: '/v1/payment_methods',
    accepts: [...LIST_PARAMS, 'allow_redisplay', 'customer', 'customer_account', 'type'],
    run: ({ account, params }) => {
      const customer = readWord(params, 'customer')
      return account.paymentMethods.list(params, (method) => customer !== undefined && method.customer === customer)
    },
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/{id}/attach',
    accepts: ['customer'],
    run: (call) => {
      const method = methodOf(call)
      method.customer = call.account.customers.refer(requireWord(call.params, 'customer'), 'customer').id
      call.account.record('payment_method.attached', method, call.origin)
      return method
    },
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/{id}/detach',
    accepts: [],
    run: (call) => {
      const method = methodOf(call)
      const { customer } = method
      method.customer = null
      call.account.record('payment_method.detached', method, call.origin, { customer })
      return method
    },
  },
]

function methodOf(call: Call): Stripe.PaymentMethod {
  const id = pathPart(call, 'id')
  const card = findTestCard(id)
  return card === undefined ? call.account.paymentMethods.get(id, 'payment_method') : addCard(call.account, card)
}

interface CardDetails {
  readonly expMonth: number
  readonly expYear: number
  readonly metadata: Record<string, string>
}

function addCard(account: Account, card: TestCard, details?: CardDetails): Stripe.PaymentMethod {
  const method: Stripe.PaymentMethod = {
    id: createId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
      email: null,
      name: null,
      phone: null,
      tax_id: null,
    },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'unchecked' },
      country: card.country,
      display_brand: card.brand,
      exp_month: details?.expMonth ?? 12,
      exp_year: details?.expYear ?? new Date(account.now() * 1000).getUTCFullYear() + 1,
      funding: card.funding,
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: account.now(),
    customer: null,
    customer_account: null,
    livemode: account.livemode,
    metadata: details?.metadata ?? {},
    type: 'card',
  }
  cardOf.set(method, card)
  return account.paymentMethods.add(method)
}

function cardFault(code: string, message: string, param: string): StripeFault {
  return new StripeFault(402, { type: 'card_error', code, message, param })
}
