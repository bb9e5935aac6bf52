import type { Stripe } from 'stripe'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Sabotage } from './sabotage.ts'
import { createClient, failureOf } from './stripe-client.ts'
import { startStripe } from './stripe-server.ts'
import type { StripeStandIn } from './stripe-server.ts'

let standIn: StripeStandIn
let stripe: Stripe
let stop = (): void => undefined

beforeAll(async () => {
  standIn = await startStripe()
  stripe = createClient(standIn)
})
afterEach(() => stop())
afterAll(() => standIn.close())

/** Spoils the next `times` requests. */
const spoil = (sabotage: Sabotage, times = Infinity): void => {
  let left = times
  stop = standIn.fail(() => (left-- > 0 ? sabotage : undefined))
}

it.each([
  [400, 'StripeInvalidRequestError'],
  [401, 'StripeAuthenticationError'],
  [402, 'StripeCardError'],
  [403, 'StripePermissionError'],
  [429, 'StripeRateLimitError'],
  [500, 'StripeAPIError'],
  [503, 'StripeAPIError'],
])('answers %i as Stripe words it', async (status, type) => {
  spoil({ status })
  const error = await failureOf(stripe.balance.retrieve())
  expect(error).toMatchObject({ statusCode: status, type })
  expect(error.requestId).toMatch(/^req_/)
})

it('says when to come back after too many requests', async () => {
  spoil({ status: 429, headers: { 'Stripe-Should-Retry': 'true', 'Retry-After': '2' } }, 1)
  const error = await failureOf(stripe.balance.retrieve({}, { maxNetworkRetries: 0 }))
  expect(error).toMatchObject({ code: 'rate_limit' })
  expect(error.headers).toMatchObject({ 'retry-after': '2', 'stripe-should-retry': 'true' })
})

it('lets the client through after it tried again', async () => {
  spoil({ status: 500 }, 2)
  const before = standIn.requests.length
  expect((await stripe.customers.create({}, { maxNetworkRetries: 2 })).object).toBe('customer')
  const tries = standIn.requests.slice(before)
  expect(tries.map(({ status }) => status)).toEqual([500, 500, 200])
  expect(new Set(tries.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
})

it('tells the client not to try again', async () => {
  spoil({ status: 500, headers: { 'Stripe-Should-Retry': 'false' } }, 1)
  const before = standIn.requests.length
  await failureOf(stripe.customers.create({}, { maxNetworkRetries: 2 }))
  expect(standIn.requests.length - before).toBe(1)
})

it('drops the connection', async () => {
  spoil({ reset: true })
  expect(await failureOf(stripe.balance.retrieve())).toMatchObject({ type: 'StripeConnectionError' })
  expect(standIn.requests.at(-1)?.status).toBeUndefined()
})

it('answers later than the client waits', async () => {
  spoil({ delayMillis: 5000 })
  const error = await failureOf(stripe.balance.retrieve({}, { timeout: 100 }))
  expect(error).toMatchObject({ type: 'StripeConnectionError', message: expect.stringContaining('timeout') })
})

it('sends what is no JSON', async () => {
  spoil({ body: '<html>Bad gateway</html>', status: 502 })
  expect((await failureOf(stripe.balance.retrieve())).message).toContain('Invalid JSON')
})

it('fails with the wording it is given', async () => {
  spoil({ status: 400, error: { code: 'lock_timeout', message: 'Try again.' } })
  expect(await failureOf(stripe.balance.retrieve())).toMatchObject({ code: 'lock_timeout', message: 'Try again.' })
})

it('runs the operation first when only its answer shall be lost', async () => {
  spoil({ status: 500, when: 'after' }, 1)
  await failureOf(stripe.customers.create({ email: 'lost@example.com' }))
  expect((await stripe.customers.list({ email: 'lost@example.com' })).data).toHaveLength(1)
})
