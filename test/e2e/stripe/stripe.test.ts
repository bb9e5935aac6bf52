import { isFull, NODES, nodesOf, runProgram, startReceiver, startStripe } from '@plutus/test-kit'
import type {
  ProgramOptions,
  ProgramResult,
  ReceivedLog,
  ReceivedSpan,
  StripeStandIn,
  TestNode,
} from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBelow, only } from '../src/run-both.ts'
import { programFile } from './program-file.ts'

// The newest version on both ends of the matrix, where ES modules are hooked differently; the oldest on one.
const newest = (['mjs', 'cjs'] as const).flatMap((format) =>
  nodesOf(format).map((node) => [`newest.${format}`, node] as const),
)
const last = NODES.at(-1) as TestNode
const PROGRAMS = [...newest, ...['oldest.mjs', 'oldest.cjs'].slice(isFull ? 0 : 1).map((name) => [name, last] as const)]

const CARD = ['4242', '4242', '4242', '4242'].join('')
const standIns: StripeStandIn[] = []

afterAll(() => Promise.all(standIns.map((standIn) => standIn.close())))

/** A Stripe without objects, which fails some payments by their description. */
async function startOwnStripe(): Promise<StripeStandIn> {
  const standIn = await startStripe()
  standIns.push(standIn)
  const failures = new Map<unknown, number>()
  standIn.fail(({ params: { description }, idempotencyKey = '' }) => {
    const count = (failures.get(idempotencyKey) ?? 0) + 1
    failures.set(idempotencyKey, count)
    if (description === 'is cut') return { reset: true }
    if (description === 'always fails') return { status: 503 }
    return description === 'fails twice' && count <= 2 ? { status: 500 } : undefined
  })
  return standIn
}

interface Outcome {
  readonly spans: readonly ReceivedSpan[]
  readonly logs: readonly ReceivedLog[]
  readonly everything: string
  readonly standIn: StripeStandIn
}

/** Runs a program with and without the hook, expects the same from both, and gives what was sent. */
async function observe(name: string, node: TestNode, more: Record<string, string> = {}): Promise<Outcome> {
  const run = async (options: Partial<ProgramOptions>): Promise<[ProgramResult, StripeStandIn]> => {
    const standIn = await startOwnStripe()
    const { port, apiKey, webhookSecret } = standIn
    const env = { STRIPE_PORT: String(port), STRIPE_KEY: apiKey, WEBHOOK_SECRET: webhookSecret, CARD, ...more }
    return [await runProgram({ node, file: programFile(name), env, ...options }), standIn]
  }
  const without = run({ hook: 'none' })
  const receiver = await startReceiver()
  try {
    const [{ code, stdout, stderr }, standIn] = await run({ receiver })
    const [plain] = await without
    expect({ code, stdout }).toEqual({ code: plain.code, stdout: plain.stdout })
    expect([code, stderr.split('\n').filter((line) => /error|warn/i.test(line))]).toEqual([0, []])
    expect(receiver.malformed).toEqual([])
    const { spans, logs, metrics } = receiver
    const text = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)
    return { standIn, spans: [...spans], logs: [...logs], everything: JSON.stringify([spans, logs, metrics], text) }
  } finally {
    await receiver.close()
  }
}

const attributesOf = (logs: readonly ReceivedLog[], event: string): ReceivedLog['attributes'][] =>
  logs.filter(({ eventName }) => eventName === event).map(({ attributes }) => attributes)

// They wait for attempts that fail most of the time: all at once.
const outcomes = new Map<string, Promise<Outcome>>()
beforeAll(async () => {
  for (const [name, node] of PROGRAMS) outcomes.set(`${name} ${node.label}`, observe(name, node))
  await Promise.all(outcomes.values())
})

describe.each(PROGRAMS)('%s on $label', (name, node) => {
  let outcome: Outcome
  beforeAll(async () => {
    outcome = (await outcomes.get(`${name} ${node.label}`)) as Outcome
  })

  it('has a span for each logical call, above the HTTP spans of its attempts', () => {
    const { spans } = outcome
    const calls = spans.filter((span) => span.name.startsWith('stripe.'))
    expect(new Set(calls.map((span) => span.name))).toEqual(
      new Set([
        'stripe.payment_methods.create',
        'stripe.customers.create',
        'stripe.customers.retrieve',
        'stripe.customers.list',
        'stripe.payment_intents.create',
        'stripe.refunds.create',
      ]),
    )
    const attempts = spans.filter(({ attributes }) => attributes['url.full'] !== undefined)
    for (const attempt of attempts) expect(calls.some((call) => isBelow(spans, attempt, call))).toBe(true)
    const retried = only(
      calls,
      ({ attributes, status }) => attributes['stripe.retry.count'] === 2 && status.code !== 'ERROR',
    )
    expect(attempts.filter((attempt) => isBelow(spans, attempt, retried))).toHaveLength(3)
    expect(calls.every(({ kind, name: told }) => kind === 'CLIENT' && !/cus_|pi_|pm_/.test(told))).toBe(true)
  })

  it('says how each went wrong', () => {
    const failed = outcome.spans.filter((span) => span.name.startsWith('stripe.') && span.status.code === 'ERROR')
    const told = failed.map(({ attributes }) => [
      attributes['error.type'],
      attributes['stripe.error.code'],
      attributes['http.response.status_code'],
    ])
    expect(told).toEqual(
      expect.arrayContaining([
        ['StripeCardError', 'card_declined', 402],
        ['StripeInvalidRequestError', 'resource_missing', 404],
        ['ECONNRESET', undefined, undefined],
        ['StripeAPIError', undefined, 503],
      ]),
    )
  })

  it('tells each end of a payment once, and none that nobody knows', () => {
    const { logs, spans } = outcome
    const completions = attributesOf(logs, 'payment.completion')
    expect(completions.map((attributes) => attributes['payment.status'])).toEqual(['succeeded', 'failed', 'succeeded'])
    expect(completions[1]).toMatchObject({
      'payment.decline_code': 'insufficient_funds',
      'error.type': 'card_declined',
    })
    const unknown = attributesOf(logs, 'payment.attempt').filter(({ 'payment.status': status }) => status === 'unknown')
    expect(unknown).toHaveLength(2)
    expect(attributesOf(logs, 'payment.refund')).toMatchObject([{ 'payment.amount': 500, 'payment.currency': 'EUR' }])
    const traces = new Set(spans.map(({ traceId }) => traceId))
    const inTrace = logs.filter(({ eventName }) => eventName === 'payment.completion')
    expect(inTrace.every(({ traceId = '' }) => traces.has(traceId))).toBe(true)
    for (const { attributes } of logs) expect(attributes).not.toHaveProperty('plutus.event.invalid')
  })

  it('tells webhooks: received, received again, forged', () => {
    const received = attributesOf(outcome.logs, 'webhook.received')
    expect(received.map(({ 'webhook.duplicate': isDuplicate }) => isDuplicate)).toEqual([false, true])
    expect(attributesOf(outcome.logs, 'webhook.signature_failure')).toMatchObject([
      { 'webhook.failure.reason': 'bad_signature', 'plutus.data.class': 'security' },
    ])
  })

  it('lets no secret out', () => {
    const { everything, standIn } = outcome
    expect(everything).toContain('stripe.payment_methods.create')
    for (const secret of [standIn.apiKey, standIn.webhookSecret, CARD, '_secret_', 'payer@', 'order-of']) {
      expect(everything).not.toContain(secret)
    }
  })
})

it('gives a fact the same id in the process that made it and in the one that hears of it by webhook', async () => {
  const [name, node] = newest.at(-1) as (typeof newest)[number]
  const made = (await outcomes.get(`${name} ${node.label}`)) as Outcome
  const { events } = made.standIn
  const paid = attributesOf(made.logs, 'payment.completion')
  const own = events.filter(
    ({ type, data }) =>
      /^payment_intent\.(?:succeeded|payment_failed)$/.test(type) &&
      paid.some((fact) => fact['payment.id'] === (data.object as { id?: string }).id),
  )
  expect(own).toHaveLength(3)
  const now = Math.floor(Date.now() / 1000)
  const signed = own.map((event) => made.standIn.sign(event))
  const stale = made.standIn.sign(own[0] ?? {}, now - 3_600)
  // In another order than they happened; the first once more; one too old to be believed.
  const sent = [...signed.toReversed(), ...signed.slice(0, 1), stale]
  const webhooks = sent.map(({ body, headers }) => ({ body, signature: headers['Stripe-Signature'] }))
  const { logs, spans } = await observe('webhooks.mjs', last, {
    WEBHOOKS: JSON.stringify(webhooks),
    WEBHOOK_SECRET: made.standIn.webhookSecret,
  })
  const uids = (attributes: readonly ReceivedLog['attributes'][]): unknown[] =>
    attributes.map((fact) => fact['log.record.uid']).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
  expect(uids(attributesOf(logs, 'payment.completion'))).toEqual(uids(paid))
  expect(attributesOf(logs, 'webhook.received').map((fact) => fact['webhook.duplicate'])).toEqual([
    false,
    false,
    false,
    true,
  ])
  expect(attributesOf(logs, 'webhook.signature_failure')).toMatchObject([{ 'webhook.failure.reason': 'old_timestamp' }])
  expect(spans).toEqual([])
})
