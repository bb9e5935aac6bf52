import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { maskErrorMessage } from './error-message.ts'

it.each([
  ['relation "users" does not exist', 'relation ? does not exist'],
  ["Duplicate entry 'bob@example.com' for key 'email'", 'Duplicate entry ?'],
  ["Table 'shop.users' doesn't exist", "Table ? doesn't exist"],
  ['invalid input syntax for type integer: "hunter2"', 'invalid input syntax for type integer: ?'],
  [
    'E11000 duplicate key error collection: a.b dup key: { email: "x" }',
    'E11000 duplicate key error collection: a.b dup key: ?',
  ],
  ['The duplicate key value is (4242).', 'The duplicate key value is ?.'],
  ['value 99999999999 is out of range', 'value ? is out of range'],
  ['no account a4242424242424242', 'no account a?'],
  [
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'WRONGTYPE Operation against a key holding the wrong kind of value',
  ],
  ['first line\nsecond line', 'first line'],
  ['a quote that "never ends', 'a quote that ?'],
  ['', ''],
])('turns %s into %s', (message, masked) => {
  expect(maskErrorMessage(message)).toBe(masked)
})

it('keeps 200 characters', () => {
  expect(maskErrorMessage('a'.repeat(201))).toBe('a'.repeat(200))
})

it('lets out nothing between quotes, whatever is between them', () => {
  const value = fc.string({ unit: fc.constantFrom('x', "'", '"', '`', ' ', '\n', '(', ')', '{', '.', ',') })
  const quote = fc.constantFrom("'", '"', '`')
  fc.assert(
    fc.property(value, value, quote, (one, other, mark) => {
      const message = `Wrong value: ${mark}${one}${mark} is no ${mark}${other}${mark}`
      expect(maskErrorMessage(message).replace('Wrong value', '')).not.toContain('x')
    }),
  )
})

it('stays quick on a long message', () => {
  const message = '"('.repeat(500_000)
  expect(maskErrorMessage(message)).toBe('?')
})
