import { startStripe, type Sabotage, type StripeStandIn } from '@plutus/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createStripeInstrumentation } from './stripe.ts'
import { events, load, reset } from './telemetry.test.support.ts'

interface Params {
  readonly [name: string]: unknown
}
interface Client {
  readonly paymentIntents: {
    create(params: Params): Promise<{ readonly id: string }>
    cancel(id: string): Promise<unknown>
  }
  readonly invoices: {
    finalizeInvoice(id: string): Promise<unknown>
    pay(id: string, params?: Params, options?: Params): Promise<unknown>
  }
  readonly refunds: { create(params: Params, options?: Params): Promise<unknown> }
  readonly webhooks: { constructEvent(payload: string, header: string, secret: string): unknown }
}
type StripeClass = new (key: string, config: object) => Client

createStripeInstrumentation()
let standIn: StripeStandIn
let client: Client
let nextId = 1

beforeAll(async () => {
  standIn = await startStripe()
  const { host, port, apiKey } = standIn
  const Stripe = load('stripe') as StripeClass
  client = new Stripe(apiKey, { host, port, protocol: 'http', maxNetworkRetries: 0 })
})
afterAll(() => standIn.close())
beforeEach(reset)

const SUM = { amount: 700, currency: 'eur' }
const told = (name: string): readonly Params[] => events(name).map(({ attributes }) => attributes)
const uids = (name: string): readonly unknown[] => told(name).map((fact) => fact['log.record.uid'])

/** Has the stand-in answer the next call with something of the test's own. */
async function answered<T>(sabotage: Sabotage, call: () => Promise<T>): Promise<T | Error> {
  const stop = standIn.fail(() => sabotage)
  return call()
    .catch((error: unknown) => error as Error)
    .finally(stop)
}

const receive = (type: string, object: Params): void => {
  const created = Math.floor(Date.now() / 1000)
  const { body, headers } = standIn.sign({ id: `evt_t${nextId++}`, object: 'event', created, type, data: { object } })
  client.webhooks.constructEvent(body, headers['Stripe-Signature'], standIn.webhookSecret)
}

describe('an invoice that could not be paid', () => {
  const invoiceOf = (id: string, count: number): Params => {
    return { object: 'invoice', id, status: 'open', amount_due: 700, currency: 'eur', attempt_count: count }
  }
  const decline = (id: string, charge: string): Promise<unknown> => {
    const last_payment_error = { code: 'card_declined', decline_code: 'lost_card', charge }
    const status = 'requires_payment_method'
    const intent = { object: 'payment_intent', id: `pi_of_${id}`, status, ...SUM, last_payment_error }
    const error = {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'lost_card',
      charge,
      payment_intent: intent,
    }
    return answered({ status: 402, body: JSON.stringify({ error }) }, () => client.invoices.pay(id))
  }

  it('is told once by call and webhook, and each declined charge as the end of a payment', async () => {
    await decline('in_first', 'ch_first')
    receive('invoice.payment_failed', invoiceOf('in_first', 1))
    await decline('in_first', 'ch_second') // on the service's own account: Stripe does not count it
    receive('invoice.payment_failed', invoiceOf('in_first', 1))
    expect(told('invoice.payment_failed')).toMatchObject([{ 'invoice.id': 'in_first', 'payment.amount': 700 }])
    expect(told('payment.completion')).toMatchObject([
      { 'payment.id': 'pi_of_in_first', 'payment.status': 'failed', 'payment.decline_code': 'lost_card' },
      { 'payment.id': 'pi_of_in_first', 'payment.status': 'failed' },
    ])
    expect(new Set(uids('payment.completion')).size).toBe(2)
  })

  it('is told again with the next attempt of the schedule, whoever hears of it', async () => {
    receive('invoice.payment_failed', invoiceOf('in_again', 2))
    await decline('in_again', 'ch_again')
    expect(events('invoice.payment_failed')).toHaveLength(1)
    receive('invoice.payment_failed', invoiceOf('in_again', 1)) // late
    await decline('in_again', 'ch_once_more')
    receive('invoice.payment_failed', invoiceOf('in_again', 3))
    expect(events('invoice.payment_failed')).toHaveLength(3)
    expect(new Set(uids('invoice.payment_failed')).size).toBe(3)
  })
})

describe('where nobody knows the outcome', () => {
  const unanswered = (call: () => Promise<unknown>): Promise<unknown> => answered({ reset: true }, call)
  const attempts = (): readonly Params[] => {
    expect(events().map(({ name }) => name)).toEqual(told('payment.attempt').map(() => 'payment.attempt'))
    for (const attempt of told('payment.attempt')) expect(attempt).not.toHaveProperty('plutus.event.invalid')
    return told('payment.attempt')
  }

  it('a refund is an attempt, each of its own but for the same key', async () => {
    const { id } = await client.paymentIntents.create(SUM)
    await reset()
    const refund = (options?: Params) =>
      unanswered(() => client.refunds.create({ payment_intent: id, amount: 300 }, options))
    await refund({ idempotencyKey: 'refund-1' })
    await refund({ idempotencyKey: 'refund-1' })
    await refund({ idempotencyKey: 'refund-2' })
    const fact = { 'payment.id': id, 'payment.status': 'unknown', 'payment.amount': 300, 'payment.currency': 'EUR' }
    expect(attempts()).toMatchObject([
      { ...fact, 'payment.description': 'refunds.create' },
      { ...fact, 'payment.description': 'refunds.create' },
    ])
  })

  it('the payment of an invoice is an attempt, by the invoice', async () => {
    const open = { object: 'invoice', id: 'in_lost', status: 'open', amount_due: 700, currency: 'eur' }
    await answered({ status: 200, body: JSON.stringify(open) }, () => client.invoices.finalizeInvoice('in_lost'))
    await unanswered(() => client.invoices.pay('in_lost'))
    expect(attempts()).toMatchObject([
      { 'payment.id': 'in_lost', 'payment.amount': 700, 'payment.description': 'invoices.pay' },
    ])
  })

  it('the end of a payment is an attempt', async () => {
    const { id } = await client.paymentIntents.create(SUM)
    await reset()
    await unanswered(() => client.paymentIntents.cancel(id))
    expect(attempts()).toMatchObject([{ 'payment.id': id, 'payment.status': 'unknown', 'payment.amount': 700 }])
  })
})
