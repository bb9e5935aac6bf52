import { context, trace } from '@opentelemetry/api'
import { recordEvent } from '@plutus/events'
import { BoundedMap } from './bounded-map.ts'
import { recallRelated, rememberAttempts } from './known-objects.ts'
import { tellFact } from './payment-fact.ts'
import { quietly } from './quietly.ts'
import { readFacts } from './stripe-facts.ts'
import type { Host } from './stripe-request.ts'
import { isFunction, isObject, memberOf, mimic, numberOf, textOf, type AnyFunction, type Unknown } from './unknown.ts'

const PROVIDER = 'stripe'
const MOST_EVENTS = 4_096

const seen = new BoundedMap<string, true>(MOST_EVENTS)
// One parser of the library calls another: the event that comes out is the same object.
const told = new WeakSet()

/** Follows `createWebhooks`, which makes `stripe.webhooks`. */
export function followWebhooks(host: Host, createWebhooks: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const webhooks = createWebhooks.apply(this, args)
    quietly(() => patchWebhooks(host, webhooks))
    return webhooks
  }
}

/** Follows a function that reads an event, at once or by a promise. */
export function followParser(host: Host, parse: AnyFunction, isVerified: boolean): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const result = parse.apply(this, args)
    if (!host.isEnabled()) return result
    if (result instanceof Promise) {
      result.then(
        (event: unknown) => quietly(() => receive(host, event, isVerified)),
        () => undefined, // the application hears of it by the promise itself
      )
    } else quietly(() => receive(host, result, isVerified))
    return result
  }
}

function patchWebhooks(host: Host, webhooks: unknown): void {
  const signature = memberOf(webhooks, 'signature')
  if (!isFunction(memberOf(webhooks, 'constructEvent')) || !isFunction(memberOf(signature, 'verifyHeader'))) {
    host.backOff('webhooks')
    return
  }
  const verify = (original: AnyFunction): AnyFunction => followVerification(host, original)
  replace(signature, 'verifyHeader', verify)
  replace(signature, 'verifyHeaderAsync', verify)
  const parse = (original: AnyFunction): AnyFunction => followParser(host, original, true)
  replace(webhooks, 'constructEvent', parse)
  replace(webhooks, 'constructEventAsync', parse)
  replace(webhooks, 'constructEventWithoutVerification', (original) => followParser(host, original, false))
}

function replace(owner: unknown, name: string, follow: (original: AnyFunction) => AnyFunction): void {
  const original = memberOf(owner, name)
  if (isFunction(original)) (owner as Record<string, unknown>)[name] = mimic(follow(original), original)
}

function followVerification(host: Host, verify: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const refuse = (error: unknown): void => quietly(() => refuseWebhook(host, error, args[1]))
    let result: unknown
    try {
      result = verify.apply(this, args)
    } catch (error) {
      refuse(error)
      throw error
    }
    if (result instanceof Promise) result.then(undefined, refuse)
    return result
  }
}

function refuseWebhook(host: Host, error: unknown, header: unknown): void {
  if (!host.isEnabled() || !host.tellsEvents) return
  const reason = reasonOf(error, header)
  if (reason === undefined) return
  recordEvent('webhook.signature_failure', {
    'webhook.provider': PROVIDER,
    'webhook.failure.reason': reason,
    'event.outcome': 'failure',
    'resource.type': 'webhook',
  } as never)
}

// Words of the library's messages, which have been the same since version 14.
const REASONS: readonly (readonly [RegExp, string | undefined])[] = [
  [/^Timestamp outside/, 'old_timestamp'],
  [/^No webhook secret/, undefined], // the receiver's own mistake
  [/^No webhook payload/, 'no_payload'],
  [/^(?:Unable to extract timestamp|No signatures found with expected scheme|Unexpected: An array)/, 'bad_header'],
]

/** Why a signature does not hold; `undefined` if that was not what went wrong. */
function reasonOf(error: unknown, header: unknown): string | undefined {
  const message = textOf(error, 'message') ?? ''
  if (header === undefined || header === null || header === '') return 'no_header'
  const known = REASONS.find(([pattern]) => pattern.test(message))
  if (known !== undefined) return known[1]
  return memberOf(error, 'type') === 'StripeSignatureVerificationError' ? 'bad_signature' : undefined
}

function receive(host: Host, event: unknown, isVerified: boolean): void {
  const id = textOf(event, 'id')
  const type = textOf(event, 'type')
  if (!isObject(event) || id === undefined || type === undefined || told.has(event)) return
  told.add(event)
  const isDuplicate = seen.has(id)
  seen.set(id, true)
  const object = memberOf(memberOf(event, 'data'), 'object')
  if (isObject(object)) linkToCall(object)
  rememberAttempts(object)
  if (!host.tellsEvents) return
  recordEvent('webhook.received', {
    'webhook.provider': PROVIDER,
    'webhook.event.type': type,
    'webhook.event.id': id,
    ...lagOf(event),
    'webhook.duplicate': isDuplicate,
    ...(isVerified ? undefined : { 'webhook.verified': false }),
  })
  if (isObject(object)) readFacts({ trigger: type, object }).forEach((fact) => tellFact(fact, PROVIDER))
}

/** Links the span in which the webhook is handled to the calls of this process that created its object and last changed it. */
function linkToCall(object: Unknown): void {
  const known = recallRelated(object)
  const span = trace.getSpan(context.active())
  if (known === undefined || span === undefined) return
  const { traceId } = span.spanContext()
  for (const call of new Set([known.first, known.last])) {
    if (call.traceId !== traceId) span.addLink({ context: call, attributes: { 'stripe.link': 'call' } })
  }
}

/** Seconds from the event to now: Unix seconds in version 1 of the API, a text in version 2. */
function lagOf(event: Unknown): { 'webhook.delivery.lag'?: number } {
  const text = textOf(event, 'created')
  const created = numberOf(event, 'created') ?? (text === undefined ? Number.NaN : Date.parse(text) / 1000)
  return Number.isFinite(created) ? { 'webhook.delivery.lag': Math.max(0, Date.now() / 1000 - created) } : {}
}
