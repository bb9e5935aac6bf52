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

const pay = (amount: number, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({ amount, currency: 'eur', payment_method: 'pm_card_visa', ...AT_ONCE, ...more })

it('refunds in parts, never more than was paid', async () => {
  const { id } = await pay(1000)
  const part = await stripe.refunds.create({
    payment_intent: id,
    amount: 400,
    reason: 'requested_by_customer',
    expand: ['charge'],
  })
  expect(part).toMatchObject({ object: 'refund', status: 'succeeded', amount: 400 })
  expect(part.charge).toMatchObject({ amount_refunded: 400, refunded: false })
  const tooMuch = await failureOf(stripe.refunds.create({ payment_intent: id, amount: 601 }))
  expect(tooMuch).toMatchObject({ statusCode: 400, param: 'amount' })
  const rest = await stripe.refunds.create({ payment_intent: id, expand: ['charge'] })
  expect(rest.amount).toBe(600)
  expect(rest.charge).toMatchObject({ amount_refunded: 1000, refunded: true })
  expect(await failureOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
    code: 'charge_already_refunded',
  })
  const listed = await stripe.refunds.list({ payment_intent: id })
  expect(listed.data.map((refund) => refund.id)).toEqual([rest.id, part.id])
})

it('refuses to refund what was never captured', async () => {
  const { id } = await pay(1000, { capture_method: 'manual' })
  expect((await failureOf(stripe.refunds.create({ payment_intent: id }))).statusCode).toBe(400)
})

it('keeps a balance of payments, fees and refunds', async () => {
  const own = await startStripe()
  const client = createClient(own)
  const { id } = await client.paymentIntents.create({
    amount: 10_000,
    currency: 'gbp',
    payment_method: 'pm_card_gb',
    ...AT_ONCE,
  })
  await client.refunds.create({ payment_intent: id, amount: 1000 })
  const lines = await client.balanceTransactions.list()
  expect(lines.data.map(({ type, amount, fee, net }) => ({ type, amount, fee, net }))).toEqual([
    { type: 'refund', amount: -1000, fee: 0, net: -1000 },
    { type: 'charge', amount: 10_000, fee: 320, net: 9680 },
  ])
  const balance = await client.balance.retrieve()
  expect(balance.pending.find(({ currency }) => currency === 'gbp')?.amount).toBe(8680)
  await own.close()
})

it('creates, finds, changes and deletes a customer', async () => {
  const created = await stripe.customers.create({
    email: 'ann@example.com',
    name: 'Ann',
    metadata: { tier: 'gold', 0: 'x' },
  })
  expect(created).toMatchObject({ object: 'customer', email: 'ann@example.com', metadata: { tier: 'gold', 0: 'x' } })
  const updated = await stripe.customers.update(created.id, { name: '', metadata: { tier: '', vip: '1' } })
  expect(updated).toMatchObject({ name: null, metadata: { vip: '1', 0: 'x' } })
  expect(updated.metadata).not.toHaveProperty('tier')
  expect((await stripe.customers.list({ email: 'ann@example.com' })).data).toHaveLength(1)
  const intent = await pay(300, { customer: created.id, expand: ['customer'] })
  expect(intent.customer).toMatchObject({ id: created.id, name: null })
  expect(await stripe.customers.del(created.id)).toMatchObject({ id: created.id, deleted: true })
  expect((await stripe.customers.list({ email: 'ann@example.com' })).data).toHaveLength(0)
  expect(await failureOf(stripe.customers.update(created.id, {}))).toMatchObject({ statusCode: 404 })
})

it('makes a payment method of a documented card number and keeps only its last digits', async () => {
  const year = new Date().getUTCFullYear() + 2
  const method = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: '5555555555554444', exp_month: 8, exp_year: year, cvc: '314' },
  })
  expect(method.card).toMatchObject({ brand: 'mastercard', last4: '4444', exp_month: 8, exp_year: year })
  expect(JSON.stringify(method)).not.toContain('5555555555554444')
  const { id } = await stripe.customers.create()
  await stripe.paymentMethods.attach(method.id, { customer: id })
  expect((await stripe.customers.retrieve(id)).id).toBe(id)
  expect((await stripe.paymentMethods.list({ customer: id })).data.map((one) => one.id)).toEqual([method.id])
  expect((await stripe.paymentMethods.detach(method.id)).customer).toBeNull()
})

it.each([
  ['an unknown number', { number: '4242424242424241', exp_month: 1, exp_year: 2100 }, 'incorrect_number'],
  ['a month that is none', { number: '4242424242424242', exp_month: 13, exp_year: 2100 }, 'invalid_expiry_month'],
  ['a year gone by', { number: '4242424242424242', exp_month: 1, exp_year: 2001 }, 'invalid_expiry_year'],
])('refuses a card with %s', async (_what, card, code) => {
  expect(await failureOf(stripe.paymentMethods.create({ type: 'card', card }))).toMatchObject({ statusCode: 402, code })
})

it('pages through a list in both directions, newest first', async () => {
  const own = await startStripe()
  const client = createClient(own)
  const made: string[] = []
  for (let n = 0; n < 25; n++) made.unshift((await client.customers.create({ name: `n${n}` })).id)

  const seen: string[] = []
  for await (const customer of client.customers.list({ limit: 10 })) seen.push(customer.id)
  expect(seen).toEqual(made)

  const backwards = await client.customers.list({ limit: 3, ending_before: made[5] ?? '' })
  expect(backwards).toMatchObject({ has_more: true, url: '/v1/customers' })
  expect(backwards.data.map(({ id }) => id)).toEqual(made.slice(2, 5))
  const newest = await client.customers.list({ limit: 3, ending_before: made[3] ?? '' })
  expect(newest.has_more).toBe(false)
  expect(newest.data.map(({ id }) => id)).toEqual(made.slice(0, 3))
  const last = await client.customers.list({ limit: 10, starting_after: made[14] ?? '' })
  expect(last.has_more).toBe(false)
  expect((await client.customers.list()).data).toHaveLength(10)
  expect(await failureOf(client.customers.list({ limit: 101 }))).toMatchObject({ param: 'limit' })
  expect(await failureOf(client.customers.list({ starting_after: 'cus_0' }))).toMatchObject({
    code: 'resource_missing',
  })
  await own.close()
})

it('lists what was created in a range of time', async () => {
  let now = Date.UTC(2026, 0, 1)
  const own = await startStripe({ clock: () => now })
  const client = createClient(own)
  const first = await client.customers.create()
  now += 60_000
  const second = await client.customers.create()
  const since = await client.customers.list({ created: { gte: second.created } })
  expect(since.data.map(({ id }) => id)).toEqual([second.id])
  const at = await client.customers.list({ created: first.created })
  expect(at.data.map(({ id }) => id)).toEqual([first.id])
  await own.close()
})

it('puts objects in place of ids, several levels deep and in lists', async () => {
  const intent = await pay(700, { expand: ['latest_charge.balance_transaction', 'payment_method'] })
  expect(intent).toMatchObject({
    latest_charge: { balance_transaction: { amount: 700 } },
    payment_method: { card: { last4: '4242' } },
  })
  const list = await stripe.paymentIntents.list({ limit: 1, expand: ['data.latest_charge'] })
  expect(list.data[0]?.latest_charge).toMatchObject({ object: 'charge' })
  const expandTo = (path: string) => stripe.paymentIntents.retrieve(intent.id, { expand: [path] })
  expect((await failureOf(expandTo('amount'))).message).toContain('cannot be expanded')
  const circle = 'latest_charge.payment_intent.latest_charge.payment_intent'
  expect(await expandTo(circle)).toMatchObject({ latest_charge: { payment_intent: { id: intent.id } } })
  expect((await failureOf(expandTo(`${circle}.latest_charge`))).message).toContain('more than 4 levels')
})

it('keeps connected accounts and modes apart', async () => {
  const { id } = await pay(300)
  const options = { stripeAccount: 'acct_1' }
  expect(await failureOf(stripe.paymentIntents.retrieve(id, {}, options))).toMatchObject({ statusCode: 404 })
  const theirs = await stripe.customers.create({}, options)
  expect(theirs.lastResponse.stripeAccount).toBe('acct_1')
  const live = createClient({ ...standIn, apiKey: standIn.apiKey.replace('_test_', '_live_') })
  expect(await live.customers.create()).toMatchObject({ livemode: true })
  expect(await failureOf(live.paymentIntents.retrieve(id))).toMatchObject({ statusCode: 404 })
})

it.each([
  ['no key', undefined, 'You did not provide an API key'],
  ['an empty key', 'Bearer ', 'You did not provide an API key'],
  ['a publishable key', 'Bearer pk_test_1', 'publishable API key'],
  ['another kind of key', 'Bearer abcdefghijkl', 'Invalid API Key provided: ********ijkl'],
])('answers 401 to %s', async (_what, authorization, message) => {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
  const response = await fetch(`${standIn.url}/v1/balance`, { headers })
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(message) } })
})

it('takes the key by Basic authentication, as curl -u sends it', async () => {
  const authorization = `Basic ${Buffer.from(`${standIn.apiKey}:`).toString('base64')}`
  expect((await fetch(`${standIn.url}/v1/balance`, { headers: { authorization } })).status).toBe(200)
})

it('answers in the version asked for and refuses one of the wrong form', async () => {
  const dated = await stripe.balance.retrieve({}, { apiVersion: '2024-06-20' })
  expect(dated.lastResponse.apiVersion).toBe('2024-06-20')
  expect((await failureOf(stripe.balance.retrieve({}, { apiVersion: 'newest' }))).message).toContain(
    'Invalid Stripe API version',
  )
})

it('lets go of a body longer than 1 MiB', async () => {
  const response = await fetch(`${standIn.url}/v1/customers`, { method: 'POST', body: 'a'.repeat(1024 * 1024 + 1) })
  expect(response.status).toBe(413)
})
