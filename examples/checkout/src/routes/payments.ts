import type { Express, Request } from 'express'
import type { AppParts } from '../app.ts'
import { ID, optional, readBoolean, readFields, readInteger, readOneOf, readPattern, readText } from '../input.ts'
import type { Fields } from '../input.ts'
import { PAYMENT_STATUSES, showPayment } from '../payment.ts'
import type { PaymentFilter, PaymentOrder } from '../payment.ts'
import { signedIn } from '../signed-in.ts'

// Stripe's largest amount.
const MAX_AMOUNT = 99_999_999
const PAGE = 20
const MAX_PAGE = 100
const REQUEST_KEY = /^[\x21-\x7e]{1,128}$/

/** `/payments` and everything below it. */
export function addPaymentRoutes(app: Express, { accounts, payments }: AppParts): void {
  app.post('/payments', async (request, response) => {
    const user = await signedIn(accounts, request)
    const { payment, isNew, clientSecret } = await payments.create(user, readOrder(request))
    const shown = { payment: showPayment(payment) }
    if (payment.status === 'declined') {
      const message = `The card was declined (${payment.declineCode ?? 'no reason given'})`
      response.status(402).json({ error: { code: 'payment_declined', message }, ...shown })
      return
    }
    response
      .status(isNew ? 201 : 200)
      .location(`/payments/${payment.id}`)
      .json(clientSecret === undefined ? shown : { ...shown, clientSecret })
  })

  app.get('/payments', async (request, response) => {
    const user = await signedIn(accounts, request)
    const filter = readFilter(readFields({ ...request.query }, ['status', 'q', 'after', 'limit']))
    const found = await payments.list(user, filter)
    const next = found.length === filter.limit ? found.at(-1)?.id : undefined
    response.json({ payments: found.map(showPayment), next: next ?? null })
  })

  app.get('/payments/:id', async (request, response) => {
    const user = await signedIn(accounts, request)
    response.json({ payment: showPayment(await payments.find(user, request.params.id)) })
  })

  app.post('/payments/:id/capture', async (request, response) => {
    const user = await signedIn(accounts, request)
    readFields(request.body ?? {}, [])
    response.json({ payment: showPayment(await payments.capture(user, request.params.id)) })
  })

  app.post('/payments/:id/refund', async (request, response) => {
    const user = await signedIn(accounts, request)
    const fields = readFields(request.body ?? {}, ['amount'])
    const amount = optional(fields, 'amount', () => readInteger(fields, 'amount', 1, MAX_AMOUNT))
    const refunded = await payments.refund(user, request.params.id, { amount, requestKey: readRequestKey(request) })
    response.json({ payment: showPayment(refunded) })
  })
}

function readOrder(request: Request): PaymentOrder {
  const fields = readFields(request.body, ['amount', 'currency', 'paymentMethod', 'description', 'capture'])
  return {
    amount: readInteger(fields, 'amount', 1, MAX_AMOUNT),
    currency: readPattern(fields, 'currency', /^[A-Za-z]{3}$/, 'an ISO 4217 code such as eur').toLowerCase(),
    paymentMethod: readPattern(
      fields,
      'paymentMethod',
      /^pm_\w{1,100}$/,
      'a Stripe payment method such as pm_card_visa',
    ),
    description: optional(fields, 'description', () => readText(fields, 'description', 0, 500)) ?? '',
    isCapturedAtOnce: optional(fields, 'capture', () => readBoolean(fields, 'capture')) ?? true,
    requestKey: readRequestKey(request),
  }
}

function readFilter(fields: Fields): PaymentFilter {
  const limit = optional(fields, 'limit', () => Number(readPattern(fields, 'limit', /^\d{1,3}$/, 'a number')))
  return {
    status: optional(fields, 'status', () => readOneOf(fields, 'status', PAYMENT_STATUSES)),
    text: optional(fields, 'q', () => readText(fields, 'q', 0, 200)),
    after: optional(fields, 'after', () => readPattern(fields, 'after', ID, 'the id of a payment')),
    limit: Math.min(Math.max(limit ?? PAGE, 1), MAX_PAGE),
  }
}

function readRequestKey(request: Request): string | undefined {
  const fields: Fields = { 'Idempotency-Key': request.get('idempotency-key') }
  return optional(fields, 'Idempotency-Key', () =>
    readPattern(fields, 'Idempotency-Key', REQUEST_KEY, 'at most 128 visible characters'),
  )
}
