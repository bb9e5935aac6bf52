import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Stripe } from 'stripe'
import { afterEach, expect, it } from 'vitest'
import { AT_ONCE, createClient } from './stripe-client.ts'
import { startStripe } from './stripe-server.ts'
import type { StripeStandIn } from './stripe-server.ts'

interface Received {
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const start = async (options: Parameters<typeof startStripe>[0] = {}): Promise<StripeStandIn> => {
  const standIn = await startStripe(options)
  closers.push(() => standIn.close())
  return standIn
}

/** Listens for webhooks and answers the n-th with the n-th status, then with 200. */
const listen = async (
  statuses: readonly number[] = [],
): Promise<{ url: string; received: Received[]; server: Server }> => {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      response.writeHead(statuses[received.length] ?? 200).end()
      received.push({ body, headers: request.headers })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/hook`, received, server }
}

it('delivers each event in order, signed as the library verifies', async () => {
  const { url, received } = await listen()
  const standIn = await start({ webhookUrl: url })
  const stripe = createClient(standIn)
  const intent = await stripe.paymentIntents.create(
    { amount: 800, currency: 'eur', payment_method: 'pm_card_visa', ...AT_ONCE },
    { idempotencyKey: 'told' },
  )
  await standIn.settled()
  const events = received.map(({ body, headers }) =>
    stripe.webhooks.constructEvent(body, headers['stripe-signature'] ?? '', standIn.webhookSecret),
  )
  expect(events.map(({ type }) => type)).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
  ])
  expect(events[2]).toMatchObject({
    object: 'event',
    api_version: '2026-10-28.endive',
    livemode: false,
    data: { object: { id: intent.id, status: 'succeeded', amount_received: 800 } },
    request: { id: intent.lastResponse.requestId, idempotency_key: 'told' },
  })
  expect(received[0]?.headers['user-agent']).toBe('Stripe/1.0 (+https://stripe.com/docs/webhooks)')
})

it('shows an object as it was at the time of its event', async () => {
  const standIn = await start()
  const stripe = createClient(standIn)
  await stripe.paymentIntents.create({ amount: 800, currency: 'eur', payment_method: 'pm_card_visa', ...AT_ONCE })
  const [oldest] = (await stripe.events.list({ type: 'payment_intent.created' })).data
  expect(oldest?.data.object).toMatchObject({ status: 'requires_confirmation', amount_received: 0 })
  expect(await stripe.events.retrieve(oldest?.id ?? '')).toMatchObject({ type: 'payment_intent.created' })
})

it.each([
  ['a changed body', (body: string) => body.replace('800', '900'), 0],
  ['an old signature', (body: string) => body, -301],
])('lets the library refuse %s', async (_what, change, seconds) => {
  const standIn = await start()
  const event = standIn.emit('payment_intent.succeeded', { id: 'pi_1', object: 'payment_intent', amount: 800 })
  const { body, headers } = standIn.sign(event, Math.floor(Date.now() / 1000) + seconds)
  const verify = () => Stripe.webhooks.constructEvent(change(body), headers['Stripe-Signature'], standIn.webhookSecret)
  expect(verify).toThrow(Stripe.errors.StripeSignatureVerificationError)
})

it('signs what the library takes', async () => {
  const standIn = await start()
  const event = standIn.emit('customer.created', { id: 'cus_1', object: 'customer' })
  const { body, headers } = standIn.sign(event)
  expect(Stripe.webhooks.constructEvent(body, headers['Stripe-Signature'], standIn.webhookSecret).id).toBe(event.id)
  expect(Stripe.webhooks.generateTestHeaderString({ payload: 'x', secret: 's', timestamp: 5 })).toBe(
    (await start({ webhookSecret: 's' })).sign('x', 5).headers['Stripe-Signature'],
  )
})

it('tries again when the receiver fails, with a new signature', async () => {
  const { url, received } = await listen([500, 503])
  const standIn = await start({ webhookUrl: url })
  const event = standIn.emit('customer.created', { id: 'cus_1', object: 'customer' })
  await standIn.settled()
  expect(received.map(({ body }) => JSON.parse(body).id)).toEqual([event.id, event.id, event.id])
  expect(standIn.deliveries).toEqual([{ eventId: event.id, type: 'customer.created', url, attempts: 3, status: 200 }])
  expect(event.pending_webhooks).toBe(0)
})

it('sends to endpoints made through the API what they enabled, under their own secret', async () => {
  const { url, received } = await listen()
  const standIn = await start()
  const stripe = createClient(standIn)
  const endpoint = await stripe.webhookEndpoints.create({ url, enabled_events: ['charge.succeeded'] })
  expect(endpoint.secret).toMatch(/^whsec_\w{32}$/)
  expect(await stripe.webhookEndpoints.retrieve(endpoint.id)).not.toHaveProperty('secret')
  const pay = () =>
    stripe.paymentIntents.create({ amount: 800, currency: 'eur', payment_method: 'pm_card_visa', ...AT_ONCE })
  await pay()
  await standIn.settled()
  await stripe.webhookEndpoints.del(endpoint.id)
  await pay()
  await standIn.settled()
  expect(received).toHaveLength(1)
  const [{ body, headers } = { body: '', headers: {} as IncomingHttpHeaders }] = received
  expect(stripe.webhooks.constructEvent(body, headers['stripe-signature'] ?? '', endpoint.secret ?? '').type).toBe(
    'charge.succeeded',
  )
})

it('stops trying when it is closed', async () => {
  const standIn = await startStripe({ webhookUrl: 'http://127.0.0.1:1/nobody' })
  standIn.emit('customer.created', { id: 'cus_1', object: 'customer' })
  await standIn.close()
  await standIn.settled()
  expect(standIn.deliveries[0]?.status).toBeUndefined()
})
