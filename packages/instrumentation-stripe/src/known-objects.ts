import type { SpanContext } from '@opentelemetry/api'
import { BoundedMap } from './bounded-map.ts'
import { idOf, numberOf, textOf, type Unknown } from './unknown.ts'

/** What this process remembers of an object that it had made or changed. */
export interface KnownObject {
  /** Span of the call. */
  readonly spanContext: SpanContext
  /** Amount as Stripe counts it, and its currency. */
  readonly amount: number | undefined
  readonly currency: string | undefined
}

const MOST_OBJECTS = 4_096

const known = new BoundedMap<string, KnownObject>(MOST_OBJECTS)

/** Remembers an object of an answer, also by the charge and the payment that belong to it. */
export function rememberObject(object: Unknown, spanContext: SpanContext): void {
  const entry = { spanContext, amount: numberOf(object, 'amount'), currency: textOf(object, 'currency') }
  for (const id of idsOf(object)) {
    // A refund or a charge knows the payment, whose own sum and call are better known.
    if (id === textOf(object, 'id') || !known.has(id)) known.set(id, entry)
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
