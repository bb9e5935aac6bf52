import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPage, cut, pad, showMillis, toLine, widthOf, wrap } from './layout.ts'

const RED = '\u001b[31mred\u001b[39m'

it.each([
  ['a terminal', { isTTY: true, columns: 100 }, {}, true],
  ['a terminal with NO_COLOR', { isTTY: true, columns: 100 }, { NO_COLOR: '1' }, false],
  ['a terminal that knows no colours', { isTTY: true, columns: 100 }, { TERM: 'dumb' }, false],
  ['a file', {}, {}, false],
])('paints on %s as it should', (_where, stream, env, isColoured) => {
  expect(createPage(stream, env).paint('red', 'red')).toBe(isColoured ? RED : 'red')
})

it.each([
  [40, 80],
  [80, 80],
  [100, 100],
  [120, 120],
  [121, 120],
  [undefined, 110],
])('fits a terminal of %s columns with %d', (columns, width) => {
  expect(createPage({ isTTY: true, columns }, {}).width).toBe(width)
})

it.each([
  [0.004, '0.00 ms'],
  [0.4219, '0.42 ms'],
  [9.994, '9.99 ms'],
  [9.996, '10.0 ms'],
  [41.26, '41.3 ms'],
  [99.96, '100 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [61_000, '61.0 s'],
])('shows %d ms as %s', (millis, text) => {
  expect(showMillis(millis)).toBe(text)
})

it('makes control characters visible, whatever stands around them', () => {
  expect(toLine('a\n\t b\u001b[31m\u0007\u202e')).toBe(String.raw`a b\u001b[31m\u0007\u202e`)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(toLine(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    }),
  )
})

it('cuts a text to its width and no further', () => {
  expect([cut('abcd', 4), cut('abcde', 4), cut('ab', 1), cut('ab', 0)]).toEqual(['abcd', 'abc…', '…', ''])
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, width) => {
      expect(widthOf(cut(text.replaceAll('\u001b', ''), width))).toBeLessThanOrEqual(width)
    }),
  )
})

it('fills up to a width by what is seen', () => {
  expect([pad('ab', 4), pad('ab', 4, 'left'), pad('abc', 2)]).toEqual(['ab  ', '  ab', 'abc'])
  expect(pad(RED, 5)).toBe(`${RED}  `)
})

it('breaks lines at blanks and leaves a word whole that is too long', () => {
  expect(wrap('one two three fourteen', 7)).toEqual(['one two', 'three', 'fourteen'])
})
