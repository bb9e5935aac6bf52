import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readCorpus } from './corpora.test.support.ts'
import { createPanMasker, isPan } from './pan.ts'

const VISA = '4242424242424242' // published test numbers, issued to nobody
const maskPans = createPanMasker()

it.each([
  ['in groups, before an expiry date', '4242 4242 4242 4242 12/27', '****4242 12/27'],
  ['of 13 digits', '4242424242422', '****2422'],
  ['of 19 digits', '4242424242424242428', '****2428'],
  ['beside another', `${VISA} 6011111111111117`, '****4242 ****1117'],
  ['behind other digits', `12 ${VISA}`, '12 ****4242'],
  ['with a dot between groups', '4242.4242.4242.4242', '****4242'],
  ['in form data', '4242+4242+4242+4242', '****4242'],
  ['in a JSON document, which stays one', `{"n":${VISA}}`, '{"n":"****4242"}'],
  ['in a JSON document inside a text', `{\\"n\\": ${VISA}}`, '{\\"n\\": \\"****4242\\"}'],
  ['beside a dash that makes no UUID', `a-${VISA}-b`, 'a-****4242-b'],
  ['behind a plus, where no phone number has 16 digits', `+${VISA}`, '+****4242'],
])('masks a card number %s', (_how, text, expected) => {
  expect(maskPans(text)).toBe(expected)
})

it.each(readCorpus<{ number: string }>('documented-test-cards').map(({ number }) => [number]))(
  'masks the published test number %s',
  (number) => expect(maskPans(number)).toBe(`****${number.slice(-4)}`),
)

// Each of these breaks one rule and keeps all the others.
it.each([
  ['12 digits', '424242424242'],
  ['20 digits', '42424242424242424242'],
  ['a number that fails the Luhn check', '4242424242424243'],
  ['a number with no issuer digit', '7424242424242429'],
  ['a Visa number of a length that Visa has not', '42424242424240'],
  ['a Unix time in milliseconds', '1767225600009'],
  ['two separators between groups', '4242  4242  4242  4242'],
  ['a hash', '4242424242424242a1b2c3d4e5f60718'],
  ['a UUID', '42424242-4242-4242-b1c2-d3e4f5061728'],
  ['a decimal fraction', '0.4242424242424242'],
  ['a phone number', '+4915123456787'],
  ['what was masked before', '****4242 424242424242'],
])('leaves %s alone', (_what, text) => {
  expect(maskPans(text)).toBe(text)
})

it('knows a phone number by its plus alone', () => {
  expect(maskPans('4915123456787')).toBe('****6787')
})

const digits = (count: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count })
const PREFIXES = ['4', '51', '2221', '2720', '34', '37', '6011', '65', '3528', '62', '305', '36', '50', '67']
const LENGTHS = [13, 14, 15, 16, 17, 18, 19]

/** A number of any issuer, its last digit right. */
const pan = fc
  .tuple(fc.constantFrom(...PREFIXES), fc.constantFrom(...LENGTHS), digits(18))
  .map(([prefix, length, rest]) => {
    const open = (prefix + rest.join('')).slice(0, length - 1)
    return Array.from({ length: 10 }, (_, check) => open + check).find((number) => isPan(number))
  })
  .filter((number) => number !== undefined)

it('finds any card number in any grouping with the separators of the rule', () => {
  const separators = fc.array(fc.constantFrom('', ' ', '-', '.', '+'), { minLength: 18, maxLength: 18 })
  fc.assert(
    fc.property(pan, separators, fc.nat(40), (number, between, letters) => {
      const grouped = Array.from(number, (digit, at) => (at === 0 ? '' : (between[at - 1] ?? '')) + digit).join('')
      const masked = maskPans(`${'x'.repeat(letters)}${grouped}, thanks`)
      expect(masked.replaceAll(/[ .+-]/g, '')).not.toContain(number)
    }),
  )
})

it('finds the shortest card number wherever it stands', () => {
  for (let before = 0; before < 40; before++) {
    const text = (pan: string): string => `${'x'.repeat(before)}${pan}x`
    expect(maskPans(text('4242424242422'))).toBe(text('****2422'))
  }
})

it('finds a card number in any text', () => {
  const text = fc.string({ unit: fc.constantFrom('4', '1', ' ', '-', 'a', '.') })
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(!/\d$/.test(before) && !/^\d/.test(after)) // digits glued to it make another number
      expect(maskPans(before + VISA + after)).not.toContain(VISA)
    }),
  )
})

it.each([-1, 5, 1.5])('refuses keepLast %d and names the option', (keepLast) => {
  expect(() => createPanMasker({ keepLast })).toThrow(
    expect.objectContaining({ code: 'PLUTUS_OPTION_INVALID', option: 'redaction.pan.keepLast' }),
  )
})

it('hides every digit when keepLast is 0', () => {
  expect(createPanMasker({ keepLast: 0 })(VISA)).toBe('****')
})
