import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { matchesName } from './match-name.ts'

it.each([
  ['payment.refund', 'payment.refund', true],
  ['payment.refund', 'payment.refunds', false],
  ['payment.*', 'payment.refund', true],
  ['payment.*', 'payment.', true],
  ['payment.*', 'payments.refund', false],
  ['*.failure', 'auth.login.failure', true],
  ['auth.*.failure', 'auth.failure', false],
  ['a*bc*c', 'abc', false],
  ['a*bc*c', 'abcc', true],
  ['*', '', true],
])('says of the pattern %j and the name %j: %s', (pattern, name, expected) => {
  expect(matchesName(pattern, name)).toBe(expected)
})

it('is what a regular expression with .* for each * would say', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 6 })
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 })
  fc.assert(
    fc.property(letters, name, (pattern, text) => {
      const expression = pattern.replaceAll('.', '[.]').replaceAll('*', '.*')
      expect(matchesName(pattern, text)).toBe(new RegExp(`^(?:${expression})$`).test(text))
    }),
  )
})
