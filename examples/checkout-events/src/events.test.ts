import { randomBytes, randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { createDatabase, services, startProgram, startReceiver, startStripe, waitFor } from '@plutus/test-kit'
import type { OwnDatabase, Program, ReceivedLog, Receiver, StripeStandIn } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const SERVER = fileURLToPath(new URL('server.ts', import.meta.url))
const PASSWORD = randomBytes(9).toString('base64url')
const ORDER = { amount: 1999, currency: 'eur', paymentMethod: 'pm_card_visa', description: 'Red shoes' }
const START_MILLIS = 60_000

let receiver: Receiver
let stripe: StripeStandIn
let program: Program
let database: OwnDatabase | undefined
let url = ''
const users: Record<'alice' | 'admin', { token: string; id: string }> = {
  alice: { token: '', id: '' },
  admin: { token: '', id: '' },
}

/** An answer of the service, and the correlation id by which its records are found. */
interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly json: {
    readonly token?: string
    readonly user?: { readonly id: string }
    readonly payment?: { readonly id: string }
  }
  readonly correlation: string
}

interface Ask {
  readonly as?: keyof typeof users
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const ask = async (path: string, { as, body, headers = {} }: Ask = {}): Promise<Reply> => {
  const correlation = randomUUID()
  const response = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: {
      'x-correlation-id': correlation,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(as === undefined ? {} : { authorization: `Bearer ${users[as].token}` }),
      ...headers,
    },
  })
  const text = await response.text()
  const json = text.startsWith('{') ? (JSON.parse(text) as Reply['json']) : {}
  return { status: response.status, headers: response.headers, json, correlation }
}

const DURABLE: ReadonlySet<unknown> = new Set(['payment', 'security', 'audit'])

/** Waits for as many events of one request as are named, and gives them in the order in which they were recorded. */
const eventsOf = async ({ correlation }: Reply, ...names: readonly string[]): Promise<ReceivedLog[]> => {
  const isOfRequest = ({ attributes }: Pick<ReceivedLog, 'attributes'>): boolean =>
    attributes['correlation.id'] === correlation
  const find = (): ReceivedLog[] =>
    receiver.logs.filter((log) => isOfRequest(log) && DURABLE.has(log.attributes['plutus.data.class']))
  const server = await receiver.waitFor(() =>
    receiver.spans.find((span) => span.kind === 'SERVER' && isOfRequest(span)),
  )
  await receiver.waitFor(() => find().length >= names.length)
  const found = find().toSorted((a, b) => Number(a.timeUnixNano - b.timeUnixNano))
  expect(found.map(({ eventName }) => eventName)).toEqual(names)
  expect(found.filter(({ attributes }) => attributes['plutus.event.invalid'] !== undefined)).toEqual([])
  expect(found.filter(({ traceId }) => traceId !== server.traceId)).toEqual([])
  return found
}

const pay = (more: object = {}): Promise<Reply> => ask('/payments', { as: 'alice', body: { ...ORDER, ...more } })
const idOf = ({ json }: Reply): string => json.payment?.id ?? 'none'

beforeAll(async () => {
  receiver = await startReceiver()
  stripe = await startStripe()
  database = services.postgres.available ? await createDatabase() : undefined
  program = startProgram({
    file: SERVER,
    receiver,
    ready: '"listening"',
    timeoutMillis: 0,
    env: {
      PORT: '0',
      SEED_PASSWORD: PASSWORD,
      ...(database && { DATABASE_URL: database.url }),
      STRIPE_API_BASE: stripe.url,
      STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
      PLUTUS_STRIPE_EVENTS: '0', // the service tells them itself
    },
  })
  ;({ address: url } = JSON.parse(await program.ready) as { address: string })
  for (const name of ['alice', 'admin'] as const) {
    const { json } = await ask('/login', { body: { email: `${name}@example.com`, password: PASSWORD } })
    users[name] = { token: json.token ?? '', id: json.user?.id ?? '' }
  }
}, START_MILLIS)

afterAll(async () => {
  await program.stop()
  await Promise.all([stripe.close(), receiver.close(), database?.drop()])
}, START_MILLIS)

describe('payments', { timeout: START_MILLIS }, () => {
  it('tells an attempt before Stripe is asked, and how it ended', async () => {
    const reply = await pay()
    const [attempt, completion] = await eventsOf(reply, 'payment.attempt', 'payment.completion')
    const sum = { 'payment.id': idOf(reply), 'payment.amount': 1999, 'payment.currency': 'eur' }
    expect(attempt).toMatchObject({
      severityText: 'INFO',
      attributes: { ...sum, 'payment.sender.id': users.alice.id, 'user.id': users.alice.id },
    })
    expect(completion).toMatchObject({ severityText: 'INFO', attributes: { ...sum, 'payment.status': 'succeeded' } })
    const call = receiver.spans.find(
      ({ traceId, attributes }) => traceId === attempt?.traceId && String(attributes['url.full']).includes('/v1/'),
    )
    expect(attempt?.timeUnixNano).toBeLessThanOrEqual(call?.startTimeUnixNano ?? 0n)
    expect(completion?.timeUnixNano).toBeGreaterThanOrEqual(call?.endTimeUnixNano ?? 0n)
  })

  it('tells a decline as a failure with its reason', async () => {
    const reply = await pay({ paymentMethod: 'pm_card_visa_chargeDeclinedInsufficientFunds' })
    expect(reply.status).toBe(402)
    const [, completion] = await eventsOf(reply, 'payment.attempt', 'payment.completion')
    expect(completion).toMatchObject({
      severityText: 'ERROR',
      attributes: { 'payment.status': 'failed', 'payment.decline_code': 'insufficient_funds' },
    })
  })

  it('tells a request that Stripe refuses as a failure', async () => {
    const reply = await pay({ paymentMethod: 'pm_of_nobody' })
    expect(reply.status).toBe(400)
    const [, completion] = await eventsOf(reply, 'payment.attempt', 'payment.completion')
    expect(completion?.attributes).toMatchObject({ 'payment.status': 'failed', 'error.type': 'resource_missing' })
  })

  it('does not say how a payment ended when nobody knows', async () => {
    const recover = stripe.fail(() => ({ status: 500 }))
    const reply = await pay()
    recover()
    expect(reply.status).toBe(502)
    await eventsOf(reply, 'payment.attempt')
    const record = await receiver.waitFor(() =>
      receiver.logs.find(
        ({ body, attributes }) =>
          body === 'What became of a payment is not known' && attributes['correlation.id'] === reply.correlation,
      ),
    )
    expect(record).toMatchObject({ severityText: 'ERROR', attributes: { 'payment.id': idOf(reply) } })
  })

  it('tells nothing of an order that comes again, and nothing of one that is not taken', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const again = { as: 'alice', body: ORDER, headers } as const
    await eventsOf(await ask('/payments', again), 'payment.attempt', 'payment.completion')
    const second = await ask('/payments', again)
    const wrong = await pay({ amount: 'a lot' })
    expect([second.status, wrong.status]).toEqual([200, 400])
    await eventsOf(await pay(), 'payment.attempt', 'payment.completion') // all that came before has arrived
    await eventsOf(second)
    await eventsOf(wrong)
  })

  it('tells an authorisation, and the capture that follows', async () => {
    const made = await pay({ capture: false })
    const [, authorization] = await eventsOf(made, 'payment.attempt', 'payment.authorization')
    expect(authorization?.attributes).toMatchObject({ 'payment.status': 'requires_capture', 'payment.amount': 1999 })
    const captured = await ask(`/payments/${idOf(made)}/capture`, { as: 'alice', body: {} })
    const [capture] = await eventsOf(captured, 'payment.capture', 'payment.completion')
    expect(capture?.attributes).toMatchObject({ 'payment.id': idOf(made), 'payment.status': 'succeeded' })
    const refused = await ask(`/payments/${idOf(made)}/capture`, { as: 'alice', body: {} })
    expect(refused.status).toBe(409)
  })

  it("tells a customer's refund, and an admin's with who did it and what it changed", async () => {
    const made = await pay()
    const own = await ask(`/payments/${idOf(made)}/refund`, { as: 'alice', body: { amount: 500 } })
    const [refund] = await eventsOf(own, 'payment.refund')
    expect(refund?.attributes).toMatchObject({ 'payment.id': idOf(made), 'payment.amount': 500 })

    const byAdmin = await ask(`/payments/${idOf(made)}/refund`, { as: 'admin', body: {} })
    const [rest, adjustment] = await eventsOf(byAdmin, 'payment.refund', 'audit.financial.adjustment')
    expect(rest?.attributes['payment.amount']).toBe(1499)
    expect(adjustment).toMatchObject({
      severityText: 'WARN',
      attributes: {
        'plutus.data.class': 'audit',
        'audit.actor.id': users.admin.id,
        'audit.actor.role': 'admin',
        'audit.action': 'refund',
        'audit.target.id': idOf(made),
        'audit.outcome': 'success',
        'audit.before': { status: 'partially_refunded', amountRefunded: 500 },
        'audit.after': { status: 'refunded', amountRefunded: 1999 },
        'user.id': users.admin.id,
        'client.address': '127.0.0.1',
        'resource.type': 'payment',
        'resource.id': idOf(made),
        'event.outcome': 'success',
      },
    })
  })

  it('tells what an admin tried in vain, too', async () => {
    const made = await pay({ capture: false })
    const refused = await ask(`/payments/${idOf(made)}/refund`, { as: 'admin', body: {} })
    expect(refused.status).toBe(409)
    const [adjustment] = await eventsOf(refused, 'audit.financial.adjustment')
    expect(adjustment?.attributes).toMatchObject({ 'audit.outcome': 'failure', 'audit.target.id': idOf(made) })
  })

  it("tells that an admin read a customer's payment, and not that the customer did", async () => {
    const made = await pay()
    const own = await ask(`/payments/${idOf(made)}`, { as: 'alice' })
    const [read] = await eventsOf(await ask(`/payments/${idOf(made)}`, { as: 'admin' }), 'data.read')
    expect(read?.attributes).toMatchObject({ 'user.id': users.admin.id, 'resource.id': idOf(made) })
    await eventsOf(own)
  })
})

describe('webhooks', { timeout: START_MILLIS }, () => {
  it('tell the same end of a payment as the call, by the same id, whichever comes first', async () => {
    stripe.deliverTo(`${url}/webhooks/stripe`)
    const reply = await pay()
    await stripe.settled()
    const completions = (): ReceivedLog[] =>
      receiver.logs.filter(
        ({ eventName, attributes }) => eventName === 'payment.completion' && attributes['payment.id'] === idOf(reply),
      )
    await receiver.waitFor(() => completions().length === 2)
    expect(new Set(completions().map(({ attributes }) => attributes['log.record.uid'])).size).toBe(1)
    expect(new Set(completions().map(({ traceId }) => traceId)).size).toBe(2)
  })

  it('are told when their signature does not hold', async () => {
    const headers = { 'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}` }
    const reply = await ask('/webhooks/stripe', { body: {}, headers })
    expect(reply.status).toBe(400)
    const [forged] = await eventsOf(reply, 'webhook.signature_failure')
    expect(forged?.attributes).toMatchObject({ 'webhook.failure.reason': 'bad_signature', 'event.outcome': 'failure' })
    const [bare] = await eventsOf(await ask('/webhooks/stripe', { body: {} }), 'webhook.signature_failure')
    expect(bare?.attributes['webhook.failure.reason']).toBe('no_header')
  })
})

describe('people', { timeout: START_MILLIS }, () => {
  it('are told when they log in and out, and every later record of the request says who', async () => {
    const login = await ask('/login', { body: { email: 'bob@example.com', password: PASSWORD } })
    const [success] = await eventsOf(login, 'auth.login.success')
    const id = login.json.user?.id
    expect(success?.attributes).toMatchObject({ 'user.id': id, 'resource.id': id, 'auth.method': 'password' })
    const headers = { authorization: `Bearer ${login.json.token}` }
    const [logout] = await eventsOf(await ask('/logout', { body: {}, headers }), 'auth.logout')
    expect(logout?.attributes['user.id']).toBe(id)
    await eventsOf(await ask('/logout', { body: {}, headers }))
  })

  it('are told when they guess: one hash for one account, and no word of what they typed', async () => {
    const guess = (email: string): Promise<Reply> => ask('/login', { body: { email, password: 'guess-7391' } })
    const tell = async (email: string): Promise<ReceivedLog | undefined> =>
      (await eventsOf(await guess(email), 'auth.login.failure'))[0]
    const [alice, again, nobody] = [
      await tell('alice@example.com'),
      await tell('ALICE@example.com'),
      await tell('nobody@example.com'),
    ]
    expect(alice).toMatchObject({
      severityText: 'WARN',
      attributes: {
        'plutus.data.class': 'security',
        'owasp.event': 'authn_login_fail',
        'event.outcome': 'failure',
        'client.address': '127.0.0.1',
        'user.id': 'unknown',
      },
    })
    expect(again?.attributes['user.hash']).toBe(alice?.attributes['user.hash'])
    expect(nobody?.attributes['user.hash']).not.toBe(alice?.attributes['user.hash'])
  })

  it('are told at the pages for admins, and refused ones once more', async () => {
    const [access] = await eventsOf(await ask('/admin', { as: 'admin' }), 'admin.access')
    expect(access?.attributes).toMatchObject({ 'http.route': '/admin', 'event.outcome': 'success' })
    const [tried, denied] = await eventsOf(await ask('/admin', { as: 'alice' }), 'admin.access', 'authz.denied')
    expect(tried?.attributes).toMatchObject({ 'event.outcome': 'failure', 'user.id': users.alice.id })
    expect(denied).toMatchObject({
      severityText: 'ERROR',
      attributes: { 'authz.required': ['admin'], 'resource.id': '/admin', 'user.id': users.alice.id },
    })
  })
})

it('says of no record what must not be said, and answers as the service without events', async () => {
  const reply = await ask('/health')
  expect(reply.headers.get('x-powered-by')).toBeNull()
  await waitFor(() => receiver.logs.length > 20)
  const told = JSON.stringify(receiver.logs.map(({ body, attributes }) => [body, attributes]))
  const secrets = [PASSWORD, 'guess-7391', users.alice.token, users.admin.token, stripe.webhookSecret]
  for (const secret of [...secrets, 'alice@example.com', 'nobody@example.com']) expect(told).not.toContain(secret)
})
