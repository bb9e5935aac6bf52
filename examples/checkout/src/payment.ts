/** Where a payment stands, in the order in which it can move on. */
export const PAYMENT_STATUSES = [
  'pending',
  'requires_action',
  'failed',
  'declined',
  'authorized',
  'canceled',
  'succeeded',
  'partially_refunded',
  'refunded',
] as const

/** Where a payment stands; `pending` also while Stripe's answer is unknown. */
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

/** A payment; amounts are integers of the currency's minor unit. */
export interface Payment {
  readonly id: string
  readonly userId: string
  readonly amount: number
  readonly currency: string
  readonly paymentMethod: string
  readonly description: string
  readonly isCapturedAtOnce: boolean
  readonly status: PaymentStatus
  readonly amountCaptured: number
  readonly amountRefunded: number
  readonly declineCode: string | undefined
  readonly stripePaymentIntent: string | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What somebody asks to pay. */
export interface PaymentOrder {
  readonly amount: number
  readonly currency: string
  readonly paymentMethod: string
  readonly description: string
  /** `false` authorises only; the money is taken by a later capture. */
  readonly isCapturedAtOnce: boolean
  /** The caller's own key: the same key never pays twice. */
  readonly requestKey: string | undefined
}

/** Which payments to list, newest first. */
export interface PaymentFilter {
  readonly status: PaymentStatus | undefined
  /** Text that the description contains, in any case. */
  readonly text: string | undefined
  /** Id of the payment after which to go on. */
  readonly after: string | undefined
  readonly limit: number
}

/** What became of a payment, as far as known. */
export interface PaymentChange {
  readonly status: PaymentStatus
  readonly amountCaptured?: number
  readonly amountRefunded?: number
  readonly declineCode?: string | undefined
  readonly stripePaymentIntent?: string
}

/** Gives the members of a payment that its owner sees. */
export function showPayment(payment: Payment): Record<string, unknown> {
  const { id, amount, currency, description, status, amountCaptured, amountRefunded, declineCode } = payment
  return {
    id,
    amount,
    currency,
    description,
    status,
    amountCaptured,
    amountRefunded,
    declineCode: declineCode ?? null,
    createdAt: payment.createdAt.toISOString(),
    updatedAt: payment.updatedAt.toISOString(),
  }
}
