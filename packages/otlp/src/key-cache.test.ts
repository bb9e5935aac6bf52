import { expect, it } from 'vitest'
import { KeyCache } from './key-cache.ts'
import type { KeyEntry } from './key-cache.ts'

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

/** Has a key take texts, as the encoder does, and returns how many were found remembered and how many were remembered. */
function take(entry: KeyEntry, texts: readonly string[]): { readonly hits: number; readonly remembered: number } {
  const bytes = Buffer.alloc(64)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let hits = 0
  let remembered = 0
  for (const text of texts) {
    if (entry.isSteady && entry.lastText === text) {
      entry.noteHit()
      hits++
      continue
    }
    bytes.write(text, 0, 'latin1')
    entry.noteText(text, bytes, view, 0, text.length)
    if (entry.lastText === text) remembered++
  }
  return { hits, remembered }
}
const numbered = (count: number, times: number): string[] =>
  Array.from({ length: count * times }, (_, i) => `id ${Math.floor(i / times)}`)

it('remembers the text of a key that has the same one most of the time', () => {
  const entry = new KeyCache(8, undefined).find('a')
  expect(
    take(
      entry,
      Array.from({ length: 100 }, () => 'GET'),
    ),
  ).toEqual({ hits: 99, remembered: 1 })
  expect(take(entry, numbered(50, 10))).toEqual({ hits: 450, remembered: 50 })
})

it('remembers few texts of a key whose texts come once or twice and never more, until one stays', () => {
  const cache = new KeyCache(8, undefined)
  const entry = cache.find('a')
  expect(take(entry, numbered(640, 1)).remembered).toBeLessThan(20)
  expect(take(cache.find('b'), numbered(640, 2)).remembered).toBeLessThan(40)
  expect(
    take(
      entry,
      Array.from({ length: 640 }, () => 'GET'),
    ).hits,
  ).toBeGreaterThan(500)
})
