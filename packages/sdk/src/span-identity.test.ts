import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readHex, SpanIdentity, toHex } from './span-identity.ts'

it('reads the ids that it writes', () => {
  const words = fc.array(fc.integer(), { minLength: 4, maxLength: 4 })
  const property = fc.property(words, (id) => {
    fc.pre(id.some((word) => word !== 0))
    expect(readHex(toHex(id), 4)).toEqual(id)
    expect(readHex(toHex(id).toUpperCase(), 4)).toEqual(id)
  })
  fc.assert(property)
})

it.each([
  ['zeros alone', '0'.repeat(16)],
  ['a digit too few', 'a'.repeat(15)],
  ['a digit too many', 'a'.repeat(17)],
  ['what stands before the digits', `/${'a'.repeat(15)}`],
  ['what stands after the digits', `:${'a'.repeat(15)}`],
  ['what stands before the letters', `@${'a'.repeat(15)}`],
  ['what stands after the letters', `g${'a'.repeat(15)}`],
  ['no ASCII', `ä${'a'.repeat(15)}`],
])('takes %s for no id', (_what, text) => {
  expect(readHex(text, 2)).toBeUndefined()
})

it('gives the trace id as it came, and its children the same', () => {
  const identity = new SpanIdentity([1, 2, 3, 4], [5, 6], 1, undefined, 'as it came')
  expect(identity.toContext()).toEqual({ traceId: 'as it came', spanId: '0000000500000006', traceFlags: 1 })
  expect(identity.toContext()).toBe(identity.toContext())
})
