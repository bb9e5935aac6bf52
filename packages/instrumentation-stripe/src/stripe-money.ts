import { numberOf, textOf, type Unknown } from './unknown.ts'

// Where Stripe counts otherwise than ISO 4217. Its API keeps the króna and the Ugandan shilling at two decimals, which
// they no longer have, and the ariary without the two that it has by the standard.
const ISO_UNITS_OF_STRIPE_UNIT: Readonly<Record<string, number>> = { ISK: 0.01, UGX: 0.01, MGA: 100 }

/**
 * An amount in the minor units of ISO 4217, from what Stripe calls the smallest unit of the currency.
 *
 * @param currency ISO 4217 code in upper or lower case.
 * @example toMinorUnits(500, 'isk') // 5
 */
export function toMinorUnits(amount: number, currency: string): number {
  const units = ISO_UNITS_OF_STRIPE_UNIT[currency.toUpperCase()]
  if (units === undefined) return amount
  return units < 1 ? amount / Math.round(1 / units) : amount * units
}

/** Fields of the sum that an object holds: the first of its members that is a number, with its currency. */
export function sumFields(object: Unknown, ...members: readonly string[]): Record<string, unknown> {
  const currency = textOf(object, 'currency')
  const amount = members.map((member) => numberOf(object, member)).find((value) => value !== undefined)
  if (currency === undefined || amount === undefined) return {}
  return { 'payment.amount': toMinorUnits(amount, currency), 'payment.currency': currency.toUpperCase() }
}
