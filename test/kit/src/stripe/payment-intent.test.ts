import type { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AT_ONCE, createClient, failureOf } from './stripe-client.ts'
import { startStripe } from './stripe-server.ts'
import type { StripeStandIn } from './stripe-server.ts'

let standIn: StripeStandIn
let stripe: Stripe

beforeAll(async () => {
  standIn = await startStripe()
  stripe = createClient(standIn)
})
afterAll(() => standIn.close())

const pay = (paymentMethod: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({ amount: 1999, currency: 'eur', payment_method: paymentMethod, ...AT_ONCE, ...more })

it('takes the money of an approved card at once', async () => {
  const intent = await pay('pm_card_visa', {
    metadata: { order: '17' },
    description: 'Shoes',
    expand: ['latest_charge'],
  })
  expect(intent).toMatchObject({
    object: 'payment_intent',
    status: 'succeeded',
    amount: 1999,
    amount_received: 1999,
    amount_capturable: 0,
    currency: 'eur',
    metadata: { order: '17' },
    livemode: false,
    latest_charge: { object: 'charge', captured: true, paid: true, payment_intent: intent.id, amount_captured: 1999 },
  })
  expect(intent.id).toMatch(/^pi_[A-Za-z0-9]{24}$/)
  expect(intent.client_secret).toMatch(new RegExp(`^${intent.id}_secret_\\w{25}$`))
  expect(intent.lastResponse).toMatchObject({ statusCode: 200, apiVersion: '2026-10-28.endive' })
  expect(intent.lastResponse.requestId).toMatch(/^req_\w{14}$/)
})

it('waits for a payment method, then for confirmation, then pays', async () => {
  const created = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    allowed_payment_method_types: ['card'],
  })
  expect(created.status).toBe('requires_payment_method')
  const updated = await stripe.paymentIntents.update(created.id, {
    payment_method: 'pm_card_mastercard',
    amount: 600,
    capture_method: 'manual',
  })
  expect(updated).toMatchObject({ status: 'requires_confirmation', amount: 600, capture_method: 'manual' })
  const confirmed = await stripe.paymentIntents.confirm(created.id, {
    return_url: 'https://shop.example',
    capture_method: 'automatic',
  })
  expect(confirmed).toMatchObject({ status: 'succeeded', amount_received: 600 })
  expect((await stripe.paymentIntents.retrieve(created.id)).status).toBe('succeeded')
  const again = await failureOf(stripe.paymentIntents.confirm(created.id))
  expect(again).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' })
})

it('holds the money for a capture, in part or whole', async () => {
  const held = await pay('pm_card_visa', { capture_method: 'manual' })
  expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 1999, amount_received: 0 })
  const tooMuch = await failureOf(stripe.paymentIntents.capture(held.id, { amount_to_capture: 2000 }))
  expect(tooMuch).toMatchObject({ statusCode: 400, code: 'amount_too_large' })
  const captured = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1000 })
  expect(captured).toMatchObject({ status: 'succeeded', amount_received: 1000, amount_capturable: 0 })
  const twice = await failureOf(stripe.paymentIntents.capture(held.id))
  expect(twice).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' })
})

it('cancels what is held and refuses to cancel what is paid', async () => {
  const held = await pay('pm_card_visa', { capture_method: 'manual' })
  const canceled = await stripe.paymentIntents.cancel(held.id, { cancellation_reason: 'abandoned' })
  expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned', amount_capturable: 0 })
  const paid = await pay('pm_card_visa')
  expect(await failureOf(stripe.paymentIntents.cancel(paid.id))).toMatchObject({
    statusCode: 400,
    code: 'payment_intent_unexpected_state',
  })
})

it.each([
  ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
  ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
  ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
  ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
  ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
  ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ['pm_card_radarBlock', 'card_declined', 'fraudulent'],
])('declines %s', async (paymentMethod, code, declineCode) => {
  const error = await failureOf(pay(paymentMethod))
  expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code: declineCode })
  expect(error.payment_intent).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: { code, decline_code: declineCode },
  })
  const charge = await stripe.charges.retrieve(error.charge ?? '')
  expect(charge).toMatchObject({ status: 'failed', paid: false, failure_code: code })
})

it('pays a declined intent with another card', async () => {
  const error = await failureOf(pay('pm_card_visa_chargeDeclined'))
  const paid = await stripe.paymentIntents.confirm(error.payment_intent?.id ?? '', { payment_method: 'pm_card_visa' })
  expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null })
})

it.each([
  ['success', 'pm_card_authenticationRequired', 'succeeded', undefined],
  ['failure', 'pm_card_authenticationRequired', 'requires_payment_method', 'payment_intent_authentication_failure'],
  [
    'success',
    'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    'requires_payment_method',
    'card_declined',
  ],
] as const)('asks for 3-D Secure, and after %s of %s the payment is %s', async (outcome, card, status, code) => {
  const asked = await pay(card)
  expect(asked).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } })
  standIn.authenticate(asked.id, outcome)
  const after = await stripe.paymentIntents.retrieve(asked.id)
  expect(after).toMatchObject({ status, next_action: null })
  expect(after.last_payment_error?.code).toBe(code)
})

it('leads the payer over a page of the bank to the return address', async () => {
  const asked = await stripe.paymentIntents.create({
    amount: 1000,
    currency: 'eur',
    payment_method: 'pm_card_threeDSecure2Required',
    confirm: true,
    return_url: 'https://shop.example/done',
  })
  const page = asked.next_action?.redirect_to_url?.url ?? ''
  expect(await (await fetch(page)).text()).toContain('outcome=success')
  const back = await fetch(`${page}&outcome=success`, { redirect: 'manual' })
  expect(back.headers.get('location')).toBe(
    `https://shop.example/done?payment_intent=${asked.id}&redirect_status=succeeded`,
  )
  expect((await stripe.paymentIntents.retrieve(asked.id)).status).toBe('succeeded')
  expect((await fetch(page)).status).toBe(404)
})

it('declines a card that needs its absent payer', async () => {
  const error = await failureOf(pay('pm_card_authenticationRequired', { off_session: true }))
  expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' })
})

it('wants a return address where a payment method might redirect', async () => {
  const create = stripe.paymentIntents.create({
    amount: 100,
    currency: 'eur',
    payment_method: 'pm_card_visa',
    confirm: true,
  })
  expect((await failureOf(create)).message).toContain('you must provide a `return_url`')
})

it.each([
  ['jpy', 5000],
  ['kwd', 1234],
  ['usd', 50],
])('passes %s amounts through as integers of the minor unit', async (currency, amount) => {
  expect(await pay('pm_card_visa', { currency, amount })).toMatchObject({ amount, amount_received: amount, currency })
})

it.each([
  ['no amount', { currency: 'eur' }, 'parameter_missing', 'amount'],
  ['a fraction', { amount: 10.5, currency: 'eur' }, 'parameter_invalid_integer', 'amount'],
  ['a negative amount', { amount: -5, currency: 'eur' }, 'parameter_invalid_integer', 'amount'],
  ['less than Stripe charges', { amount: 49, currency: 'usd' }, 'amount_too_small', 'amount'],
  ['more than Stripe charges', { amount: 100_000_000, currency: 'usd' }, 'amount_too_large', 'amount'],
  ['an unknown currency', { amount: 100, currency: 'xyz' }, undefined, 'currency'],
  ['a customer that is not there', { amount: 100, currency: 'eur', customer: 'cus_0' }, 'resource_missing', 'customer'],
  [
    'a payment method that is not there',
    { amount: 100, currency: 'eur', payment_method: 'pm_0' },
    'resource_missing',
    'payment_method',
  ],
  ['an unknown parameter', { amount: 100, currency: 'eur', colour: 'red' }, 'parameter_unknown', 'colour'],
])('refuses %s', async (_what, params, code, param) => {
  const error = await failureOf(stripe.rawRequest('POST', '/v1/payment_intents', params))
  expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, param })
  expect(error.code).toBe(code)
})

it('says 404 for an intent and for a path that do not exist', async () => {
  expect(await failureOf(stripe.paymentIntents.retrieve('pi_0'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    message: "No such payment_intent: 'pi_0'",
  })
  const error = await failureOf(stripe.rawRequest('GET', '/v1/nothing'))
  expect(error).toMatchObject({ statusCode: 404, type: 'StripeInvalidRequestError' })
})
