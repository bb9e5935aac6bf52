import { deriveUlid, recordEvent } from '@plutus/events'
import type { EventFields } from '@plutus/conventions'
import { BoundedMap } from './bounded-map.ts'

/** Events that tell a fact about money at a provider. */
export type PaymentEvent = Extract<
  keyof EventFields,
  `payment.${string}` | `subscription.${string}` | `invoice.${string}`
>

/** A fact about money: an event, and what tells it from all others. */
export interface PaymentFact {
  readonly event: PaymentEvent
  /**
   * Id and status of the object, and what else tells this fact from another of the same event. Call and webhook, also in
   * two processes, have the same, so that receivers can drop what they know. Without it, each telling is a fact.
   */
  readonly about?: readonly string[] | undefined
  /** Attributes in the words of the catalogue; `payment.provider` is added. */
  readonly fields: Readonly<Record<string, unknown>>
}

const MOST_FACTS = 8_192

const known = new BoundedMap<string, true>(MOST_FACTS)

/** Records a fact as an event of the catalogue, once in this process. */
export function tellFact({ event, about, fields }: PaymentFact, provider: string): void {
  // Subscriptions and invoices do not say who carries them out.
  const told = event.startsWith('payment.') ? { ...fields, 'payment.provider': provider } : fields
  const uid = about === undefined ? undefined : deriveUlid(event, ...about)
  if (uid !== undefined) {
    if (known.has(uid)) return
    known.set(uid, true)
  }
  // The fields are made from answers: the event checks them against its definition when it is recorded.
  recordEvent(event, told as never, uid === undefined ? undefined : { uid })
}
