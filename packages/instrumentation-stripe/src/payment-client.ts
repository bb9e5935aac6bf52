import { context, trace } from '@opentelemetry/api'
import { PlutusOptionError } from '@plutus/conventions'
import { ClientCall } from './client-call.ts'
import { isUnknownOutcome, type PaymentFailure } from './failure.ts'
import { SCOPE } from './meters.ts'
import { tellFact, type PaymentFact } from './payment-fact.ts'
import { quietly } from './quietly.ts'
import { isFunction, isObject, memberOf, mimic, numberOf, textOf, type AnyFunction } from './unknown.ts'
import { VERSION } from './version.ts'

/** What a client's method asks of the provider. */
export interface PaymentOperation {
  /** `http.request.method`. */
  readonly method: string
  /** `url.template`: `/v1/payments/{id}/capture`; never with an id. */
  readonly template: string
  /** What an answer says about money. @defaultValue nothing */
  readonly facts?: (answer: PaymentAnswer) => readonly PaymentFact[]
}

/** How a call of a client's method ended. */
export interface PaymentAnswer {
  /** What the method was called with. */
  readonly args: readonly unknown[]
  /** What it gave; `undefined` if it failed. */
  readonly result: unknown
  readonly failure: PaymentFailure | undefined
  /** Seconds that the call took. */
  readonly seconds: number
}

/** What there is to know of a payment provider's client. */
export interface PaymentClientTable {
  /** Name of the provider, a lower-case word: first word of spans, metrics and attributes, and `payment.provider`. */
  readonly provider: string
  /** Methods by their path on the client: `payments.capture`. Others are left alone. */
  readonly operations: Readonly<Record<string, PaymentOperation>>
  /** Reads an error of the client's. @defaultValue HTTP status from `statusCode` or `status`, type from `code` or `name` */
  readonly readError?: (error: unknown) => PaymentFailure
}

const PROVIDER_NAME = /^[a-z][a-z0-9_]{0,31}$/
const PATCHED = Symbol.for('plutus.payment_client.patched')

/**
 * Has each call of a payment client's methods make a span (`razorpay.payments.capture`), be measured, and tell what it
 * says about money as events, as Stripe's calls do; returns the client.
 *
 * Results, errors and callbacks stay as they are. A method that the client does not have is left out, with a line of
 * diagnostics at level debug; a second call for the same client does nothing.
 *
 * @throws {PlutusOptionError} if the provider's name is not a word of up to 32 lower-case letters, digits and `_`.
 * @example instrumentPaymentClient(new Razorpay({ key_id, key_secret }), RAZORPAY)
 */
export function instrumentPaymentClient<Client extends object>(client: Client, table: PaymentClientTable): Client {
  if (!PROVIDER_NAME.test(table.provider)) {
    throw new PlutusOptionError('paymentClient.provider', 'a lower-case word such as razorpay')
  }
  for (const [path, operation] of Object.entries(table.operations)) {
    quietly(() => patchMethod(client, path, operation, table))
  }
  return client
}

function patchMethod(client: object, path: string, operation: PaymentOperation, table: PaymentClientTable): void {
  const names = path.split('.')
  const name = names.pop() ?? ''
  const owner = names.reduce<unknown>(memberOf, client)
  const original = memberOf(owner, name)
  if (!isObject(owner) || !isFunction(original)) throw new TypeError(`the client has no method ${path}`)
  if (memberOf(original, PATCHED) === true) return
  const replacement = mimic(follow(original, path, operation, table), original)
  Object.defineProperty(replacement, PATCHED, { value: true })
  // On the client's own object: the class behind it belongs to others too.
  const isListed = Object.prototype.propertyIsEnumerable.call(owner, name)
  Object.defineProperty(owner, name, { configurable: true, enumerable: isListed, writable: true, value: replacement })
}

function follow(
  original: AnyFunction,
  path: string,
  operation: PaymentOperation,
  table: PaymentClientTable,
): AnyFunction {
  const name = path.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
  return function (this: unknown, ...args: unknown[]): unknown {
    let call: ClientCall | undefined
    quietly(() => {
      call = new ClientCall(trace.getTracer(SCOPE, VERSION), {
        provider: table.provider,
        operation: name,
        attributes: { 'http.request.method': operation.method, 'url.template': operation.template },
      })
    })
    if (call === undefined) return original.apply(this, args)
    return run(call, original, this, args, (result, error, isFailed) =>
      quietly(() => finish(call as ClientCall, operation, table, { args, result, error, isFailed })),
    )
  }
}

type Settle = (result: unknown, error: unknown, isFailed: boolean) => void

function run(
  call: ClientCall,
  original: AnyFunction,
  client: unknown,
  args: readonly unknown[],
  settle: Settle,
): unknown {
  const passed = [...args]
  const callback = args.at(-1)
  if (isFunction(callback)) {
    const caller = context.active()
    passed[passed.length - 1] = mimic(function (this: unknown, ...outcome: unknown[]): unknown {
      settle(outcome[1], outcome[0], outcome[0] !== null && outcome[0] !== undefined)
      return context.with(caller, () => callback.apply(this, outcome))
    }, callback)
  }
  let result: unknown
  try {
    result = context.with(call.context, () => original.apply(client, passed))
  } catch (error) {
    settle(undefined, error, true)
    throw error
  }
  if (isFunction(callback)) return result
  if (result instanceof Promise) {
    result.then(
      (value: unknown) => settle(value, undefined, false),
      (error: unknown) => settle(undefined, error, true),
    )
  } else settle(result, undefined, false)
  return result
}

interface Ending {
  readonly args: readonly unknown[]
  readonly result: unknown
  readonly error: unknown
  readonly isFailed: boolean
}

function finish(call: ClientCall, operation: PaymentOperation, table: PaymentClientTable, ending: Ending): void {
  const { args, result, error, isFailed } = ending
  const { seconds } = call
  const failure = isFailed ? (table.readError ?? readAnyError)(error) : undefined
  call.end({ failure })
  const facts = operation.facts?.({ args, result, failure, seconds }) ?? []
  context.with(call.context, () => facts.forEach((fact) => tellFact(fact, table.provider)))
}

function readAnyError(error: unknown): PaymentFailure {
  const statusCode = numberOf(error, 'statusCode') ?? numberOf(error, 'status')
  const code = textOf(error, 'code')
  return { type: code ?? textOf(error, 'name') ?? '_OTHER', statusCode, code, isUnknown: isUnknownOutcome(statusCode) }
}
