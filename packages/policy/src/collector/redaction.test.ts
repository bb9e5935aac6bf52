import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { KNOWN_NAMES } from './known-names.ts'
import { HINT, LONG_HEX, SECRET_KEYS, SECRET_VALUES, SHORTEST_SECRET, TEXT_SECRETS } from './redaction.ts'

/** A pattern of Go's as one of JavaScript's: of those that are used here, only this is written otherwise. */
const compile = (pattern: string): RegExp => new RegExp(pattern.replaceAll('\\x{00A0}', '\\u{a0}'), 'u')

it('looks for no secret name among those that are known, so no known name may be like one', () => {
  const patterns = SECRET_KEYS.map(compile)
  expect(KNOWN_NAMES.filter((name) => patterns.some((pattern) => pattern.test(name)))).toEqual([])
  expect(KNOWN_NAMES).toContain('http.request.method')
  expect(KNOWN_NAMES).toContain('payment.id')
})

it.each(TEXT_SECRETS)('sees by its length and a hint every text in which %s is found', (pattern) => {
  fc.assert(
    // The generator knows no word boundary; without it there are only more texts.
    fc.property(fc.stringMatching(compile(pattern.replaceAll('\\b', ''))), (text) => {
      expect(Array.from(text).length).toBeGreaterThanOrEqual(SHORTEST_SECRET)
      expect(text).toMatch(compile(HINT))
    }),
  )
})

it('spares a text of twenty and more hexadecimal digits, in which no pattern finds anything, and no shorter one', () => {
  const patterns = SECRET_VALUES.map(compile)
  const digit = fc.constantFrom(...'0123456789abcdef456'.split(''))
  fc.assert(
    fc.property(fc.array(digit, { minLength: 20, maxLength: 80 }), (digits) => {
      const text = digits.join('')
      expect(text).toMatch(compile(LONG_HEX))
      expect(patterns.filter((one) => one.test(text))).toEqual([])
    }),
  )
  const longest = '4'.repeat(19) // which a card number may have
  expect(longest).not.toMatch(compile(LONG_HEX))
  expect(patterns.some((one) => one.test(longest))).toBe(true)
})
