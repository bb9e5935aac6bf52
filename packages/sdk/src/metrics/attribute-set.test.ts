import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readAttributeSet } from './attribute-set.ts'

const keyOf = (attributes: object): string | undefined => readAttributeSet(attributes)?.key

it('gives sets the same key in whatever order their attributes come', () => {
  expect(keyOf({ a: 1, b: 'x', c: true })).toBe(keyOf({ c: true, a: 1, b: 'x' }))
})

it.each<[string, object, object]>([
  ['a number and its digits', { a: 1 }, { a: '1' }],
  ['a boolean and its name', { a: true }, { a: 'true' }],
  ['null and its name', { a: null }, { a: 'null' }],
  ['an empty text and nothing', { a: '' }, {}],
  ['a text that holds what keys are joined with', { a: 'x1:bs1:y' }, { a: 'x', b: 'y' }],
  ['values that change places', { a: 'x', b: 'y' }, { a: 'y', b: 'x' }],
  ['an array and its only item', { a: ['x'] }, { a: 'x' }],
  ['arrays that nest otherwise', { a: [['x'], 'y'] }, { a: [['x', 'y']] }],
  ['a map and an array of its pairs', { a: { x: 1 } }, { a: ['x', 1] }],
  ['maps that end elsewhere', { a: { x: 1 }, y: 2 }, { a: { x: 1, y: 2 } }],
  ['bytes and their base64', { a: Uint8Array.of(1) }, { a: 'AQ==' }],
])('tells %s apart', (_what, one, other) => {
  expect(keyOf(one)).not.toBe(keyOf(other))
})

it.each<[string, object, object]>([
  ['maps in another order', { a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }],
  ['an integer and an equal bigint', { a: 1 }, { a: 1n }],
  ['zero and negative zero', { a: 0 }, { a: -0 }],
  ['an attribute without a value and none', { a: 1, b: undefined }, { a: 1 }],
  ['functions, symbols and the empty key and none', { a: 1, b: () => 1, c: Symbol('s'), '': 1 }, { a: 1 }],
  ['an inherited attribute and none', Object.assign(Object.create({ b: 2 }) as object, { a: 1 }), { a: 1 }],
  ['a date and its text', { a: new Date(0) }, { a: '1970-01-01T00:00:00.000Z' }],
])('does not tell %s apart, since on the wire they are alike', (_what, one, other) => {
  expect(keyOf(one)).toBe(keyOf(other))
})

const scalar = fc.oneof(fc.constantFrom('', 'a', '1', '1:', 's1:a', 0, 1, -1.5, true, false, null), fc.string())
const attributes = fc.dictionary(
  fc.constantFrom('a', 'b', '1:a', '__proto__', 'c'),
  fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(fc.constantFrom('x', 'y'), scalar)),
)

it('gives two sets the same key if and only if they are equal', () => {
  fc.assert(
    fc.property(attributes, attributes, (one, other) => {
      expect(keyOf(one) === keyOf(other)).toBe(isDeepStrictEqual({ ...one }, { ...other }))
    }),
    { numRuns: 2_000 },
  )
})

it('never throws, whatever it is given to read', () => {
  fc.assert(
    fc.property(fc.object({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }), (object) => {
      expect(() => readAttributeSet(object)).not.toThrow()
    }),
  )
})

it('puts a marker in place of a value whose reading throws, and keeps the others', () => {
  const hostile = {
    a: 1,
    get b(): unknown {
      throw new Error('no')
    },
    c: {
      get x(): unknown {
        throw new Error('no')
      },
    },
    d: { toJSON: () => ({ toJSON: (): never => expect.unreachable() }) },
  }
  const set = readAttributeSet(hostile)
  expect(set?.names).toEqual(['a', 'b', 'c', 'd'])
  expect(set?.values).toEqual([1, '[unreadable]', '[unreadable]', '[unreadable]'])
})

it('reads each attribute once, so that key and values agree', () => {
  let reads = 0
  const set = readAttributeSet({
    get a() {
      return ++reads
    },
  })
  expect(set).toMatchObject({ key: keyOf({ a: 1 }), values: [1] })
})

it('copies what is nested, so that a later change does not reach the series', () => {
  const list = ['a', { deep: Uint8Array.of(1) }]
  const set = readAttributeSet({ list })
  ;(list[1] as { deep: Uint8Array }).deep[0] = 9
  list.push('b')
  expect(set?.values).toEqual([['a', { deep: Uint8Array.of(1) }]])
  expect(set?.isScalar).toBe(false)
})

const nest = (levels: number): unknown => (levels === 0 ? 'x' : [nest(levels - 1)])
const cycle: Record<string, unknown> = {}
cycle['itself'] = cycle

it.each<[string, object, boolean]>([
  ['128 attributes', Object.fromEntries(Array.from({ length: 128 }, (_, i) => [`k${i}`, 1])), true],
  ['129 attributes', Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`k${i}`, 1])), false],
  // The length of key and value, with 9 characters of the key's own: 1:a, s, 5 digits, a colon.
  ['a key of 16,384 characters', { a: 'x'.repeat(16_384 - 10) }, true],
  ['a key of 16,385 characters', { a: 'x'.repeat(16_385 - 10) }, false],
  ['8 levels', { a: nest(8) }, true],
  ['9 levels', { a: nest(9) }, false],
  ['1,024 nested values', { a: Array.from({ length: 1_024 }, () => true) }, true],
  ['1,025 nested values', { a: Array.from({ length: 1_025 }, () => true) }, false],
  ['a cycle', { a: cycle }, false],
  ['more bytes than fit', { a: new Uint8Array(20_000) }, false],
])('takes %s: %s', (_what, attributes, isTaken) => {
  expect(readAttributeSet(attributes) !== undefined).toBe(isTaken)
})

it('takes nothing of an object that does not tell its keys', () => {
  const ownKeys = (): never => {
    throw new Error('no')
  }
  expect(readAttributeSet(new Proxy({}, { ownKeys }))).toBeUndefined()
})

it('reads only the keys that are to be kept', () => {
  const set = readAttributeSet(
    {
      a: 1,
      get b(): unknown {
        return expect.unreachable()
      },
      c: 2,
    },
    new Set(['a', 'c']),
  )
  expect(set).toMatchObject({ key: keyOf({ a: 1, c: 2 }), names: ['a', 'c'] })
})
