import type { SpanContext } from '@opentelemetry/api'
import { BoundedMap } from './bounded-map.ts'
import { idOf, memberOf, numberOf, textOf, type Unknown } from './unknown.ts'

/** What this process remembers of an object that it had made or changed. */
export interface KnownObject {
  /** Span of the first call: the one that created it, if this process did. */
  readonly first: SpanContext
  /** Span of the last call. */
  readonly last: SpanContext
  /** Amount as Stripe counts it, and its currency. */
  readonly amount: number | undefined
  readonly currency: string | undefined
}

const MOST_OBJECTS = 4_096

const known = new BoundedMap<string, KnownObject>(MOST_OBJECTS)
const attempts = new BoundedMap<string, number>(MOST_OBJECTS)

/** Remembers an object of an answer, also by the charge and the payment that belong to it. */
export function rememberObject(object: Unknown, spanContext: SpanContext): void {
  const amount = numberOf(object, 'amount') ?? numberOf(object, 'amount_due')
  const entry = { first: spanContext, last: spanContext, amount, currency: textOf(object, 'currency') }
  for (const id of idsOf(object)) {
    // A refund or a charge knows the payment, whose own sum and call are better known.
    const before = known.get(id)
    if (before === undefined) known.set(id, entry)
    else if (id === textOf(object, 'id')) known.set(id, { ...entry, first: before.first })
  }
}

/** What is remembered of the object with an id, if it is. */
export function recallObject(id: string | undefined): KnownObject | undefined {
  return id === undefined ? undefined : known.get(id)
}

/** What is remembered of an object, or of the payment that it belongs to. */
export function recallRelated(object: Unknown): KnownObject | undefined {
  for (const id of idsOf(object)) {
    const entry = known.get(id)
    if (entry !== undefined) return entry
  }
  return undefined
}

/** Remembers of an invoice, from an answer or a webhook, how often Stripe's schedule has tried to have it paid. */
export function rememberAttempts(object: unknown): void {
  const id = textOf(object, 'id')
  const count = numberOf(object, 'attempt_count')
  if (memberOf(object, 'object') !== 'invoice' || id === undefined || count === undefined) return
  attempts.set(id, Math.max(count, attempts.get(id) ?? 0)) // webhooks come in any order
}

/**
 * The number of an invoice's attempt that just failed, as its webhook has it: any first one is 1, and from then on only
 * Stripe's own schedule counts, whatever a service tries in between.
 */
export function attemptNumberOf(invoiceId: string): number {
  return Math.max(1, attempts.get(invoiceId) ?? 1)
}

function idsOf(object: Unknown): readonly string[] {
  const ids = [
    textOf(object, 'id'),
    idOf(object, 'payment_intent'),
    idOf(object, 'latest_charge'),
    idOf(object, 'charge'),
    idOf(object, 'subscription'),
    idOf(object, 'invoice'),
  ]
  return ids.filter((id) => id !== undefined)
}
