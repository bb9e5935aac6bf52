import type { PaymentFailure } from './failure.ts'
import { attemptNumberOf, recallObject } from './known-objects.ts'
import type { PaymentFact } from './payment-fact.ts'
import { sumFields } from './stripe-money.ts'
import { idOf, memberOf, numberOf, textOf, type Unknown } from './unknown.ts'

/** A call that was not answered with an object. */
export interface StripeTrouble {
  readonly operation: string
  /** Path with ids. */
  readonly path: string
  /** What was sent. */
  readonly params: Unknown
  readonly error: unknown
  readonly failure: PaymentFailure
  /** Hash of the idempotency key: the same attempt, sent again, is the same fact. */
  readonly keyHash: string | undefined
}

const BEGINNINGS = new Set(['payment_intents.create', 'charges.create'])
const REFUND = 'refunds.create'
const INVOICE = 'invoices.pay'
const MOVES = new Set([
  ...BEGINNINGS,
  'payment_intents.confirm',
  'payment_intents.capture',
  'payment_intents.cancel',
  'charges.capture',
  REFUND,
  INVOICE,
])
const UNKNOWN_ID = 'unknown'

/**
 * What an error says about money, beside what the objects in it say.
 *
 * Where nobody knows the outcome, `payment.attempt` with status `unknown` is all that is told: neither success nor failure.
 */
export function readTroubles(trouble: StripeTrouble): readonly PaymentFact[] {
  const { operation, failure } = trouble
  if (failure.isUnknown) return MOVES.has(operation) ? [tellAttempt(trouble, 'unknown')] : []
  const isDecline = failure.providerType === 'card_error' || failure.statusCode === 402
  const hasIntent = memberOf(trouble.error, 'payment_intent') !== undefined
  if (BEGINNINGS.has(operation)) {
    if (hasIntent) return []
    const attempt = tellAttempt(trouble, 'failed')
    return isDecline ? [attempt, tellDecline(trouble)] : [attempt]
  }
  switch (operation) {
    case 'payment_intents.capture':
    case 'charges.capture':
      return [tellCapture(trouble)]
    case REFUND:
      return tellRefund(trouble)
    case INVOICE:
      return isDecline ? tellInvoice(trouble) : []
    default:
      return []
  }
}

function tellAttempt(trouble: StripeTrouble, status: string): PaymentFact {
  const { operation, params, keyHash } = trouble
  const isNew = BEGINNINGS.has(operation)
  const isRefund = operation === REFUND
  const id = isNew ? idOfError(trouble) : isRefund ? idOfRefunded(params) : idOfPath(trouble.path)
  // Two refunds of one payment may be meant; without a key nothing tells them from one that is asked for again.
  const apart = isNew || isRefund ? keyHash : (keyHash ?? operation)
  const isAnyone = apart === undefined && (isRefund || id === undefined)
  const part = numberOf(params, isRefund ? 'amount' : 'amount_to_capture')
  return {
    event: 'payment.attempt',
    about: isAnyone ? undefined : [id ?? UNKNOWN_ID, status, apart ?? ''],
    fields: {
      'payment.id': id ?? UNKNOWN_ID,
      ...(isNew ? sumFields(params, 'amount') : recallSum(id, part)),
      'payment.status': status,
      ...(isRefund || operation === INVOICE ? { 'payment.description': operation } : undefined),
    },
  }
}

/** A charge that was declined without a payment intent. */
function tellDecline({ error, params, failure }: StripeTrouble): PaymentFact {
  const id = idOf(error, 'charge')
  return {
    event: 'payment.completion',
    about: id === undefined ? undefined : [id, 'failed'],
    fields: {
      'payment.id': id ?? UNKNOWN_ID,
      'payment.status': 'failed',
      ...sumFields(params, 'amount'),
      ...describe(failure),
    },
  }
}

function tellCapture({ path, params, failure }: StripeTrouble): PaymentFact {
  const id = idOfPath(path)
  return {
    event: 'payment.capture',
    fields: {
      'payment.id': id ?? UNKNOWN_ID,
      'payment.status': 'failed',
      ...recallSum(id, numberOf(params, 'amount_to_capture')),
      ...describe(failure),
    },
  }
}

function tellRefund({ params, failure }: StripeTrouble): readonly PaymentFact[] {
  const id = idOfRefunded(params)
  const sum = recallSum(id, numberOf(params, 'amount'))
  if (id === undefined || sum['payment.currency'] === undefined) return []
  return [
    {
      event: 'payment.refund',
      fields: {
        'payment.id': id,
        'payment.status': 'failed',
        ...sum,
        'payment.reason': failure.code ?? failure.type,
        ...(failure.requestId === undefined ? undefined : { 'payment.provider.request_id': failure.requestId }),
      },
    },
  ]
}

function tellInvoice({ path, error, failure }: StripeTrouble): readonly PaymentFact[] {
  const id = idOfPath(path)
  const intent = memberOf(error, 'payment_intent') as Unknown | undefined
  if (id === undefined) return []
  return [
    {
      event: 'invoice.payment_failed',
      about: [id, 'failed', String(attemptNumberOf(id))],
      fields: {
        'invoice.id': id,
        'payment.status': 'failed',
        ...(intent === undefined ? undefined : sumFields(intent, 'amount')),
        ...(failure.declineCode === undefined ? undefined : { 'payment.decline_code': failure.declineCode }),
      },
    },
  ]
}

function describe({ code, declineCode, requestId, type }: PaymentFailure): Record<string, unknown> {
  return {
    'error.type': code ?? type,
    ...(declineCode === undefined ? undefined : { 'payment.decline_code': declineCode }),
    ...(requestId === undefined ? undefined : { 'payment.provider.request_id': requestId }),
  }
}

/** The sum of a payment that this process had made; `amount` where only a part is meant. */
function recallSum(id: string | undefined, amount: number | undefined): Record<string, unknown> {
  const known = recallObject(id)
  return known === undefined ? {} : sumFields({ amount: amount ?? known.amount, currency: known.currency }, 'amount')
}

function idOfError({ error }: StripeTrouble): string | undefined {
  return idOf(error, 'payment_intent') ?? idOf(error, 'charge')
}

function idOfRefunded(params: Unknown): string | undefined {
  return textOf(params, 'payment_intent') ?? textOf(params, 'charge')
}

/** The first variable part: `/v1/payment_intents/{id}/confirm`. */
function idOfPath(path: string): string | undefined {
  const segment = path.split('?')[0]?.split('/')[3]
  return segment === undefined || segment === '' ? undefined : segment
}
