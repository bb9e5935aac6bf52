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

const pay = (idempotencyKey: string, amount = 1000, paymentMethod = 'pm_card_visa') =>
  stripe.paymentIntents.create(
    { amount, currency: 'eur', payment_method: paymentMethod, ...AT_ONCE },
    { idempotencyKey },
  )

const sendCustomer = (body: string) =>
  fetch(`${standIn.url}/v1/customers`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${standIn.apiKey}`, 'idempotency-key': 'order' },
  })

it('repeats the first answer under the same key and says so', async () => {
  const first = await pay('repeat')
  const again = await pay('repeat')
  expect(again.id).toBe(first.id)
  expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed')
  expect(again.lastResponse.headers).toMatchObject({
    'idempotent-replayed': 'true',
    'idempotency-key': 'repeat',
    'original-request': first.lastResponse.requestId,
  })
  expect(again.lastResponse.requestId).not.toBe(first.lastResponse.requestId)
  expect(standIn.requests.slice(-2).map(({ isReplay }) => isReplay)).toEqual([false, true])
})

it('repeats a decline too', async () => {
  const first = await failureOf(pay('declined', 1000, 'pm_card_visa_chargeDeclined'))
  const again = await failureOf(pay('declined', 1000, 'pm_card_visa_chargeDeclined'))
  expect(again.charge).toBe(first.charge)
})

it('refuses a key used with other parameters or for another path', async () => {
  await pay('mine', 1000)
  expect(await failureOf(pay('mine', 2000))).toMatchObject({
    type: 'StripeIdempotencyError',
    statusCode: 400,
    rawType: 'idempotency_error',
  })
  const { id } = await stripe.customers.create({}, { idempotencyKey: 'no parameters' })
  const elsewhere = stripe.customers.update(id, {}, { idempotencyKey: 'no parameters' })
  expect(await failureOf(elsewhere)).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 })
})

it('takes the order of the parameters as it comes', async () => {
  const first = await sendCustomer('name=a&phone=1')
  const again = await sendCustomer('phone=1&name=a')
  expect(await again.json()).toEqual(await first.json())
})

it('answers 409 while the first request is under way', async () => {
  const stop = standIn.fail(({ idempotencyKey }) => (idempotencyKey === 'slow' ? { delayMillis: 300 } : undefined))
  const first = pay('slow')
  await expect.poll(() => standIn.requests.some(({ idempotencyKey }) => idempotencyKey === 'slow')).toBe(true)
  expect(await failureOf(pay('slow'))).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' })
  stop()
  expect((await pay('slow').catch(() => first)).id).toBe((await first).id)
})

it('frees the key of a request that was refused for its parameters', async () => {
  expect((await failureOf(pay('typo', 0))).statusCode).toBe(400)
  expect((await pay('typo', 1000)).status).toBe('succeeded')
})

it('refuses a key of more than 255 characters', async () => {
  expect((await pay('k'.repeat(255))).status).toBe('succeeded')
  expect((await failureOf(pay('k'.repeat(256)))).statusCode).toBe(400)
})

it('charges once when the answer is lost and the client tries again', async () => {
  let isLost = false
  const stop = standIn.fail(({ path }) => {
    if (isLost || path !== '/v1/payment_intents') return undefined
    isLost = true
    return { reset: true, when: 'after' }
  })
  const before = standIn.events.length
  const intent = await createClient(standIn, { maxNetworkRetries: 1 }).paymentIntents.create({
    amount: 1500,
    currency: 'eur',
    payment_method: 'pm_card_visa',
    ...AT_ONCE,
  })
  stop()
  expect(intent.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' })
  const since = standIn.events.slice(before).map(({ type }) => type)
  expect(since.filter((type) => type === 'payment_intent.succeeded')).toHaveLength(1)
})
