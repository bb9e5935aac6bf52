import { Stripe } from 'stripe'
import type { StripeStandIn } from './stripe-server.ts'

/** What a payment says that shall be confirmed at once and never redirected. */
export const AT_ONCE = {
  confirm: true,
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
} as const

/** Creates the real Stripe client for a stand-in; it does not try again unless told. */
export function createClient(
  standIn: StripeStandIn,
  config: Partial<ConstructorParameters<typeof Stripe>[1]> = {},
): Stripe {
  const { host, port, apiKey } = standIn
  return new Stripe(apiKey, { host, port, protocol: 'http', maxNetworkRetries: 0, ...config })
}

/** Gives the error that `promise` is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof Stripe.errors.StripeError) return error
  throw new Error('The call was expected to fail with a StripeError', { cause: error })
}
