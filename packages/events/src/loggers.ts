import type { EventFields } from '@plutus/conventions'
import { watchExternalCall } from './external-call.ts'
import type { ExternalCall, ExternalCallOptions } from './external-call.ts'
import { timed } from './timed.ts'
import { createTypedLogger } from './typed-logger.ts'

/** Business events: registrations, payments, subscriptions, fraud decisions, webhooks. Durable. */
export const business = createTypedLogger('business')

/** Security events in the words of OWASP and with the fields of PCI DSS 10.2.2. Durable. */
export const security = createTypedLogger('security')

/** Audit records: who did what to what, and why. Durable. */
export const audit = createTypedLogger('audit')

/** Performance events, and `timed`, which measures a function. */
export const performance = Object.freeze({ ...createTypedLogger('performance'), timed })

const technicalEvents = createTypedLogger('technical')

/** Technical events of databases, caches, queues, jobs and services; `externalCall` also watches a call. */
export const technical = Object.freeze({
  ...technicalEvents,
  externalCall: recordOrWatch,
})

/** Records a call of another service that is over. */
function recordOrWatch(fields: EventFields['external.call']): void
/**
 * Runs a call of another service and records it: how long it took with all its tries, how often it was tried again, in
 * what state the circuit breaker stood, how it ended. Returns what `fn` returns.
 *
 * @example technical.externalCall('rates', (call) => fetchRates({ onRetry: () => call.retried() }))
 */
function recordOrWatch<T>(peer: string, fn: (call: ExternalCall) => T, options?: ExternalCallOptions): T
function recordOrWatch<T>(
  first: string | EventFields['external.call'],
  fn?: (call: ExternalCall) => T,
  options?: ExternalCallOptions,
): T | void {
  // Whatever stands for the name: a call that is not made would cost more than a record without it.
  return typeof fn === 'function'
    ? watchExternalCall(first as string, fn, options)
    : technicalEvents.externalCall(first as EventFields['external.call'])
}
