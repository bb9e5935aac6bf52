import { refuse } from './fault.ts'
import type { FormObject } from './form.ts'
import { requireInteger, requireWord } from './params.ts'

// Amounts are integers of the minor unit whatever its size: yen has none, dinars have thousandths.
const ZERO_DECIMAL = 'bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'
const TWO_DECIMAL =
  'aed aud bgn brl cad chf cny czk dkk egp eur gbp hkd huf idr ils inr isk mxn myr nok nzd php pln ron sek sgd thb try twd usd zar'
const THREE_DECIMAL = 'bhd jod kwd omr tnd'
const CURRENCIES = new Set([ZERO_DECIMAL, TWO_DECIMAL, THREE_DECIMAL].flatMap((row) => row.split(' ')))

// Smallest charges, https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
const MINIMUM: Readonly<Record<string, number>> = { aed: 200, eur: 50, gbp: 30, jpy: 50, sek: 300, usd: 50 }
const MAXIMUM = 99_999_999

/** Reads `amount` and `currency` and refuses what Stripe would not charge. */
export function requireMoney(params: FormObject): { amount: number; currency: string } {
  const amount = requireInteger(params, 'amount', 1)
  const currency = requireWord(params, 'currency').toLowerCase()
  if (!CURRENCIES.has(currency)) {
    throw refuse(
      `Invalid currency: ${currency}. Stripe currently supports these currencies: ${[...CURRENCIES].join(', ')}`,
      { param: 'currency' },
    )
  }
  const minimum = MINIMUM[currency] ?? 1
  if (amount < minimum) {
    throw refuse(`Amount must be at least ${minimum} in the smallest unit of ${currency}`, {
      code: 'amount_too_small',
      param: 'amount',
    })
  }
  if (amount > MAXIMUM) {
    throw refuse(`Amount must be no more than ${MAXIMUM} in the smallest unit of ${currency}`, {
      code: 'amount_too_large',
      param: 'amount',
    })
  }
  return { amount, currency }
}

/** What Stripe keeps of a card payment: 2.9 % and 30 minor units. */
export function feeOf(amount: number): number {
  return Math.round(amount * 0.029) + 30
}
