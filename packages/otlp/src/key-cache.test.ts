import { expect, it } from 'vitest'
import { KeyCache } from './key-cache.ts'

it('gives the same entry for a key that is in use', () => {
  const cache = new KeyCache(4, undefined)
  const entry = cache.find('a')
  for (let i = 0; i < 100; i++) {
    cache.find(`k${i}`)
    cache.find('a')
    cache.settle()
  }
  expect(cache.find('a')).toBe(entry)
})

it('stays within its bound under a flood of distinct keys', () => {
  const cache = new KeyCache(8, undefined)
  let largest = 0
  for (let i = 0; i < 10_000; i++) {
    cache.find(`k${i}`)
    cache.settle()
    largest = Math.max(largest, cache.size)
  }
  expect(largest).toBeLessThanOrEqual(16)
})

it('lets go of entries that it forgets, even when they point to one another', () => {
  const cache = new KeyCache(1, undefined)
  let last = cache.root
  const chain = Array.from({ length: 10 }, (_, i) => {
    const entry = cache.find(`k${i}`)
    last.next = entry
    last = entry
    cache.settle()
    return entry
  })
  expect(chain.slice(0, 8).filter((entry) => entry.next !== entry)).toEqual([])
})

it('judges each key once while it is known', () => {
  const judged: string[] = []
  const cache = new KeyCache(8, (key) => {
    judged.push(key)
    return { name: key, values: 'keep' }
  })
  cache.find('a')
  cache.find('b')
  cache.find('a')
  expect(judged).toEqual(['a', 'b'])
})

it('keeps no entry of a key that is longer than 128 characters', () => {
  const cache = new KeyCache(8, undefined)
  cache.find('k'.repeat(128))
  cache.find('k'.repeat(129))
  expect(cache.size).toBe(1)
})
