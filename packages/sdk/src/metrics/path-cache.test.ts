import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readAttributeSet } from './attribute-set.ts'
import type { AttributeSet } from './attribute-set.ts'
import { PathCache } from './path-cache.ts'

const setOf = (attributes: object): AttributeSet => readAttributeSet(attributes) as AttributeSet
function remember(cache: PathCache<string>, attributes: object): void {
  const { names, values, key } = setOf(attributes)
  cache.set(names, values, key)
}

const attributes = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.constantFrom('x', 'y', '1', 1, 0, -0, true, null, 1n, NaN, undefined),
)

it('finds for a set what belongs to it, or nothing', () => {
  fc.assert(
    fc.property(fc.array(attributes, { maxLength: 30 }), fc.integer({ min: 4, max: 60 }), (sets, maxSteps) => {
      const cache = new PathCache<string>(maxSteps)
      for (const set of sets) {
        expect([setOf(set).key, undefined]).toContain(cache.get(set))
        remember(cache, set)
        for (const seen of sets) expect([setOf(seen).key, undefined]).toContain(cache.get(seen))
      }
    }),
  )
})

it('finds every set that it was told, as long as there is room', () => {
  fc.assert(
    fc.property(fc.array(attributes, { maxLength: 30 }), (sets) => {
      const cache = new PathCache<string>(1_000)
      for (const set of sets) remember(cache, set)
      // NaN is no path: it is equal to nothing.
      const tellable = sets.filter((set) => !Object.values(set).some(Number.isNaN))
      expect(tellable.map((set) => cache.get({ ...set }))).toEqual(tellable.map((set) => setOf(set).key))
    }),
  )
})

it('passes over inherited attributes, and those that do not count', () => {
  const cache = new PathCache<string>(10, new Set(['a', 'b']))
  cache.set(['a', 'b'], [1, 2], 'found')
  expect(cache.get({ other: 'x', a: 1, b: 2, more: {} })).toBe('found')
  expect(cache.get(Object.assign(Object.create({ b: 2 }) as object, { a: 1 }))).toBeUndefined()
})

it('forgets everything when it is full', () => {
  const cache = new PathCache<number>(3)
  cache.set(['a', 'b'], [1, 1], 1)
  cache.set(['a', 'b'], [1, 2], 2)
  expect([cache.get({ a: 1, b: 1 }), cache.get({ a: 1, b: 2 })]).toEqual([undefined, 2])
  cache.set(['a'], [1], 3)
  expect([cache.get({ a: 1, b: 2 }), cache.get({ a: 1 })]).toEqual([2, 3])
})

it('gives up on a place where ever new keys come, and goes on elsewhere', () => {
  const cache = new PathCache<number>(1_000)
  for (let i = 0; i < 20; i++) cache.set([`k${i}`, 'a'], [1, 1], i)
  const found = Array.from({ length: 20 }, (_, i) => cache.get({ [`k${i}`]: 1, a: 1 }))
  expect(found).toEqual([0, 1, 2, 3, 4, 5, 6, 7, ...Array.from({ length: 12 })])
})
