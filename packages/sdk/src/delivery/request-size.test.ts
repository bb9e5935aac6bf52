import { expect, it } from 'vitest'
import { RequestSize } from './request-size.ts'

it('knows no limit before something is refused', () => {
  const size = new RequestSize()
  size.taken(1000)
  expect(size.mostBytes).toBe(Infinity)
})

it('is half of the smallest request that was refused', () => {
  const size = new RequestSize()
  for (const bytes of [400_000, 100_000, 200_000]) size.refused(bytes)
  expect(size.mostBytes).toBe(50_000)
})

it.each([
  [50_000, 100_000],
  [50_001, 100_000 + 50_001 / 64],
  [100_000, 100_000 + 100_000 / 64],
  [150_000, 150_000 + 150_000 / 64],
])('after %d bytes were taken, where half of 200,000 was left, is %d', (bytes, most) => {
  const size = new RequestSize()
  size.refused(200_000)
  size.taken(bytes)
  expect(size.mostBytes).toBe(most)
})

it('grows by 256 bytes at least', () => {
  const size = new RequestSize()
  size.refused(2000)
  size.taken(1000)
  expect(size.mostBytes).toBe(1256)
})

it('finds a limit again that was raised, and is refused seldom where it was not', () => {
  const size = new RequestSize()
  const limits = [...Array<number>(1000).fill(100_000), ...Array<number>(1000).fill(Infinity)]
  let refused = 0
  size.refused(464_000)
  for (const limit of limits) {
    const bytes = Math.min(size.mostBytes, 464_000)
    if (bytes <= limit) size.taken(bytes)
    else {
      refused++
      size.refused(bytes)
    }
  }
  expect(refused).toBeLessThan(30)
  expect(size.mostBytes).toBeGreaterThan(464_000)
})
