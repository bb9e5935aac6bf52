import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { isCurrency, isMinorUnits, money } from './money.ts'
import type { Currency } from './money.ts'

it.each<[string, Currency, number]>([
  ['12.34', 'EUR', 1234],
  ['12.3', 'EUR', 1230],
  ['12', 'EUR', 1200],
  ['0.07', 'usd', 7],
  ['-0.01', 'USD', -1],
  ['-0', 'USD', 0],
  ['500', 'JPY', 500],
  ['1.234', 'KWD', 1234],
  ['90071992547409.91', 'EUR', Number.MAX_SAFE_INTEGER],
])('reads %s %s as minor units', (decimal, currency, amount) => {
  expect(money(decimal, currency)).toEqual({ amount, currency })
})

it.each<[string, string, Currency]>([
  ['more decimals than the currency has', '1.234', 'EUR'],
  ['decimals where the currency has none', '1.0', 'JPY'],
  ['a comma', '1,50', 'EUR'],
  ['an exponent', '1e3', 'EUR'],
  ['a sign too many', '--1', 'EUR'],
  ['nothing', '', 'EUR'],
  ['a point at the end', '1.', 'EUR'],
  ['more than a double holds', '90071992547409.92', 'EUR'],
])('refuses %s', (_what, decimal, currency) => {
  expect(() => money(decimal, currency)).toThrow(
    expect.objectContaining({ code: 'PLUTUS_OPTION_INVALID', option: 'money.decimal' }),
  )
})

it('refuses an unknown currency without naming it', () => {
  expect(() => money('1', 'XYZ' as Currency)).toThrow(/^(?!.*XYZ).*money\.currency/)
})

it('reads every amount that it can write', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (cents) => {
      const text = `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`
      expect(money(text, 'EUR').amount).toBe(cents === 0 ? 0 : cents)
    }),
  )
})

it('knows currencies in upper and lower case, and amounts by what a double holds', () => {
  expect(['EUR', 'eur', 'JPY', 'KWD'].every(isCurrency)).toBe(true)
  expect(['', 'EU', 'EURO', 'XYZ', 7, undefined].some(isCurrency)).toBe(false)
  expect([0, -1, 2 ** 53 - 1].every(isMinorUnits)).toBe(true)
  expect([0.5, 2 ** 53, Number.NaN, '1', 1n].some(isMinorUnits)).toBe(false)
})
