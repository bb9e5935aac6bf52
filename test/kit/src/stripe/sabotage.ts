import { setTimeout as sleep } from 'node:timers/promises'
import { faultOfStatus } from './fault.ts'
import type { StripeErrorFields, StripeFault } from './fault.ts'

/** What shall go wrong with a request. */
export interface Sabotage {
  /** Answer with this status and the error that Stripe usually sends with it. */
  readonly status?: number
  /** Fields of the error in place of the usual ones. */
  readonly error?: Partial<StripeErrorFields>
  /** More headers of the error, such as `Stripe-Should-Retry` or `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Wait before anything else; the idempotency key is taken meanwhile. */
  readonly delayMillis?: number
  /** Close the connection without an answer. */
  readonly reset?: boolean
  /** Send this text with the status (200 unless told) in place of JSON. */
  readonly body?: string
  /**
   * Whether the operation runs before it goes wrong: after `'after'` the payment exists,
   * and only its answer is lost. @defaultValue 'before'
   */
  readonly when?: 'after' | 'before'
}

/** Waits as `sabotage` says. */
export async function delay(sabotage: Sabotage | undefined): Promise<void> {
  if (sabotage?.delayMillis !== undefined) await sleep(sabotage.delayMillis)
}

/** Tells whether `sabotage` replaces the answer, beyond delaying it. */
export function spoilsAnswer(sabotage: Sabotage): boolean {
  return sabotage.reset === true || sabotage.status !== undefined || sabotage.body !== undefined
}

/** Creates the error that `sabotage` asks for. */
export function faultOf(sabotage: Sabotage): StripeFault {
  return faultOfStatus(sabotage.status ?? 500, sabotage.error, sabotage.headers)
}
