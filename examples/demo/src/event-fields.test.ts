import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { describeEvent, showSum } from './event-fields.ts'

it.each([
  [1234, 'EUR', '12.34 EUR'],
  [5, 'usd', '0.05 USD'],
  [0, 'eur', '0.00 EUR'],
  [-1234, 'EUR', '-12.34 EUR'],
  [12_000, 'jpy', '12000 JPY'],
  [1, 'BHD', '0.001 BHD'],
  [9_007_199_254_740_991, 'EUR', '90071992547409.91 EUR'],
])('shows %d minor units of %s as %s', (amount, currency, shown) => {
  expect(showSum({ 'payment.amount': amount, 'payment.currency': currency })).toBe(shown)
})

it.each([
  [12.5, 'EUR'],
  ['1234', 'EUR'],
  [2 ** 53, 'EUR'],
  [1234, 'EURO'],
  [1234, undefined],
])('shows nothing for %s of %s, which is no sum', (amount, currency) => {
  expect(showSum({ 'payment.amount': amount, 'payment.currency': currency })).toBe('')
})

it('loses no digit of a sum', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.constantFrom('EUR', 'JPY', 'KWD'), (amount, currency) => {
      const shown = showSum({ 'payment.amount': amount, 'payment.currency': currency })
      expect(Number(shown.replaceAll(/[^\d-]/g, ''))).toBe(amount === 0 ? 0 : amount)
    }),
  )
})

it.each([
  [
    'an end of a payment',
    { 'payment.amount': 899, 'payment.currency': 'eur', 'payment.status': 'failed', 'payment.decline_code': 'lost' },
    '8.99 EUR · failed · lost',
  ],
  [
    'a refused page',
    {
      'plutus.data.class': 'security',
      'authz.required': ['admin'],
      'event.outcome': 'failure',
      'user.id': '528fb394-2d7d-4d5d-9a60-1f3bd1e87f39',
      'user.roles': ['customer'],
    },
    'needs admin · failure · by customer 528fb394…',
  ],
  [
    'a change by an admin',
    {
      'plutus.data.class': 'audit',
      'audit.action': 'refund',
      'audit.target.type': 'payment',
      'audit.target.id': 'pay_1',
      'audit.before': { status: 'succeeded', kept: 1 },
      'audit.after': { status: 'refunded', kept: 1 },
      'user.id': 'unknown',
    },
    'refund · status succeeded → refunded · payment pay_1',
  ],
  [
    'a slow request',
    { 'http.route': '/pay', 'http.response.status_code': 502, 'error.type': '502', 'http.server.duration': 1.06 },
    '/pay · 502 · 1.06 s',
  ],
  ['nothing known', { 'plutus.data.class': 'payment', other: 1 }, ''],
])('describes %s', (_what, attributes, told) => {
  expect(describeEvent(attributes)).toBe(told)
})
