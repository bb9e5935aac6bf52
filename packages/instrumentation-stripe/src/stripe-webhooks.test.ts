import { startStripe, type StripeStandIn } from '@plutus/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { STRIPE_PACKAGES } from './collect-operations.test.support.ts'
import { createStripeInstrumentation } from './stripe.ts'
import { events, inSpan, lastSpan, load, reset, spans } from './telemetry.test.support.ts'

type Read = (payload: string | Buffer, header: unknown, secret: string, tolerance?: number) => unknown
interface Webhooks {
  constructEvent: Read
  constructEventAsync: (...args: Parameters<Read>) => Promise<unknown>
  constructEventWithoutVerification?: (payload: string) => unknown
  readonly signature: { verifyHeader: Read }
}
interface Client {
  readonly webhooks: Webhooks
  readonly paymentIntents: {
    create(params: object): Promise<{ readonly id: string }>
    update(id: string, params: object): Promise<object>
  }
  readonly parseThinEvent?: Read
  readonly parseEventNotification?: Read
  readonly parseEventNotificationAsync?: (...args: Parameters<Read>) => Promise<unknown>
  readonly parseEventNotificationWithoutVerification?: (payload: string) => unknown
}
type StripeClass = new (key: string, config: object) => Client

createStripeInstrumentation()
let standIn: StripeStandIn
let nextEvent = 1

beforeAll(async () => {
  standIn = await startStripe()
})
afterAll(() => standIn.close())
beforeEach(reset)

const connect = (library: string): Client => {
  const { host, port, apiKey } = standIn
  return new (load(library) as StripeClass)(apiKey, { host, port, protocol: 'http' })
}
const now = (): number => Math.floor(Date.now() / 1000)
const createEvent = (type: string, object: object) => ({
  id: `evt_${nextEvent++}`,
  object: 'event',
  created: now() - 10,
  type,
  data: { object },
})
const INTENT = { object: 'payment_intent', id: 'pi_elsewhere', amount: 700, currency: 'eur', amount_received: 700 }
const thrownBy = (call: () => unknown): unknown => {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('the call was expected to throw')
}
const reasons = (): unknown[] =>
  events('webhook.signature_failure').map(({ attributes }) => attributes['webhook.failure.reason'])

describe.each(STRIPE_PACKAGES)('%s', (library) => {
  let webhooks: Webhooks
  let client: Client

  beforeAll(() => {
    client = connect(library)
    ;({ webhooks } = client)
  })

  it('tells a valid webhook, and again as a duplicate', async () => {
    const event = createEvent('customer.updated', { object: 'customer', id: 'cus_1' })
    const { body, headers } = standIn.sign(event)
    const signature = headers['Stripe-Signature']
    expect(webhooks.constructEvent(body, signature, standIn.webhookSecret)).toEqual(event)
    await expect(webhooks.constructEventAsync(Buffer.from(body), signature, standIn.webhookSecret)).resolves.toEqual(
      event,
    )
    const told = { 'webhook.provider': 'stripe', 'webhook.event.type': event.type, 'webhook.event.id': event.id }
    expect(events()).toMatchObject([
      { name: 'webhook.received', severity: 'INFO', attributes: { ...told, 'webhook.duplicate': false } },
      { name: 'webhook.received', attributes: { ...told, 'webhook.duplicate': true } },
    ])
    const lag = Number(events()[0]?.attributes['webhook.delivery.lag'])
    expect(lag).toBeGreaterThanOrEqual(10)
    expect(events()[0]?.attributes).not.toHaveProperty('plutus.event.invalid')
  })

  it('tells why a signature does not hold, as a security event, and throws what the library throws', async () => {
    const { body, headers } = standIn.sign(createEvent('customer.updated', {}))
    const signature = headers['Stripe-Signature']
    const secret = standIn.webhookSecret
    const forged = ['whsec', 'forged'].join('_')
    const old = standIn.sign(createEvent('customer.updated', {}), now() - 1_000)
    const refused = [
      thrownBy(() => webhooks.constructEvent(body, signature, forged)),
      thrownBy(() => webhooks.constructEvent(`${body} `, signature, secret)),
      thrownBy(() => webhooks.constructEvent(old.body, old.headers['Stripe-Signature'], secret)),
      thrownBy(() => webhooks.constructEvent(body, undefined, secret)),
      thrownBy(() => webhooks.constructEvent(body, 'nonsense', secret)),
      thrownBy(() => webhooks.signature.verifyHeader(body, signature, forged)),
      await webhooks.constructEventAsync(body, '', secret).catch((error: unknown) => error),
      await webhooks.constructEventAsync(body, signature, forged).catch((error: unknown) => error),
    ]
    for (const error of refused) expect(error).toMatchObject({ type: 'StripeSignatureVerificationError' })
    expect(reasons().join(' ')).toBe(
      'bad_signature bad_signature old_timestamp no_header bad_header bad_signature no_header bad_signature',
    )
    expect(events('webhook.received')).toEqual([])
    expect(events()[0]).toMatchObject({
      severity: 'WARN',
      attributes: { 'plutus.data.class': 'security', 'event.outcome': 'failure', 'webhook.provider': 'stripe' },
    })
    expect(JSON.stringify(events())).not.toMatch(/whsec|v1=/)
  })

  it('tells nothing of what is no matter of the signature', () => {
    const { body, headers } = standIn.sign('not json')
    const error = thrownBy(() => webhooks.constructEvent(body, headers['Stripe-Signature'], standIn.webhookSecret))
    expect(error).toBeInstanceOf(SyntaxError)
    expect(events()).toEqual([])
  })

  it('tells the end of a payment that another process made, once', () => {
    const intent = { ...INTENT, id: `pi_elsewhere_${library}`, status: 'succeeded' }
    // The end comes before the beginning, as it may.
    for (const type of ['payment_intent.succeeded', 'payment_intent.succeeded', 'payment_intent.created']) {
      const { body, headers } = standIn.sign(createEvent(type, intent))
      webhooks.constructEvent(body, headers['Stripe-Signature'], standIn.webhookSecret)
    }
    const sum = { 'payment.id': intent.id, 'payment.amount': 700, 'payment.currency': 'EUR' }
    expect(events().filter(({ name }) => name !== 'webhook.received')).toMatchObject([
      { name: 'payment.completion', attributes: { ...sum, 'payment.status': 'succeeded' } },
      { name: 'payment.attempt', attributes: sum },
    ])
  })

  it('links the span that handles a webhook to the call that made its object', async () => {
    const made = await client.paymentIntents.create({ amount: 700, currency: 'eur' })
    const call = lastSpan()
    const { body, headers } = standIn.sign(createEvent('payment_intent.created', made))
    const foreign = standIn.sign(createEvent('payment_intent.created', { ...INTENT, id: 'pi_foreign' }))
    await inSpan(() => webhooks.constructEvent(body, headers['Stripe-Signature'], standIn.webhookSecret))
    expect(lastSpan().links).toMatchObject([{ traceId: call.traceId, spanId: call.spanId }])
    await inSpan(() =>
      webhooks.constructEvent(foreign.body, foreign.headers['Stripe-Signature'], standIn.webhookSecret),
    )
    expect(lastSpan().links).toEqual([])
    expect(spans().filter(({ name }) => name === 'stripe.payment_intents.create')).toHaveLength(1)
  })

  it('links to the call that created an object, and to the one that last changed it', async () => {
    const { id } = await client.paymentIntents.create({ amount: 700, currency: 'eur' })
    await client.paymentIntents.update(id, { description: 'one' })
    const made = await client.paymentIntents.update(id, { description: 'another' })
    const calls = spans()
    const { body, headers } = standIn.sign(createEvent('payment_intent.created', made))
    await inSpan(() => webhooks.constructEvent(body, headers['Stripe-Signature'], standIn.webhookSecret))
    expect(lastSpan().links.map(({ spanId }) => spanId)).toEqual([calls[0]?.spanId, calls[2]?.spanId])
  })

  it('tells an event notification once, whichever parser reads it', async () => {
    const created = new Date(Date.now() - 5_000).toISOString()
    const thin = (): string =>
      JSON.stringify({ id: `evt_${nextEvent++}`, object: 'v2.core.event', type: 'v1.billing.meter.created', created })
    const parsers: readonly (((...args: Parameters<Read>) => unknown) | undefined)[] = [
      client.parseThinEvent?.bind(client),
      client.parseEventNotification?.bind(client),
      client.parseEventNotificationAsync?.bind(client),
    ]
    const existing = parsers.filter((parse) => parse !== undefined)
    for (const parse of existing) {
      const { body, headers } = standIn.sign(thin())
      await parse(body, headers['Stripe-Signature'], standIn.webhookSecret)
    }
    expect(events().map(({ name, attributes }) => [name, attributes['webhook.duplicate']])).toEqual(
      existing.map(() => ['webhook.received', false]),
    )
    for (const { attributes } of events()) {
      expect(Number(attributes['webhook.delivery.lag'])).toBeGreaterThanOrEqual(5)
      expect(Number(attributes['webhook.delivery.lag'])).toBeLessThan(600)
    }
  })
})

it('says so where a signature was not checked', () => {
  const client = connect('stripe')
  const event = createEvent('customer.updated', {})
  client.webhooks.constructEventWithoutVerification?.(JSON.stringify(event))
  const thin = { id: 'evt_thin', object: 'v2.core.event', type: 'v1.customer.updated', created: '2026-01-01T00:00:00Z' }
  client.parseEventNotificationWithoutVerification?.(JSON.stringify(thin))
  expect(events().map(({ attributes }) => [attributes['webhook.event.id'], attributes['webhook.verified']])).toEqual([
    [event.id, false],
    ['evt_thin', false],
  ])
})
