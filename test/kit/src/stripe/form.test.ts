import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseForm } from './form.ts'

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

it.each([
  ['a plain pair', 'amount=100', { amount: '100' }],
  ['nested names', 'a[b][c]=1&a[b][d]=2', { a: { b: { c: '1', d: '2' } } }],
  ['a list by index', 'e[1]=y&e[0]=x', { e: ['x', 'y'] }],
  [
    'a long list in any order',
    Array.from({ length: 11 }, (_, n) => `e[${10 - n}]=${10 - n}`).join('&'),
    { e: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] },
  ],
  ['a list by empty brackets', 'e[]=x&e[]=y', { e: ['x', 'y'] }],
  ['a list of forms', 'items[0][price]=p&items[0][n]=2', { items: [{ price: 'p', n: '2' }] }],
  ['a number as a name', 'metadata[2]=x', { metadata: { 2: 'x' } }],
  ['escapes and plus signs', 'a%5Bb%5D=x+y%26z', { a: { b: 'x y&z' } }],
  ['the later of two values', 'a=1&a=2', { a: '2' }],
  ['a form over a value of that name', 'a=1&a[b]=2', { a: { b: '2' } }],
  ['a name without a value', 'a', { a: '' }],
  ['an escape that is not UTF-8', 'a=%FF', { a: '%FF' }],
  ['a bracket that does not pair up', 'a[b=1', { 'a[b': '1' }],
  ['a bracket at the start', '[a]=1', { '[a]': '1' }],
  ['names with a meaning in JavaScript', 'a[constructor]=1&a[toString]=2', { a: { constructor: '1', toString: '2' } }],
])('reads %s', (_what, text, expected) => {
  expect(plain(parseForm(text))).toEqual(expected)
})

it('keeps __proto__ as an ordinary name', () => {
  const form = parseForm('__proto__[polluted]=1')
  expect(Object.keys(form)).toEqual(['__proto__'])
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

it('stays shallow for a name of many brackets', () => {
  const [key] = Object.keys(parseForm(`a${'[b]'.repeat(100_000)}=1`))
  expect(key).toMatch(/^a\[b\]/)
})

const name = fc.string({ minLength: 1 }).filter((text) => !/[[\]]/.test(text) && !/^\d+$/.test(text))
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string(),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
    fc.dictionary(name, tie('tree'), { minKeys: 1, maxKeys: 3 }),
  ),
}))

it('gives back every nested value that was encoded', () => {
  fc.assert(
    fc.property(fc.dictionary(name, tree, { maxKeys: 3 }), (form) => {
      expect(plain(parseForm(encode(form)))).toEqual(plain(form))
    }),
  )
})

it('reads any text without throwing', () => {
  const unit = fc.constantFrom('a', '0', '[', ']', '=', '&', '%', '+', '__proto__')
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      expect(parseForm(text)).toBeTypeOf('object')
    }),
  )
})

/** Encodes as Stripe's libraries do: `a[b]` for members, `a[0]` for items. */
function encode(form: object): string {
  const pairs: string[] = []
  const add = (key: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [member, inner] of Object.entries(value)) add(`${key}[${member}]`, inner)
    } else pairs.push(`${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
  }
  for (const [key, value] of Object.entries(form)) add(key, value)
  return pairs.join('&')
}
