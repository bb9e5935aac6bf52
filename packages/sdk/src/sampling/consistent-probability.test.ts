import { createTraceState } from '@opentelemetry/api'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { isKept, randomnessOf, readProbability, thresholdOf } from './consistent-probability.ts'

const at = (hex: string): { high: number; low: number } => randomnessOf('0'.repeat(18) + hex)

// The values of the specification (TraceState: probability sampling) where it gives any.
it.each([
  [1, '0'],
  [0.5, '8'],
  [0.25, 'c'],
  [0.1, 'e666'],
  [0.01, 'fd70a'],
  [1 / 3, 'aaab'],
  [2 / 3, '5555'],
  [0.001, 'ffbe77'],
  [0.999, '004189'],
  [2 ** -56, 'ffffffffffffff'],
])('writes the threshold for a share of %d as %s', (rate, text) => {
  expect(thresholdOf(rate)?.text).toBe(text)
})

it.each([0, 2 ** -58, -1, Number.NaN])('has no threshold for a share of %d, and keeps nothing', (rate) => {
  expect(thresholdOf(rate)).toBeUndefined()
  expect(isKept(at('ffffffffffffff'), thresholdOf(rate))).toBe(false)
})

it('keeps randomness from the threshold on', () => {
  const threshold = thresholdOf(0.1)
  expect(isKept(at('e6660000000000'), threshold)).toBe(true)
  expect(isKept(at('e665ffffffffff'), threshold)).toBe(false)
  expect(isKept(at('e6670000000000'), threshold)).toBe(true)
  expect(isKept(at('00000000000000'), thresholdOf(1))).toBe(true)
})

it('reads the same randomness from an id in digits and in words of either sign', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const view = new DataView(bytes.buffer)
      const words = [0, 4, 8, 12].map((offset) => view.getInt32(offset))
      const hex = Buffer.from(bytes).toString('hex')
      expect(randomnessOf(words)).toEqual(randomnessOf(hex))
      expect(randomnessOf(words.map((word) => word >>> 0))).toEqual(randomnessOf(hex))
    }),
  )
})

it('keeps with a lower rate only what a higher one keeps, and about as many as it says', () => {
  const ids = Array.from({ length: 20_000 }, () => crypto.getRandomValues(new Uint32Array(4)))
  const kept = (rate: number): Set<Uint32Array> =>
    new Set(ids.filter((id) => isKept(randomnessOf(id), thresholdOf(rate))))
  const [many, few] = [kept(0.3), kept(0.05)]
  expect([...few].every((id) => many.has(id))).toBe(true)
  // Eight standard deviations.
  expect(Math.abs(many.size - 6_000)).toBeLessThan(8 * Math.sqrt(20_000 * 0.3 * 0.7))
  expect(Math.abs(few.size - 1_000)).toBeLessThan(8 * Math.sqrt(20_000 * 0.05 * 0.95))
})

it('reads threshold and randomness of others', () => {
  const read = (ot: string): unknown => readProbability(createTraceState(`other=1,ot=${ot}`))
  expect(read('th:e666;rv:e6660000000001')).toEqual({
    threshold: { ...at('e6660000000000'), text: 'e666' },
    randomness: { ...at('e6660000000001'), text: 'e6660000000001' },
  })
  expect(read('x:1;th:0')).toEqual({ threshold: { high: 0, low: 0, text: '0' }, randomness: undefined })
})

// Each breaks one rule.
it.each(['th:', 'th:E6', 'th:123456789abcdef', 'rv:e666', 'rv:e666000000000g', 'TH:8', 'th=8'])(
  'does not read %s',
  (ot) => {
    expect(readProbability(createTraceState(`ot=${ot}`))).toEqual({ threshold: undefined, randomness: undefined })
  },
)
