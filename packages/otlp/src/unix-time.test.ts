import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteBuffer } from './byte-buffer.ts'
import { putTimeField, type UnixTime } from './unix-time.ts'

const write = (time: UnixTime): bigint | undefined => {
  const out = new ByteBuffer(16)
  return putTimeField(out, 9, time) ? out.view.getBigUint64(1, true) : undefined
}

it('writes seconds and nanoseconds exactly', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.integer({ min: 0, max: 999_999_999 }),
      (seconds, nanos) => {
        expect(write([seconds, nanos])).toBe(BigInt(seconds) * 1_000_000_000n + BigInt(nanos))
      },
    ),
  )
})

it('writes milliseconds with a fraction to within a quarter of a microsecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 999_999 }), (millis, nanos) => {
      const exact = BigInt(millis) * 1_000_000n + BigInt(nanos)
      const error = Number((write(millis + nanos / 1_000_000) as bigint) - exact)
      expect(Math.abs(error)).toBeLessThanOrEqual(500)
    }),
  )
})

it('writes whole milliseconds, and nanoseconds as a bigint, exactly', () => {
  expect(write(1_765_000_000_123)).toBe(1_765_000_000_123_000_000n)
  expect(write(1_765_000_000_123_456_789n)).toBe(1_765_000_000_123_456_789n)
  expect(write(2n ** 64n - 1n)).toBe(2n ** 64n - 1n)
  expect(write(0)).toBe(0n)
})

it.each<[time: UnixTime]>([
  [-1],
  [Number.NaN],
  [Infinity],
  [4_000_000_001_000],
  [[-1, 0]],
  [[0, -1]],
  [[0, 2e9]],
  [[Number.NaN, 0]],
  [-1n],
  [2n ** 64n],
])('writes nothing for %s', (time) => {
  expect(write(time)).toBeUndefined()
})
