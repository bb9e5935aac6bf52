import type { IncomingHttpHeaders } from 'node:http'
import type { Account } from './account.ts'
import { authenticate } from './authentication.ts'
import type { Caller } from './authentication.ts'
import { BALANCE_OPERATIONS } from './balance.ts'
import { CHARGE_OPERATIONS } from './charge.ts'
import { CUSTOMER_OPERATIONS } from './customer.ts'
import { EVENT_OPERATIONS } from './event-operations.ts'
import { expand } from './expand.ts'
import { refuse, StripeFault } from './fault.ts'
import type { FormObject } from './form.ts'
import { IdempotencyKeys } from './idempotency.ts'
import type { Answer } from './idempotency.ts'
import { readList, refuseUnknown } from './params.ts'
import { PAYMENT_INTENT_OPERATIONS } from './payment-intent-operations.ts'
import { PAYMENT_METHOD_OPERATIONS } from './payment-method.ts'
import { REFUND_OPERATIONS } from './refund.ts'
import { createRouter } from './router.ts'
import { delay, faultOf, spoilsAnswer } from './sabotage.ts'
import type { Sabotage } from './sabotage.ts'

/** A request to the stand-in and, once there is one, its answer's status. */
export interface StripeRequest {
  readonly requestId: string
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** From the query of GET and DELETE, from the body of POST. */
  readonly params: FormObject
  readonly headers: IncomingHttpHeaders
  readonly idempotencyKey: string | undefined
  readonly apiVersion: string
  /** `undefined` while there is no answer, and when the connection was dropped. */
  readonly status: number | undefined
  /** Whether the answer is an earlier one, repeated for its idempotency key. */
  readonly isReplay: boolean
}

/** An answer, or the order to drop the connection. */
export type ApiOutcome =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly isReplay: boolean }
  | { readonly kind: 'reset' }

/** What `createApi` needs. */
export interface ApiOptions {
  readonly accountOf: (caller: Caller) => Account
  readonly sabotageOf: (request: StripeRequest) => Sabotage | undefined
  readonly baseUrl: () => string
}

const OPERATIONS = [
  ...BALANCE_OPERATIONS,
  ...CHARGE_OPERATIONS,
  ...CUSTOMER_OPERATIONS,
  ...EVENT_OPERATIONS,
  ...PAYMENT_INTENT_OPERATIONS,
  ...PAYMENT_METHOD_OPERATIONS,
  ...REFUND_OPERATIONS,
]

/** Creates the function that answers requests of API v1. */
export function createApi(options: ApiOptions): (request: StripeRequest, form: string) => Promise<ApiOutcome> {
  const findRoute = createRouter(OPERATIONS)
  const keysOf = new WeakMap<Account, IdempotencyKeys>()

  const run = (request: StripeRequest, account: Account): Answer => {
    const route = findRoute(request.method, request.path)
    if (route === undefined) {
      throw refuse(
        `Unrecognized request URL (${request.method}: ${request.path}). Please see https://docs.stripe.com or we can help at https://support.stripe.com/.`,
        {},
        404,
      )
    }
    const { operation, path } = route
    refuseUnknown(request.params, operation.accepts)
    const origin = { requestId: request.requestId, idempotencyKey: request.idempotencyKey ?? null }
    const object = operation.run({ account, origin, params: request.params, path, baseUrl: options.baseUrl() })
    return answerWith(request, 200, expand(account, object, readList(request.params, 'expand') ?? []))
  }

  /** Runs the operation unless sabotaged before; `undefined` drops the connection. */
  const attempt = async (
    request: StripeRequest,
    account: Account,
  ): Promise<[Answer | undefined, kept: Answer | undefined]> => {
    const sabotage = options.sabotageOf(request)
    await delay(sabotage)
    const isSpoilt = sabotage !== undefined && spoilsAnswer(sabotage)
    if (isSpoilt && sabotage.when !== 'after') return [spoil(request, sabotage), undefined]
    const answer = answerOf(request, () => run(request, account))
    return [isSpoilt ? spoil(request, sabotage) : answer, answer.isKept ? answer : undefined]
  }

  return async (request, form) => {
    let account: Account
    try {
      account = options.accountOf(authenticate(request.headers.authorization, headerOf(request, 'stripe-account')))
      checkVersion(request)
    } catch (error) {
      return outcomeOf(faultAnswer(request, error))
    }
    const key = request.method === 'POST' ? request.idempotencyKey : undefined
    if (key === undefined) return outcomeOf((await attempt(request, account))[0])
    const keys = keysOf.get(account) ?? new IdempotencyKeys()
    keysOf.set(account, keys)
    try {
      const use = keys.claim(key, request.path, form)
      if (use.kind === 'replay') return { kind: 'answer', answer: use.answer, isReplay: true }
      let kept: Answer | undefined
      try {
        const [answer, toKeep] = await attempt(request, account)
        kept = toKeep
        return outcomeOf(answer)
      } finally {
        use.finish(kept)
      }
    } catch (error) {
      return outcomeOf(faultAnswer(request, error))
    }
  }
}

function outcomeOf(answer: Answer | undefined): ApiOutcome {
  return answer === undefined ? { kind: 'reset' } : { kind: 'answer', answer, isReplay: false }
}

function answerOf(request: StripeRequest, run: () => Answer): Answer {
  try {
    return run()
  } catch (error) {
    return faultAnswer(request, error)
  }
}

function faultAnswer(request: StripeRequest, error: unknown): Answer {
  // Anything else is a mistake of the stand-in: it must not look like an answer of Stripe's.
  if (!(error instanceof StripeFault)) throw error
  const { status, fields, headers } = error
  // A request refused while its parameters were read leaves its key free: nothing began.
  const isKept = status !== 404 && (status !== 400 || fields.param === undefined)
  return { ...answerWith(request, status, { error: { ...fields, request_log_url: logUrl(request) } }), headers, isKept }
}

function answerWith(request: StripeRequest, status: number, body: object): Answer {
  return { status, body: `${JSON.stringify(body, null, 2)}\n`, headers: {}, requestId: request.requestId, isKept: true }
}

function logUrl(request: StripeRequest): string {
  return `https://dashboard.stripe.com/test/logs/${request.requestId}`
}

function spoil(request: StripeRequest, sabotage: Sabotage): Answer | undefined {
  if (sabotage.reset === true) return undefined
  const { body, status = 200, headers = {} } = sabotage
  if (body !== undefined) return { status, body, headers, requestId: request.requestId, isKept: false }
  return faultAnswer(request, faultOf(sabotage))
}

function checkVersion(request: StripeRequest): void {
  if (/^\d{4}-\d{2}-\d{2}(?:\.[a-z_]+)?$/.test(request.apiVersion)) return
  throw refuse(`Invalid Stripe API version: ${request.apiVersion}`)
}

function headerOf(request: StripeRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
