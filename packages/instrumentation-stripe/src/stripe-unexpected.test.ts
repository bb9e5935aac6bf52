import { AlwaysOffSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { startStripe, type StripeStandIn } from '@plutus/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { trace } from '@opentelemetry/api'
import { createStripeInstrumentation } from './stripe.ts'
import { followRequest, type Host } from './stripe-request.ts'
import { events, lastSpan, load, points, reset, spans } from './telemetry.test.support.ts'

interface Client {
  readonly customers: { create(params: object): Promise<object>; list(): Promise<object> }
  readonly paymentIntents: { create(params: object): Promise<object> }
  readonly quotes: { pdf(id: string): Promise<ReadableStream> }
  readonly webhooks: { constructEvent(payload: string, header: string, secret: string): unknown }
}
interface StripeClass {
  new (key: string | undefined, config: object): Client
  createFetchHttpClient(): object
}

const instrumentation = createStripeInstrumentation({ events: false })
let standIn: StripeStandIn

beforeAll(async () => {
  standIn = await startStripe()
})
afterAll(() => standIn.close())
beforeEach(reset)

const connect = (key: string | undefined, config: object = {}): Client => {
  const { host, port } = standIn
  return new (load('stripe') as StripeClass)(key, { host, port, protocol: 'http', ...config })
}

describe('a library that is not as expected', () => {
  const told: string[] = []
  const host: Host = {
    tracer: trace.getTracer('test'),
    tellsEvents: true,
    isEnabled: () => true,
    backOff: (part) => void told.push(part),
  }

  it.each<[string, readonly unknown[]]>([
    ['without a callback', ['GET', null, '/v1/balance', {}, null, {}, [], 'no function']],
    ['with another first argument', [{ method: 'GET' }, null, '/v1/balance', {}, null, {}, [], () => undefined]],
    ['with nothing at all', []],
  ])('is called as it was, %s', (_what, args) => {
    told.length = 0
    const request = followRequest(host, function (this: unknown, ...passed) {
      return [this, passed]
    })
    const sender = {}
    expect(Reflect.apply(request, sender, args)).toEqual([sender, args])
    expect(told).toEqual(['RequestSender._request'])
    expect(spans()).toEqual([])
  })

  it('ends the span of a call that throws at once, and throws the same', () => {
    const error = new RangeError('no path')
    const request = followRequest(host, () => {
      throw error
    })
    const call = (): unknown =>
      Reflect.apply(request, {}, [
        'POST',
        null,
        '/v1/payment_intents',
        { amount: 1, currency: 'eur' },
        null,
        {},
        [],
        () => 0,
      ])
    expect(call).toThrow(error)
    expect(lastSpan()).toMatchObject({
      name: 'stripe.payment_intents.create',
      attributes: { 'error.type': 'RangeError' },
    })
    // Nothing was sent: nobody has to wonder what became of it.
    expect(events()).toMatchObject([{ name: 'payment.attempt', attributes: { 'payment.status': 'failed' } }])
  })

  it('measures and tells a call that is not sampled', async () => {
    const tracer = new TracerProvider({ sampler: new AlwaysOffSampler() }).getTracer('test')
    const request = followRequest({ ...host, tracer }, (...args) => {
      const callback = args[7] as (error: unknown, response: unknown) => void
      const intent = { id: 'pi_unsampled', object: 'payment_intent', amount: 1, currency: 'eur', status: 'succeeded' }
      callback(null, intent)
    })
    Reflect.apply(request, {}, ['POST', null, '/v1/payment_intents', {}, null, {}, [], () => 0])
    expect(spans()).toEqual([])
    expect(events().map(({ name }) => name)).toEqual(['payment.attempt', 'payment.completion'])
    expect(await points('stripe.client.operation.duration')).toHaveLength(1)
  })

  it('lets nothing that is not a word of the provider become an attribute', () => {
    const secret = 'payer@example.com 4242 4242'
    const request = followRequest(host, (...args) => {
      const callback = args[7] as (error: unknown) => void
      callback({
        type: secret,
        code: secret,
        decline_code: secret,
        rawType: secret,
        requestId: secret,
        message: secret,
      })
    })
    Reflect.apply(request, {}, ['POST', null, '/v1/refunds', {}, null, {}, [], () => 0])
    expect(lastSpan().attributes['error.type']).toBe('_OTHER')
    expect(JSON.stringify(spans())).not.toContain('payer')
  })
})

it('makes spans and no events where events are off', async () => {
  const client = connect(standIn.apiKey)
  await client.paymentIntents.create({ amount: 100, currency: 'eur' })
  const { body } = standIn.sign('{}')
  expect(() => client.webhooks.constructEvent(body, 't=1,v1=0', standIn.webhookSecret)).toThrow('No signatures found')
  expect(spans().map(({ name }) => name)).toEqual(['stripe.payment_intents.create'])
  expect(events()).toEqual([])
})

it('ends the span of a call whose own authenticator fails', async () => {
  const unhandled = new Promise((resolve) => {
    const listeners = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.once('unhandledRejection', (reason) => {
      for (const listener of listeners) process.on('unhandledRejection', listener)
      resolve(reason)
    })
  })
  const client = connect(undefined, { authenticator: () => Promise.reject(new Error('vault is sealed')) })
  void client.customers.list()
  expect(await unhandled).toMatchObject({ message: 'Unable to authenticate the request' })
  expect(lastSpan()).toMatchObject({ name: 'stripe.customers.list', status: { code: 2 } })
})

it('follows the client on fetch, whose streams are those of the Web', async () => {
  const client = connect(standIn.apiKey, { httpClient: (load('stripe') as StripeClass).createFetchHttpClient() })
  await client.customers.create({})
  expect(lastSpan().attributes).toMatchObject({ 'http.response.status_code': 200 })
  const stop = standIn.fail(() => ({ status: 200, body: 'a quote' }))
  const stream = await client.quotes.pdf('qt_1').finally(stop)
  expect(await new Response(stream).text()).toBe('a quote')
  expect(lastSpan()).toMatchObject({
    name: 'stripe.quotes.pdf',
    attributes: { 'stripe.request_id': standIn.requests.at(-1)?.requestId },
  })
})

it('does nothing while it is disabled', async () => {
  instrumentation.disable()
  const client = connect(standIn.apiKey)
  await expect(client.customers.create({})).resolves.toMatchObject({ object: 'customer' })
  expect(spans()).toEqual([])
  instrumentation.enable()
  await client.customers.create({})
  expect(spans()).toHaveLength(1)
})
