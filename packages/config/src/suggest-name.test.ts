import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { suggestName } from './suggest-name.ts'

const NAMES = ['PLUTUS_SAMPLE_RATE', 'PLUTUS_SPOOL_MAX_BYTES', 'PLUTUS_ENGINE']

it.each([
  ['a letter too many', 'PLUTUS_SAMPLLE_RATE'],
  ['a letter too few', 'PLUTUS_SAMPLE_RAT'],
  ['a wrong letter', 'PLUTUS_SIMPLE_RATE'],
  ['two letters swapped', 'PLUTUS_SAMPEL_RATE'],
  ['other case', 'plutus_sample_rate'],
  ['other order of words', 'PLUTUS_RATE_SAMPLE'],
])('finds a name with %s within one edit', (_slip, name) => {
  expect(suggestName(name, NAMES, 1)).toBe('PLUTUS_SAMPLE_RATE')
})

it('suggests nothing beyond the distance', () => {
  expect(suggestName('PLUTUS_ENGXX', NAMES, 2)).toBeUndefined()
  expect(suggestName('PLUTUS_ENGXX', NAMES, 3)).toBe('PLUTUS_ENGINE')
  expect(suggestName('', NAMES)).toBeUndefined()
})

it('prefers the nearest', () => {
  expect(suggestName('ABCX', ['ABYY', 'ABCD', 'YYCX'])).toBe('ABCD')
})

it.each([
  [80, 'A'.repeat(79)],
  [81, undefined],
])('compares a name of %d characters: %s', (length, expected) => {
  expect(suggestName('A'.repeat(length), ['A'.repeat(79)])).toBe(expected)
})

it('finds the name itself, and is undone by no text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      expect([...NAMES, undefined]).toContain(suggestName(text, NAMES))
      expect(suggestName(text, [text], 0)).toBe(text)
    }),
  )
})

// The distance is symmetric and one edit away from a name is never farther than one.
it('is as far from one name to another as back', () => {
  const name = fc.string({ unit: fc.constantFrom('A', 'B', 'C'), minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(name, name, fc.nat(8), (a, b, distance) => {
      expect(suggestName(a, [b], distance) === undefined).toBe(suggestName(b, [a], distance) === undefined)
    }),
  )
})
