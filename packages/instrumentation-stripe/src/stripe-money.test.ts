import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { sumFields, toMinorUnits } from './stripe-money.ts'

it.each([
  ['two decimals', 1099, 'usd', 1099],
  ['no decimals', 500, 'jpy', 500],
  ['three decimals', 5120, 'kwd', 5120],
  ['two decimals at Stripe and none by the standard', 500, 'isk', 5],
  ['two decimals at Stripe and none by the standard, in upper case', 500, 'UGX', 5],
  ['no decimals at Stripe and two by the standard', 5, 'mga', 500],
])('reads an amount with %s', (_what, amount, currency, units) => {
  expect(toMinorUnits(amount, currency)).toBe(units)
})

it('changes the amounts of three currencies only', () => {
  const others = Intl.supportedValuesOf('currency').filter((code) => !['ISK', 'UGX', 'MGA'].includes(code))
  expect(others.length).toBeGreaterThan(100)
  for (const code of others) expect(toMinorUnits(12_345, code)).toBe(12_345)
})

it('gives an integer for every whole amount that Stripe takes', () => {
  const hundreds = fc.integer({ min: 0, max: 999_999 }).map((units) => units * 100)
  fc.assert(
    fc.property(hundreds, fc.constantFrom('ISK', 'UGX'), (amount, currency) => {
      expect(toMinorUnits(amount, currency)).toBe(amount / 100)
      expect(Number.isSafeInteger(toMinorUnits(amount, currency))).toBe(true)
    }),
  )
})

it('takes the first amount that there is, and nothing without a currency', () => {
  expect(sumFields({ amount: 7, amount_paid: 5, currency: 'eur' }, 'amount_paid', 'amount')).toEqual({
    'payment.amount': 5,
    'payment.currency': 'EUR',
  })
  expect(sumFields({ amount: 7, currency: 'eur' }, 'amount_paid', 'amount')).toMatchObject({ 'payment.amount': 7 })
  expect(sumFields({ amount: 7 }, 'amount')).toEqual({})
  expect(sumFields({ currency: 'eur', amount: '7' }, 'amount')).toEqual({})
})
