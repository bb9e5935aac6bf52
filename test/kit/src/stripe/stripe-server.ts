import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Stripe from 'stripe'
import { createAccount } from './account.ts'
import type { Account, EventType } from './account.ts'
import { createApi } from './api.ts'
import type { ApiOutcome, StripeRequest } from './api.ts'
import type { Caller } from './authentication.ts'
import { parseForm } from './form.ts'
import { createId, randomText } from './ids.ts'
import { answerAuthenticationPage } from './authentication-page.ts'
import { authenticateIntent } from './payment-attempt.ts'
import { readBody } from './request-body.ts'
import type { Sabotage } from './sabotage.ts'
import { WebhookSender } from './webhook-delivery.ts'
import type { WebhookDelivery } from './webhook-delivery.ts'
import { signWebhook } from './webhook-signature.ts'

/** What `startStripe` may be told. */
export interface StripeOptions {
  /** Port on 127.0.0.1. @defaultValue a free one */
  readonly port?: number
  /** Where to send every event of the own test account; more by `deliverTo`. @defaultValue nowhere */
  readonly webhookUrl?: string
  /** Secret of webhooks sent to `webhookUrl` and by `deliverTo`. @defaultValue a new one */
  readonly webhookSecret?: string
  /** Connected account that webhooks and `events` are about; requests name it by `Stripe-Account`. @defaultValue the key's own */
  readonly account?: string
  /** Milliseconds since 1970. @defaultValue Date.now */
  readonly clock?: () => number
}

/** A webhook as Stripe would send it. */
export interface SignedWebhook {
  readonly body: string
  readonly headers: { readonly 'Content-Type': string; readonly 'Stripe-Signature': string }
}

/** A running stand-in. */
export interface StripeStandIn {
  readonly host: string
  readonly port: number
  /** `http://host:port` */
  readonly url: string
  /** A test key that it accepts, as any other of that form. */
  readonly apiKey: string
  readonly webhookSecret: string
  readonly requests: readonly StripeRequest[]
  readonly deliveries: readonly WebhookDelivery[]
  /** Events of the own test account, oldest first. */
  readonly events: readonly Stripe.EventBase[]
  /** Asks `decide` before each request what shall go wrong with it; gives back the way to end that. */
  fail(decide: (next: StripeRequest) => Sabotage | undefined): () => void
  /** Sends every later event of the own test account to `url`. */
  deliverTo(url: string): void
  /** Resolves when all webhooks so far were accepted or given up. */
  settled(): Promise<void>
  /** Makes an event about `object`, records and delivers it. */
  emit(type: EventType, object: object): Stripe.EventBase
  /** Signs an event (or any text) now, or at `seconds` of Unix time. */
  sign(event: object | string, seconds?: number): SignedWebhook
  /** Ends the payer's 3-D Secure authentication of a payment intent in `requires_action`. */
  authenticate(paymentIntentId: string, outcome: 'failure' | 'success'): void
  close(): Promise<void>
}

const HOST = '127.0.0.1'
const API_VERSION = '2026-10-28.endive'

/**
 * Starts a stand-in for Stripe's API v1 on 127.0.0.1: payment intents, charges, refunds, customers,
 * payment methods, balance, events and signed webhooks, kept in memory.
 *
 * Use it with `new Stripe(apiKey, { host, port, protocol: 'http' })`. Operations it does not
 * have are answered as an unrecognised URL.
 */
export async function startStripe(options: StripeOptions = {}): Promise<StripeStandIn> {
  const { clock = Date.now, webhookSecret = `whsec_${randomText(32)}` } = options
  const requests: StripeRequest[] = []
  const saboteurs = new Set<(next: StripeRequest) => Sabotage | undefined>()
  const webhooks = new WebhookSender(clock)
  const accounts = new Map<string, Account>()
  const onEvent = (event: Stripe.EventBase, account: Account): void => webhooks.send(event, account)

  const accountOf = ({ livemode, account: id }: Caller): Account => {
    const name = `${livemode ? 'live' : 'test'} ${id ?? ''}`
    const known = accounts.get(name)
    if (known !== undefined) return known
    const created = createAccount({ id, livemode, apiVersion: API_VERSION, clock, onEvent })
    accounts.set(name, created)
    return created
  }
  const own = accountOf({ livemode: false, account: options.account })

  const deliverTo = (url: string): void => {
    own.webhookEndpoints.add({
      id: createId('we'),
      object: 'webhook_endpoint',
      api_version: null,
      application: null,
      created: own.now(),
      description: null,
      enabled_events: ['*'],
      livemode: false,
      metadata: {},
      secret: webhookSecret,
      status: 'enabled',
      url,
    })
  }
  if (options.webhookUrl !== undefined) deliverTo(options.webhookUrl)

  const answerApi = createApi({
    accountOf,
    baseUrl: () => url,
    sabotageOf: (request) => {
      for (const decide of saboteurs) {
        const sabotage = decide(request)
        if (sabotage !== undefined) return sabotage
      }
      return undefined
    },
  })

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = new URL(incoming.url ?? '/', url)
    if (answerAuthenticationPage(own, target, incoming, response)) return
    const body = await readBody(incoming)
    if (body === undefined) {
      response.writeHead(413).end()
      return
    }
    const form = incoming.method === 'POST' ? body : target.search.slice(1)
    const request = { ...describe(incoming, target), params: parseForm(form), status: undefined, isReplay: false }
    requests.push(request)
    const outcome = await answerApi(request, form)
    if (outcome.kind === 'reset') {
      incoming.socket.resetAndDestroy()
      return
    }
    Object.assign(request, { status: outcome.answer.status, isReplay: outcome.isReplay })
    send(request, outcome, response)
  }

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      response.destroy()
      // A client may leave in the middle of its request; all else is a mistake of the stand-in.
      if (incoming.complete) server.emit('error', error)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, HOST, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo
  const url = `http://${HOST}:${port}`

  return {
    host: HOST,
    port,
    url,
    apiKey: `sk_test_${randomText(24)}`,
    webhookSecret,
    requests,
    deliveries: webhooks.deliveries,
    get events() {
      return [...own.events]
    },
    fail: (decide) => {
      saboteurs.add(decide)
      return () => {
        saboteurs.delete(decide)
      }
    },
    deliverTo,
    settled: () => webhooks.settled(),
    emit: (type, object) => own.record(type, object, { requestId: null, idempotencyKey: null }),
    sign: (event, seconds = Math.floor(clock() / 1000)) => {
      const body = typeof event === 'string' ? event : JSON.stringify(event, null, 2)
      return {
        body,
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'Stripe-Signature': signWebhook(body, webhookSecret, seconds),
        },
      }
    },
    authenticate: (id, outcome) => authenticateIntent(own, own.paymentIntents.get(id), outcome === 'success'),
    close: async () => {
      webhooks.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

function describe(
  { method = 'GET', headers }: IncomingMessage,
  target: URL,
): Omit<StripeRequest, 'isReplay' | 'params' | 'status'> {
  const key = headers['idempotency-key']
  const version = headers['stripe-version']
  return {
    requestId: createId('req', 14),
    method,
    path: target.pathname,
    headers,
    idempotencyKey: typeof key === 'string' && key !== '' ? key : undefined,
    apiVersion: typeof version === 'string' ? version : API_VERSION,
  }
}

function send(request: StripeRequest, outcome: ApiOutcome & { kind: 'answer' }, response: ServerResponse): void {
  const { answer, isReplay } = outcome
  const key = request.method === 'POST' ? request.idempotencyKey : undefined
  const connected = request.headers['stripe-account']
  response.writeHead(answer.status, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-cache, no-store',
    'Request-Id': request.requestId,
    'Stripe-Version': request.apiVersion,
    ...(key === undefined ? {} : { 'Idempotency-Key': key, 'Original-Request': answer.requestId }),
    ...(typeof connected === 'string' ? { 'Stripe-Account': connected } : {}),
    ...(isReplay ? { 'Idempotent-Replayed': 'true' } : {}),
    ...answer.headers,
  })
  response.end(answer.body)
}
