import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { KNOWN_NAMES } from './known-names.ts'
import {
  CARDS,
  HINT,
  LONG_HEX,
  NO_CARD,
  NO_DIGIT,
  PLAIN,
  SECRET_KEYS,
  SECRET_VALUES,
  SHORTEST_SECRET,
  TEXT_SECRETS,
} from './redaction.ts'

/** A pattern of Go's as one of JavaScript's: of what is used here, only points of Unicode are written otherwise. */
const compile = (pattern: string): RegExp => new RegExp(pattern.replaceAll('\\x{', '\\u{'), 'u')

/** Texts in which a pattern finds something, and some more: the generator knows no word boundary, and is slow in all of Unicode. */
const textsWith = (pattern: string): fc.Arbitrary<string> =>
  fc.stringMatching(
    compile(
      pattern
        .replaceAll('\\b', '')
        .replaceAll('(?s:.*)', '.*')
        .replaceAll('[\\p{Z}\\p{Cf}\\p{Pd}\\x{2212}\\x{0000}+]', '[ +-]')
        .replaceAll('[^\\P{Nd}0-9]', '[٤२]')
        .replaceAll('\\p{Nd}', '[0-9٤२]'),
    ),
  )

it('looks for no secret name among those that are known, so no known name may be like one', () => {
  const patterns = SECRET_KEYS.map(compile)
  expect(KNOWN_NAMES.filter((name) => patterns.some((pattern) => pattern.test(name)))).toEqual([])
  expect(KNOWN_NAMES).toContain('http.request.method')
  expect(KNOWN_NAMES).toContain('payment.id')
})

it.each(TEXT_SECRETS)('sees by its length and a hint every text in which %s is found', (pattern) => {
  fc.assert(
    fc.property(textsWith(pattern), (text) => {
      expect(Array.from(text).length).toBeGreaterThanOrEqual(SHORTEST_SECRET)
      expect(text).toMatch(compile(HINT))
    }),
  )
})

it.each([
  ...SECRET_VALUES.map((pattern) => [pattern, [PLAIN, NO_DIGIT]] as const),
  ...CARDS.map((pattern) => [pattern, [NO_CARD]] as const),
])('spares no text in which %s is found', (pattern, spared) => {
  fc.assert(
    fc.property(textsWith(pattern), (text) => {
      expect(spared.filter((one) => compile(one).test(text))).toEqual([])
    }),
  )
})

it.each(['GET', '/orders/8412/items', 'shop.example', '192.0.2.17', '443', 'a=b&c=d', ''])(
  'spares %s all patterns but those of card numbers at one look',
  (text) => expect([PLAIN, NO_DIGIT].some((one) => compile(one).test(text))).toBe(true),
)

it.each([
  'Mozilla/5.0 (X11; x86_64) Chrome/126.0.0.0',
  '2026-11-21T15:08:41.123Z',
  'tel 123456789012',
  'a\nb\u0000c',
  '',
])('spares %j the patterns of card numbers', (text) => expect(text).toMatch(compile(NO_CARD)))

it('spares a text of twenty and more hexadecimal digits, in which no pattern finds anything, and no shorter one', () => {
  const patterns = [...CARDS, ...SECRET_VALUES].map(compile)
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
