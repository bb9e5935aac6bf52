import { context, createContextKey, type Attributes, type Context, type Tracer } from '@opentelemetry/api'
import { ClientCall } from './client-call.ts'
import { readStripeError, wordOf, type PaymentFailure } from './failure.ts'
import { rememberAttempts, rememberObject } from './known-objects.ts'
import { namePath } from './operation-names.ts'
import { tellFact } from './payment-fact.ts'
import { quietly } from './quietly.ts'
import { readFacts } from './stripe-facts.ts'
import { currentList, parentOfPage, rememberNextPage, type StripeList } from './stripe-lists.ts'
import { readTroubles } from './stripe-troubles.ts'
import { isFunction, isObject, memberOf, numberOf, textOf, type AnyFunction, type Unknown } from './unknown.ts'

/** The instrumentation, as far as its patches need it. */
export interface Host {
  readonly tracer: Tracer
  /** Whether payment events are told. */
  readonly tellsEvents: boolean
  isEnabled(): boolean
  /** Tells once that a part of the library is not as it was, and that it is left alone. */
  backOff(part: string): void
}

/** What the library is about to ask for. */
interface Asking {
  readonly method: string
  /** Host of this request, where it is not the client's. */
  readonly host: string | undefined
  readonly path: string
  readonly params: Unknown
  readonly isStream: boolean
  /** Index of the callback among the arguments. */
  readonly callbackAt: number
  readonly callback: AnyFunction
}

const PROVIDER = 'stripe'
const CALL = createContextKey('plutus.stripe.call')
const NOTHING: Unknown = {}

let isRaw = false
const followed = new WeakSet()

/** Follows `_rawRequest`, behind `stripe.rawRequest`; what the library itself asks for by it has a `usage`. */
export function followRawRequest(rawRequest: AnyFunction): AnyFunction {
  return function _rawRequest(this: unknown, ...args: unknown[]): unknown {
    isRaw = args[4] === undefined
    try {
      return rawRequest.apply(this, args) // asks before it returns
    } finally {
      isRaw = false
    }
  }
}

/** Follows `_request` of the request sender, which every logical call goes through once, with all its attempts. */
export function followRequest(host: Host, request: AnyFunction): AnyFunction {
  return function _request(this: unknown, ...args: unknown[]): unknown {
    if (!host.isEnabled()) return request.apply(this, args)
    const asking = readAsking(args)
    if (asking === undefined) {
      host.backOff('RequestSender._request')
      return request.apply(this, args)
    }
    let call: StripeCall | undefined
    quietly(() => {
      call = new StripeCall(host, this, asking)
    })
    return call === undefined ? request.apply(this, args) : run(call, asking, request, this, args)
  }
}

function run(
  call: StripeCall,
  asking: Asking,
  request: AnyFunction,
  sender: unknown,
  args: readonly unknown[],
): unknown {
  const passed = [...args]
  passed[asking.callbackAt] = function (this: unknown, ...outcome: unknown[]): unknown {
    quietly(() => call.settle(outcome[0], outcome[1]))
    return asking.callback.apply(this, outcome)
  }
  const authenticator = args[4] ?? memberOf(memberOf(sender, '_stripe'), '_authenticator')
  if (isFunction(authenticator) && memberOf(authenticator, '_apiKey') === undefined) {
    passed[4] = watchAuthenticator(authenticator, call)
  }
  try {
    return context.with(call.context, () => request.apply(sender, passed))
  } catch (error) {
    quietly(() => call.fail(error, false))
    throw error
  }
}

/** Where an application's own authenticator fails, the library never calls back. */
function watchAuthenticator(authenticator: AnyFunction, call: StripeCall): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const result = authenticator.apply(this, args)
    if (result instanceof Promise) result.then(undefined, (error: unknown) => quietly(() => call.fail(error, false)))
    return result
  }
}

function readAsking(args: readonly unknown[]): Asking | undefined {
  const [method, host, path, data, , options, sixth] = args
  // Version 14.0 has no `usage` before the callback.
  const callbackAt = isFunction(sixth) ? 6 : 7
  const callback = args[callbackAt]
  if (typeof method !== 'string' || typeof path !== 'string' || !isFunction(callback)) return undefined
  const params = isObject(data) ? data : NOTHING
  const isStream = memberOf(options, 'streaming') === true
  return { method, host: typeof host === 'string' ? host : undefined, path, params, isStream, callbackAt, callback }
}

/** A logical call of Stripe's library. */
class StripeCall {
  readonly #host: Host
  readonly #asking: Asking
  readonly #call: ClientCall
  /** The list that the call gives a page of. */
  readonly #list: StripeList | undefined
  /** What the call does, also where it is named as a raw request. */
  readonly #operation: string
  #attempts = 0
  #apiVersion: string | undefined
  #account: string | undefined
  #key: string | undefined

  constructor(host: Host, sender: unknown, asking: Asking) {
    this.#host = host
    this.#asking = asking
    const { method, path } = asking
    const { operation, template } = namePath(method, path)
    this.#operation = operation
    const list = currentList()
    this.#list = list
    const stripe = memberOf(sender, '_stripe')
    followAttempts(stripe)
    const attributes: Attributes = {
      'http.request.method': method,
      'url.template': template,
      ...serverOf(stripe, asking.host),
    }
    if (list !== undefined && ++list.pages > 1) attributes['stripe.list.page'] = list.pages
    this.#call = new ClientCall(host.tracer, {
      provider: PROVIDER,
      operation: isRaw ? 'raw_request' : operation,
      attributes,
      parent: parentOfPage(list),
    })
    if (list !== undefined) list.first ??= this.#call.context
    this.context = this.#call.context.setValue(CALL, this)
  }

  /** The context that the library's attempts run in. */
  readonly context: Context

  /** Hears of an attempt by the library's event `request`. */
  attempt(event: unknown): void {
    this.#attempts++
    this.#apiVersion = textOf(event, 'api_version')
    this.#account = textOf(event, 'account')
    const key = textOf(event, 'idempotency_key')
    this.#key = key === 'undefined' ? undefined : key // from version 18 on, what there is not is told as a text
  }

  /** Hears of the outcome, as the library calls back. */
  settle(error: unknown, response: unknown): void {
    this.#call.retries = Math.max(0, this.#attempts - 1)
    if (error !== null && error !== undefined) this.fail(error)
    else if (this.#asking.isStream && isFunction(memberOf(response, 'once'))) this.#endWithStream(response as Unknown)
    else this.#succeed(response)
  }

  #succeed(response: unknown): void {
    rememberNextPage(this.#list, response)
    rememberAttempts(response)
    const last = memberOf(response, 'lastResponse') ?? response // a stream of the Web holds it itself
    const requestId = wordOf(last, 'requestId')
    const { seconds } = this.#call
    this.#call.end({
      statusCode: numberOf(last, 'statusCode'),
      requestId,
      attributes: this.#describe(last, memberOf(response, 'livemode')),
    })
    if (!isObject(response) || this.#asking.method === 'GET') return
    if (textOf(response, 'object') !== undefined) rememberObject(response, this.#call.span.spanContext())
    this.#tell(() => readFacts({ trigger: this.#operation, object: response, seconds, requestId }))
  }

  /** Ends the call with an error. What was never sent is known to have done nothing. */
  fail(error: unknown, isSent = true): void {
    const read = readStripeError(error)
    const failure = isSent ? read : { ...read, isUnknown: false }
    const { seconds } = this.#call
    const operation = this.#operation
    const intent = memberOf(error, 'payment_intent')
    this.#call.end({ failure, attributes: this.#describe(headersOf(error), memberOf(intent, 'livemode')) })
    if (this.#asking.method === 'GET') return
    if (isObject(intent) && !failure.isUnknown) {
      rememberObject(intent, this.#call.span.spanContext())
      const { requestId } = failure
      this.#tell(() => readFacts({ trigger: operation, object: intent, seconds, requestId, isError: true }))
    }
    const { path, params } = this.#asking
    this.#tell(() => {
      const keyHash = this.#key === undefined ? undefined : hashOf(this.#key)
      return readTroubles({ operation, path, params, error, failure, keyHash })
    })
  }

  /** The body is still to come: the call is over when it has come, or will not. */
  #endWithStream(stream: Unknown): void {
    const statusCode = numberOf(stream, 'statusCode')
    const requestId = wordOf(stream, 'requestId')
    const attributes = this.#describe(stream, undefined)
    ;(stream['once'] as AnyFunction).call(stream, 'close', () =>
      quietly(() => {
        const isWhole = stream['complete'] !== false
        const failure: PaymentFailure = { type: wordOf(stream['errored'], 'code') ?? 'ECONNRESET', isUnknown: true }
        this.#call.end({ statusCode, requestId, attributes, failure: isWhole ? undefined : failure })
      }),
    )
  }

  #describe(answer: unknown, livemode: unknown): Attributes {
    const attributes: Attributes = {}
    const version = wordOf(answer, 'apiVersion') ?? this.#apiVersion
    const account = wordOf(answer, 'stripeAccount') ?? this.#account
    if (version !== undefined) attributes['stripe.api_version'] = version
    if (account?.startsWith('acct_') === true) attributes['stripe.account'] = account
    if (typeof livemode === 'boolean') attributes['stripe.livemode'] = livemode
    if (this.#key !== undefined && this.#call.span.isRecording()) {
      attributes['stripe.idempotency_key.hash'] = hashOf(this.#key)
    }
    return attributes
  }

  #tell(read: () => ReturnType<typeof readFacts>): void {
    if (!this.#host.tellsEvents) return
    quietly(() => context.with(this.#call.context, () => read().forEach((fact) => tellFact(fact, PROVIDER))))
  }
}

/** Listens to the library's own event of each attempt, once for each emitter: clients may share one. */
function followAttempts(stripe: unknown): void {
  const emitter = memberOf(stripe, '_emitter') ?? stripe
  const on = memberOf(stripe, 'on')
  if (!isObject(emitter) || !isFunction(on) || followed.has(emitter)) return
  followed.add(emitter)
  on.call(stripe, 'request', (event: unknown) => {
    const call = context.active().getValue(CALL)
    if (call instanceof StripeCall) quietly(() => call.attempt(event))
  })
}

function serverOf(stripe: unknown, ownHost: string | undefined): Attributes {
  const api = memberOf(stripe, '_api')
  const host = ownHost ?? textOf(api, 'host')
  const port = Number(memberOf(api, 'port'))
  return { ...(host === undefined ? {} : { 'server.address': host }), ...(port > 0 ? { 'server.port': port } : {}) }
}

function headersOf(error: unknown): unknown {
  const headers = memberOf(error, 'headers')
  return { apiVersion: textOf(headers, 'stripe-version'), stripeAccount: textOf(headers, 'stripe-account') }
}

/** Finds calls of one key again, without the key: an application may have put anything in it. */
function hashOf(key: string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', key).slice(0, 16)
}
