import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { instrumentPaymentClient, type PaymentClientTable } from './payment-client.ts'
import { RAZORPAY } from './razorpay.ts'
import { events, inSpan, lastSpan, load, points, reset, spans } from './telemetry.test.support.ts'

type Callback = (error: unknown, result: unknown) => void
interface Razorpay {
  readonly orders: { create(params: object): Promise<{ readonly id: string }>; fetch(id: string): Promise<unknown> }
  readonly payments: {
    capture(id: string, amount: number, currency: string, callback?: Callback): Promise<unknown>
    refund(id: string, params: object): Promise<unknown>
    edit(id: string, params: object): Promise<unknown>
  }
  readonly api: { readonly rq: { readonly defaults: { baseURL: string } } }
}

interface Answer {
  readonly status: number
  readonly body: object
}
const CARD = '4242'.repeat(4)
const answers = new Map<string, Answer>()
const server = createServer((request, response) => {
  const answer = answers.get(`${request.method} ${request.url}`)
  if (answer === undefined) request.socket.destroy()
  else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
})
const Client = load('razorpay') as new (options: object) => Razorpay
let client: Razorpay
let plain: Razorpay

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const create = (): Razorpay => {
    const razorpay = new Client({ key_id: 'id', key_secret: 'placeholder' })
    razorpay.api.rq.defaults.baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return razorpay
  }
  plain = create()
  client = create()
  instrumentPaymentClient(client, RAZORPAY)
})
afterAll(() => void server.close())
beforeEach(async () => {
  answers.clear()
  await reset()
})

it('makes a span of a call, measures it, and tells what it says of money', async () => {
  const order = { id: 'order_1', entity: 'order', amount: 4999, currency: 'INR', status: 'created' }
  const payment = { id: 'pay_1', entity: 'payment', amount: 4999, currency: 'INR', status: 'captured' }
  const refund = {
    id: 'rfnd_1',
    entity: 'refund',
    payment_id: 'pay_1',
    amount: 999,
    currency: 'INR',
    status: 'processed',
  }
  answers.set('POST /v1/orders', { status: 200, body: order })
  answers.set('POST /v1/payments/pay_1/capture', { status: 200, body: payment })
  answers.set('POST /v1/payments/pay_1/refund', { status: 200, body: refund })
  const { parent, result } = await inSpan(() => client.orders.create({ amount: 4999, currency: 'INR' }))
  expect(result).toEqual(await plain.orders.create({ amount: 4999, currency: 'INR' }))
  await client.payments.capture('pay_1', 4999, 'INR')
  await client.payments.refund('pay_1', { amount: 999 })
  expect(spans().filter(({ name }) => name !== 'parent')).toMatchObject([
    { name: 'razorpay.orders.create', parentSpanId: parent.spanId },
    {
      name: 'razorpay.payments.capture',
      attributes: { 'http.request.method': 'POST', 'url.template': '/v1/payments/{id}/capture' },
    },
    { name: 'razorpay.payments.refund' },
  ])
  expect(
    events().map(({ name, attributes }) => [
      name,
      attributes['payment.id'],
      attributes['payment.status'],
      attributes['payment.amount'],
    ]),
  ).toEqual([
    ['payment.attempt', 'order_1', undefined, 4999],
    ['payment.capture', 'pay_1', 'captured', 4999],
    ['payment.completion', 'pay_1', 'succeeded', 4999],
    ['payment.refund', 'pay_1', 'processed', 999],
  ])
  for (const { attributes } of events()) {
    expect(attributes['payment.provider']).toBe('razorpay')
    expect(attributes).not.toHaveProperty('plutus.event.invalid')
  }
  const [point] = await points('razorpay.client.operation.duration')
  expect(point).toEqual({ attributes: { 'razorpay.operation': 'orders.create' }, value: 1 })
})

it('says why a call was refused, and throws what the client throws', async () => {
  const error = {
    code: 'BAD_REQUEST_ERROR',
    description: `The card ${CARD} was declined`,
    reason: 'payment_failed',
  }
  answers.set('POST /v1/payments/pay_2/capture', { status: 400, body: { error } })
  await expect(client.payments.capture('pay_2', 100, 'INR')).rejects.toEqual({ statusCode: 400, error })
  expect(lastSpan()).toMatchObject({
    status: { code: 2, message: 'BAD_REQUEST_ERROR: payment_failed' },
    attributes: {
      'http.response.status_code': 400,
      'error.type': 'BAD_REQUEST_ERROR',
      'razorpay.decline_code': 'payment_failed',
    },
  })
  expect(events()).toMatchObject([
    { name: 'payment.capture', attributes: { 'payment.id': 'pay_2', 'payment.status': 'failed' } },
  ])
  expect(JSON.stringify([spans(), events()])).not.toContain(CARD)
})

it('tells no end of a payment after a broken connection or a 5xx', async () => {
  await expect(client.payments.capture('pay_3', 100, 'INR')).rejects.toBeDefined()
  answers.set('POST /v1/payments/pay_3/capture', { status: 502, body: { error: { code: 'SERVER_ERROR' } } })
  await expect(client.payments.capture('pay_3', 100, 'INR')).rejects.toBeDefined()
  expect(events().map(({ name, attributes }) => [name, attributes['payment.status']])).toEqual([
    ['payment.attempt', 'unknown'],
    ['payment.attempt', 'unknown'],
  ])
})

it('follows callbacks, and leaves alone what the table does not name', async () => {
  answers.set('POST /v1/payments/pay_4/capture', {
    status: 200,
    body: { id: 'pay_4', status: 'captured', amount: 1, currency: 'INR' },
  })
  answers.set('PATCH /v1/payments/pay_4', { status: 200, body: {} })
  const heard = await new Promise((resolve) => {
    void client.payments.capture('pay_4', 1, 'INR', (error, result) => resolve([error, result]))
  })
  expect(heard).toMatchObject([null, { id: 'pay_4' }])
  expect(events('payment.completion')).toHaveLength(1)
  await client.payments.edit('pay_4', { notes: {} })
  expect(spans().map(({ name }) => name)).toEqual(['razorpay.payments.capture'])
})

it('keeps what is thrown at once, and lets no table throw into a payment', () => {
  expect(() => client.payments.capture('', 1, 'INR')).toThrow('`payment_id` is mandatory')
  expect(lastSpan().status.code).toBe(2)
  const table: PaymentClientTable = {
    provider: 'shop',
    operations: {
      pay: { method: 'POST', template: '/pay', facts: () => JSON.parse('no json') as never },
      'not.there': { method: 'GET', template: '/' },
    },
  }
  const shop = instrumentPaymentClient(instrumentPaymentClient({ pay: (sum: number) => sum * 2 }, table), table)
  expect(shop.pay(4)).toBe(8)
  expect(lastSpan().name).toBe('shop.pay')
  expect(spans().filter(({ name }) => name === 'shop.pay')).toHaveLength(1)
  expect([shop.pay.name, shop.pay.length]).toEqual(['pay', 1])
})

it.each(['', 'Pay Pal', 'a'.repeat(33)])('refuses %j as the name of a provider', (provider) => {
  expect(() => instrumentPaymentClient({}, { provider, operations: {} })).toThrow(
    expect.objectContaining({ code: 'PLUTUS_OPTION_INVALID', option: 'paymentClient.provider' }),
  )
})
