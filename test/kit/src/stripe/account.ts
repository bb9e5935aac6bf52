import type Stripe from 'stripe'
import { Collection } from './collection.ts'
import { createId } from './ids.ts'

/** What the request behind a change said of itself; events repeat it. */
export interface Origin {
  readonly requestId: string | null
  readonly idempotencyKey: string | null
}

/** Kinds of event that the stand-in sends. */
export type EventType = Stripe.Event['type']

/** All objects of one account in one mode (test or live). */
export interface Account {
  /** The connected account's id; `undefined` for the key's own account. */
  readonly id: string | undefined
  readonly livemode: boolean
  readonly apiVersion: string
  readonly balanceTransactions: Collection<Stripe.BalanceTransaction>
  readonly charges: Collection<Stripe.Charge>
  readonly customers: Collection<Stripe.Customer | Stripe.DeletedCustomer>
  readonly events: Collection<Stripe.EventBase>
  readonly paymentIntents: Collection<Stripe.PaymentIntent>
  readonly paymentMethods: Collection<Stripe.PaymentMethod>
  readonly refunds: Collection<Stripe.Refund>
  readonly webhookEndpoints: Collection<Stripe.WebhookEndpoint>
  /** The time in whole seconds, as every object of Stripe has it. */
  readonly now: () => number
  /** Writes down that something happened to `object` as it is now, and has it delivered. */
  readonly record: (type: EventType, object: object, origin: Origin, previous?: object) => Stripe.EventBase
}

/** What `createAccount` needs to know. */
export interface AccountOptions {
  readonly id: string | undefined
  readonly livemode: boolean
  readonly apiVersion: string
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Called with each new event, after it can be read back. */
  readonly onEvent: (event: Stripe.EventBase, account: Account) => void
}

/** Creates an account without objects. */
export function createAccount(options: AccountOptions): Account {
  const now = (): number => Math.floor(options.clock() / 1000)
  const account: Account = {
    id: options.id,
    livemode: options.livemode,
    apiVersion: options.apiVersion,
    balanceTransactions: new Collection('balance_transaction', '/v1/balance_transactions'),
    charges: new Collection('charge', '/v1/charges'),
    customers: new Collection('customer', '/v1/customers'),
    events: new Collection('event', '/v1/events'),
    paymentIntents: new Collection('payment_intent', '/v1/payment_intents'),
    paymentMethods: new Collection('PaymentMethod', '/v1/payment_methods'),
    refunds: new Collection('refund', '/v1/refunds'),
    webhookEndpoints: new Collection('webhook_endpoint', '/v1/webhook_endpoints'),
    now,
    record: (type, object, origin, previous) => {
      const event: Stripe.EventBase = {
        id: createId('evt'),
        object: 'event',
        ...(options.id === undefined ? {} : { account: options.id }),
        api_version: options.apiVersion,
        created: now(),
        // A copy: an event shows its object as it was.
        data: structuredClone({ object, ...(previous === undefined ? {} : { previous_attributes: previous }) }),
        livemode: options.livemode,
        pending_webhooks: 0,
        request: { id: origin.requestId, idempotency_key: origin.idempotencyKey },
        type,
      }
      account.events.add(event)
      options.onEvent(event, account)
      return event
    },
  }
  return account
}
