import { createDatabase, isFull, services, startStripe, waitFor } from '@plutus/test-kit'
import type { StripeStandIn } from '@plutus/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startRunningService } from './running-service.ts'
import type { Reply, RunningService } from './running-service.ts'

const START_MILLIS = 60_000
const ORDER = { amount: 1999, currency: 'eur', paymentMethod: 'pm_card_visa', description: 'Shoes' }
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000'

// Both with `test:full`; else PostgreSQL where it answers. That payments are made on PGlite, `lifecycle.test.ts` shows.
const DATABASES = [
  { name: 'PGlite', isMissing: false, open: async () => ({ url: '', drop: async () => undefined }) },
  {
    name: `PostgreSQL${services.postgres.available ? '' : `: ${services.postgres.reason}`}`,
    isMissing: !services.postgres.available,
    open: createDatabase,
  },
].slice(isFull || !services.postgres.available ? 0 : 1)

for (const { name, isMissing, open } of DATABASES) {
  describe.skipIf(isMissing)(`on ${name}`, { timeout: 30_000 }, () => {
    let stripe: StripeStandIn
    let service: RunningService
    let drop = async (): Promise<unknown> => undefined
    let alice = ''
    let bob = ''
    let admin = ''
    const closers: (() => void)[] = []

    beforeAll(async () => {
      stripe = await startStripe()
      const database = await open()
      ;({ drop } = database)
      service = await startRunningService({
        STRIPE_API_BASE: stripe.url,
        STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
        ...(database.url === '' ? {} : { DATABASE_URL: database.url }),
      })
      alice = await service.logIn('alice@example.com')
      bob = await service.logIn('bob@example.com')
      admin = await service.logIn('admin@example.com')
    }, START_MILLIS)

    afterEach(() => {
      for (const close of closers.splice(0)) close()
    })

    afterAll(async () => {
      await service.program.stop()
      await Promise.all([stripe.close(), drop()])
    }, START_MILLIS)

    const pay = (more: object = {}, headers: Record<string, string> = {}): Promise<Reply> =>
      service.ask('/payments', { token: alice, body: { ...ORDER, ...more }, headers })

    const tell = (webhook: { body: string; headers: Record<string, string> }): Promise<Reply> =>
      service.ask('/webhooks/stripe', { body: webhook.body, headers: webhook.headers })

    describe('a payment', () => {
      it('is made at once and can be read, found and counted', async () => {
        const made = await pay({ description: 'Red shoes' })
        expect(made.status).toBe(201)
        expect(made.json).toEqual({
          payment: {
            id: expect.stringMatching(/^[0-9a-f-]{36}$/),
            amount: 1999,
            currency: 'eur',
            description: 'Red shoes',
            status: 'succeeded',
            amountCaptured: 1999,
            amountRefunded: 0,
            declineCode: null,
            createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
            updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
          },
        })
        const { id } = paymentOf(made)
        expect(made.headers.get('location')).toBe(`/payments/${id}`)
        expect(paymentOf(await service.ask(`/payments/${id}`, { token: alice }))).toEqual(paymentOf(made))
        expect(idsOf(await service.ask('/payments?q=RED%20shoes&status=succeeded', { token: alice }))).toContain(id)
        expect(idsOf(await service.ask('/payments?q=red&status=declined', { token: alice }))).not.toContain(id)
        const { days } = (await service.ask('/reports/daily', { token: admin })).json as {
          days: { payments: number }[]
        }
        expect(days[0]?.payments).toBeGreaterThan(0)
      })

      it('is held until it is captured, then paid back in parts', async () => {
        const { id, status } = paymentOf(await pay({ capture: false, currency: 'JPY', amount: 5000 }))
        expect(status).toBe('authorized')
        const refund = (body: object): Promise<Reply> =>
          service.ask(`/payments/${id}/refund`, { token: alice, body, method: 'POST' })
        expect((await refund({})).status).toBe(409)
        const captured = await service.ask(`/payments/${id}/capture`, { token: alice, method: 'POST' })
        expect(paymentOf(captured)).toMatchObject({ status: 'succeeded', amountCaptured: 5000 })
        expect((await service.ask(`/payments/${id}/capture`, { token: alice, method: 'POST' })).status).toBe(409)
        expect((await refund({ amount: 5001 })).json).toMatchObject({ error: { code: 'amount_too_large' } })
        expect(paymentOf(await refund({ amount: 2000 }))).toMatchObject({
          status: 'partially_refunded',
          amountRefunded: 2000,
        })
        expect(paymentOf(await refund({}))).toMatchObject({ status: 'refunded', amountRefunded: 5000 })
        expect((await refund({})).json).toMatchObject({ error: { code: 'not_refundable' } })
      })

      it.each([
        ['pm_card_visa_chargeDeclined', 'generic_decline'],
        ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
        ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
      ])('with %s is answered 402 and remembered as %s', async (paymentMethod, declineCode) => {
        const declined = await pay({ paymentMethod })
        expect(declined.status).toBe(402)
        expect(declined.json).toMatchObject({
          error: { code: 'payment_declined' },
          payment: { status: 'declined', declineCode, amountCaptured: 0 },
        })
        const { id } = paymentOf(declined)
        expect(paymentOf(await service.ask(`/payments/${id}`, { token: alice }))).toMatchObject({ declineCode })
        expect((await service.ask(`/payments/${id}/refund`, { token: alice, method: 'POST' })).status).toBe(409)
      })

      it('that needs 3-D Secure is completed by the webhook', async () => {
        const asked = await pay({ paymentMethod: 'pm_card_authenticationRequired' })
        expect(asked.json).toMatchObject({ payment: { status: 'requires_action' }, clientSecret: expect.any(String) })
        const { id } = paymentOf(asked)
        const intentId = String(asked.json?.['clientSecret']).split('_secret_')[0] ?? ''
        stripe.authenticate(intentId, 'success')
        const event = stripe.events.findLast(({ type }) => type === 'payment_intent.succeeded')
        expect((await tell(stripe.sign(event ?? {}))).json).toEqual({ received: true })
        expect(paymentOf(await service.ask(`/payments/${id}`, { token: alice }))).toMatchObject({
          status: 'succeeded',
          amountCaptured: 1999,
        })
      })

      it('is made once for one Idempotency-Key', async () => {
        const key = { 'idempotency-key': `order-${name}` }
        const replies = await Promise.all([pay({}, key), pay({}, key), pay({}, key)])
        expect(replies.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 201])
        expect(new Set(replies.map((reply) => paymentOf(reply).id)).size).toBe(1)
        expect((await pay({ amount: 2000 }, key)).json).toMatchObject({ error: { code: 'request_key_reused' } })
        const made = stripe.events.filter(
          ({ type, data }) =>
            type === 'payment_intent.succeeded' && hasPaymentId(data.object, paymentOf(replies[0]).id),
        )
        expect(made).toHaveLength(1)
      })

      it('whose outcome is unknown stays pending until the same key asks again', async () => {
        const headers = { 'Stripe-Should-Retry': 'false' }
        closers.push(stripe.fail(() => ({ status: 500, when: 'after', headers })))
        const key = { 'idempotency-key': `unknown-${name}` }
        const lost = await pay({}, key)
        expect(lost.status).toBe(502)
        expect(lost.json).toMatchObject({ error: { code: 'provider_unreachable' }, payment: { status: 'pending' } })
        for (const close of closers.splice(0)) close()
        const found = await pay({}, key)
        expect(paymentOf(found)).toMatchObject({ id: paymentOf(lost).id, status: 'succeeded' })
      })

      it('is answered 503 while Stripe takes no more requests', async () => {
        closers.push(stripe.fail(() => ({ status: 429, headers: { 'Stripe-Should-Retry': 'false' } })))
        expect((await pay()).json).toMatchObject({ error: { code: 'provider_busy' } })
      })

      it('fails for a payment method that Stripe does not know', async () => {
        const refused = await pay({ paymentMethod: 'pm_nobody' })
        expect(refused.status).toBe(400)
        expect(refused.json).toMatchObject({ error: { code: 'resource_missing' } })
        const { payments } = (await service.ask('/payments?status=failed', { token: alice })).json as {
          payments: object[]
        }
        expect(payments).toHaveLength(1)
      })

      it('that is declined at its capture is answered 402 and still held', async () => {
        const { id } = paymentOf(await pay({ capture: false }))
        closers.push(stripe.fail(() => ({ status: 402 })))
        const capture = await service.ask(`/payments/${id}/capture`, { token: alice, method: 'POST' })
        expect(capture.status).toBe(402)
        expect(paymentOf(await service.ask(`/payments/${id}`, { token: alice })).status).toBe('authorized')
      })

      it('goes to Stripe under a key of its own, with the amount as it is', async () => {
        const { id } = paymentOf(await pay({ amount: 1234, currency: 'kwd' }))
        const sent = stripe.requests.findLast(({ path }) => path === '/v1/payment_intents')
        expect(sent).toMatchObject({
          idempotencyKey: `payment-${id}`,
          params: { amount: '1234', currency: 'kwd', metadata: { payment_id: id } },
        })
      })
    })

    describe('whoever asks', () => {
      it.each([
        ['a wrong password', { email: 'alice@example.com', password: 'guess' }],
        ['an unknown address', { email: 'mallory@example.com', password: 'guess' }],
        ['SQL for an address', { email: "alice@example.com' OR '1'='1' --", password: 'guess' }],
        ['SQL for a password', { email: 'admin@example.com', password: "' OR '1'='1" }],
      ])('is refused for %s, always in the same words', async (_what, body) => {
        const reply = await service.ask('/login', { body })
        expect(reply.status).toBe(401)
        expect(reply.json).toEqual({
          error: { code: 'wrong_credentials', message: 'The address or the password is wrong' },
        })
        expect(reply.headers.get('set-cookie')).toBeNull()
      })

      it.each([
        ['POST', '/payments'],
        ['GET', '/payments'],
        ['GET', `/payments/${UNKNOWN_ID}`],
        ['POST', `/payments/${UNKNOWN_ID}/capture`],
        ['POST', `/payments/${UNKNOWN_ID}/refund`],
        ['GET', '/admin'],
        ['GET', '/reports/daily'],
      ])('needs a session for %s %s', async (method, path) => {
        const body = method === 'POST' ? { body: {} } : {}
        expect((await service.ask(path, { method, ...body })).status).toBe(401)
        expect((await service.ask(path, { method, token: 'made-up', ...body })).status).toBe(401)
      })

      it('is known by the cookie until logging out', async () => {
        const { headers } = await service.ask('/login', {
          body: { email: 'BOB@example.com', password: service.password },
        })
        const cookie = headers.get('set-cookie') ?? ''
        expect(cookie).toMatch(/^session=[\w-]{43}; Max-Age=28800; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/)
        const session = { headers: { cookie: `theme=dark; ${cookie.split(';')[0]}` } }
        expect((await service.ask('/payments', session)).status).toBe(200)
        expect((await service.ask('/logout', { method: 'POST', ...session })).status).toBe(204)
        expect((await service.ask('/payments', session)).status).toBe(401)
      })

      it('sees nobody else’s payments, unless an admin', async () => {
        const { id } = paymentOf(await pay({ capture: false }))
        for (const path of [`/payments/${id}/capture`, `/payments/${id}/refund`]) {
          expect((await service.ask(path, { token: bob, method: 'POST' })).status).toBe(404)
        }
        expect((await service.ask(`/payments/${id}`, { token: bob })).status).toBe(404)
        expect(idsOf(await service.ask('/payments?limit=100', { token: bob }))).not.toContain(id)
        expect(idsOf(await service.ask('/payments?limit=100', { token: admin }))).toContain(id)
        const captured = await service.ask(`/payments/${id}/capture`, { token: admin, method: 'POST' })
        expect(paymentOf(captured).status).toBe('succeeded')
      })

      it('finds the admin page only as an admin, with everything from outside escaped', async () => {
        await pay({ description: '<script>alert("x")</script>' })
        expect((await service.ask('/admin', { token: alice })).status).toBe(403)
        expect((await service.ask('/reports/daily', { token: alice })).status).toBe(403)
        const page = await service.ask('/admin', { token: admin })
        expect(page.status).toBe(200)
        expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
        expect(page.headers.get('content-security-policy')).toBe("default-src 'none'")
        expect(page.text).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;')
        expect(page.text).not.toContain('<script')
      })
    })

    describe('input', () => {
      it.each([
        ['no amount', { amount: undefined }, 'amount'],
        ['an amount as text', { amount: '1999' }, 'amount'],
        ['a fraction', { amount: 19.99 }, 'amount'],
        ['nothing', { amount: 0 }, 'amount'],
        ['more than Stripe takes', { amount: 100_000_000 }, 'amount'],
        ['no currency code', { currency: 'euro' }, 'currency'],
        ['a card number for a payment method', { paymentMethod: '4242424242424242' }, 'paymentMethod'],
        ['SQL for a payment method', { paymentMethod: "pm_x'; DROP TABLE payments; --" }, 'paymentMethod'],
        ['a description that is too long', { description: 'x'.repeat(501) }, 'description'],
        ['a NUL in the description', { description: 'a\u0000b' }, 'description'],
        ['a text for capture', { capture: 'no' }, 'capture'],
        ['an unknown field', { status: 'succeeded' }, 'only'],
      ])('is refused: %s', async (_what, change, named) => {
        const reply = await pay(change)
        expect(reply.status).toBe(400)
        expect(reply.json).toMatchObject({
          error: { code: 'invalid_input', message: expect.stringMatching(new RegExp(`^${named}`)) },
        })
      })

      it.each([
        ['an unknown status', '/payments?status=lost', 400],
        ['a status given twice', '/payments?status=succeeded&status=declined', 400],
        ['an unknown filter', '/payments?user=bob', 400],
        ['a cursor that is no id', `/payments?after=${'-'.repeat(36)}`, 400],
        ['an id that nothing has', `/payments/${UNKNOWN_ID}`, 404],
        ['an id that is none', "/payments/1'%20OR%20'1'='1", 404],
        ['a path that does not decode', '/payments/%E0%A4%A', 400],
        ['a path that does not exist', '/paymets', 404],
      ])('is answered for %s', async (_what, path, status) => {
        const reply = await service.ask(path, { token: alice })
        expect(reply.status).toBe(status)
        expect(reply.json).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } })
      })

      it.each([
        ['broken JSON', '{"amount":', 400],
        ['a list', '[]', 400],
        ['17 kB', JSON.stringify({ ...ORDER, description: 'x'.repeat(17_000) }), 413],
      ])('of %s is refused', async (_what, body, status) => {
        expect((await service.ask('/payments', { token: alice, body })).status).toBe(status)
      })

      it('of another content type is refused', async () => {
        const headers = { 'content-type': 'text/plain' }
        const reply = await service.ask('/payments', { token: alice, body: JSON.stringify(ORDER), headers })
        expect(reply.status).toBe(400)
      })

      it('that looks like SQL is searched for as text', async () => {
        const text = `100%_\\'; DROP TABLE payments; --`
        const { id } = paymentOf(await pay({ description: `Order ${text}` }))
        await pay({ description: 'Order 100 and more' })
        const found = await service.ask(`/payments?q=${encodeURIComponent(text)}`, { token: alice })
        expect(idsOf(found)).toEqual([id])
        expect(idsOf(await service.ask(`/payments?q=${encodeURIComponent("' OR 1=1 --")}`, { token: alice }))).toEqual(
          [],
        )
      })

      it.each(['%', '_', '\\'])('finds %s itself, not whatever it stands for in a pattern', async (wildcard) => {
        const mark = `wild ${Math.random()}`
        const { id } = paymentOf(await pay({ description: `${mark} a${wildcard}b` }))
        await pay({ description: `${mark} a${wildcard}${wildcard}xb` })
        await pay({ description: `${mark} axb` })
        const found = await service.ask(`/payments?q=${encodeURIComponent(`${mark} a${wildcard}b`)}`, { token: alice })
        expect(idsOf(found)).toEqual([id])
      })

      it('of a long list comes in pages', async () => {
        const all = idsOf(await service.ask('/payments?limit=100', { token: alice }))
        const first = await service.ask('/payments?limit=3', { token: alice })
        const second = await service.ask(`/payments?limit=3&after=${String(first.json?.['next'])}`, { token: alice })
        expect([...idsOf(first), ...idsOf(second)]).toEqual(all.slice(0, 6))
        expect(idsOf(await service.ask(`/payments?after=${all[0] ?? ''}`, { token: bob }))).toEqual([])
      })
    })

    describe('a webhook', () => {
      it.each([
        ['without a signature', () => ({})],
        ['with a made-up signature', () => ({ 'stripe-signature': `t=${seconds()},v1=${'0'.repeat(64)}` })],
        ['signed six minutes ago', () => signatureOf(stripe, '{}', seconds() - 360)],
        ['signed for another body', () => signatureOf(stripe, '{"a":1}', seconds())],
      ])('%s is refused', async (_what, headers) => {
        const reply = await service.ask('/webhooks/stripe', { body: '{}', headers: headers() })
        expect(reply.status).toBe(400)
        expect(reply.json).toMatchObject({ error: { code: 'bad_signature' } })
      })

      it('that comes twice, late or about somebody else’s payment changes nothing', async () => {
        const { id } = paymentOf(await pay())
        await service.ask(`/payments/${id}/refund`, { token: alice, method: 'POST' })
        const late = stripe.events.findLast(({ type }) => type === 'payment_intent.succeeded')
        expect((await tell(stripe.sign(late ?? {}))).status).toBe(200)
        expect((await tell(stripe.sign(late ?? {}))).status).toBe(200)
        for (const isNew of [true, false]) {
          const line = `"eventId":"${late?.id}","type":"payment_intent.succeeded","isNew":${isNew}`
          await waitFor(() => service.program.stdout.includes(line))
        }
        expect(paymentOf(await service.ask(`/payments/${id}`, { token: alice })).status).toBe('refunded')
        const foreign = stripe.emit('payment_intent.succeeded', {
          id: 'pi_foreign',
          object: 'payment_intent',
          status: 'succeeded',
          metadata: { payment_id: "' OR '1'='1" },
        })
        expect((await tell(stripe.sign(foreign))).status).toBe(200)
      })

      it('tells of a refund made elsewhere', async () => {
        const { id } = paymentOf(await pay())
        const charge = stripe.events.findLast(({ type }) => type === 'charge.succeeded')?.data.object ?? {}
        // The later event first, as it may happen.
        for (const amount of [500, 300]) {
          const refunded = stripe.emit('charge.refunded', { ...charge, amount_refunded: amount })
          expect((await tell(stripe.sign(refunded))).status).toBe(200)
        }
        expect(paymentOf(await service.ask(`/payments/${id}`, { token: alice }))).toMatchObject({
          status: 'partially_refunded',
          amountRefunded: 500,
        })
      })
    })

    it('answers many at once, each its own', async () => {
      const amounts = Array.from({ length: 40 }, (_, at) => 1000 + at)
      const report = service.ask('/reports/daily', { token: admin })
      const replies = await Promise.all(amounts.map((amount) => pay({ amount, description: `Crowd ${amount}` })))
      expect(replies.map((reply) => paymentOf(reply).amount)).toEqual(amounts)
      const read = await Promise.all(
        replies.map((reply) => service.ask(`/payments/${paymentOf(reply).id}`, { token: alice })),
      )
      expect(read.map((reply) => paymentOf(reply))).toEqual(replies.map((reply) => paymentOf(reply)))
      expect((await report).status).toBe(200)
      expect((await service.ask('/health')).json).toEqual({ status: 'ok' })
    })
  })
}

function paymentOf(reply: Reply | undefined): Record<string, unknown> & { id: string } {
  const payment = reply?.json?.['payment']
  if (typeof payment !== 'object' || payment === null || !('id' in payment) || typeof payment.id !== 'string') {
    throw new Error(`No payment in the answer ${reply?.status} ${reply?.text}`)
  }
  return { ...payment, id: payment.id }
}

function idsOf(reply: Reply): string[] {
  const { payments } = reply.json as { payments: { id: string }[] }
  return payments.map(({ id }) => id)
}

function hasPaymentId(object: object, id: string): boolean {
  return 'metadata' in object && JSON.stringify(object.metadata) === JSON.stringify({ payment_id: id })
}

function seconds(): number {
  return Math.floor(Date.now() / 1000)
}

function signatureOf(stripe: StripeStandIn, body: string, at: number): Record<string, string> {
  return { 'stripe-signature': stripe.sign(body, at).headers['Stripe-Signature'] }
}
