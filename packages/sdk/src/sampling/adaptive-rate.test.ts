import { expect, it } from 'vitest'
import { AdaptiveRate } from './adaptive-rate.ts'

const RATE = 0.1

/** The rates that readings of the event loop lead to, one after the other. */
function ratesOf(adaptive: AdaptiveRate, readings: readonly number[]): number[] {
  return readings.map((eventLoop) => adaptive.adapt({ eventLoop, cpu: 0 }))
}

const steady = (load: number, seconds: number): number[] => Array.from({ length: seconds }, () => load)

it.each([
  [0.59, RATE],
  [0.6, RATE / 2],
  [0.79, RATE / 2],
  [0.8, RATE / 10],
  [1, RATE / 10],
])('at a steady load of %d the rate is %d', (load, expected) => {
  expect(ratesOf(new AdaptiveRate(RATE), steady(load, 5)).at(-1)).toBeCloseTo(expected, 12)
})

it('takes the event loop or the processors, whichever is busier', () => {
  expect(new AdaptiveRate(1).adapt({ eventLoop: 0.1, cpu: 0.9 })).toBeCloseTo(0.1, 12)
  expect(new AdaptiveRate(1).adapt({ eventLoop: 0.9, cpu: 0.1 })).toBeCloseTo(0.1, 12)
})

it('lowers the rate with the second busy second, not with one alone', () => {
  const adaptive = new AdaptiveRate(1)
  expect(ratesOf(adaptive, [0.1, 0.9, 0.1])).toEqual([1, 1, 1])
  expect(ratesOf(adaptive, [1, 1])).toEqual([0.5, 0.1].map((rate) => expect.closeTo(rate, 12) as number))
})

it('recovers by one step for each ten calm seconds', () => {
  const adaptive = new AdaptiveRate(1)
  ratesOf(adaptive, steady(1, 10))
  const rates = ratesOf(adaptive, steady(0.2, 30))
  const changes = rates.flatMap((rate, i) => (i > 0 && rate !== rates[i - 1] ? [i] : []))
  expect(rates[0]).toBeCloseTo(0.1, 12)
  expect(changes).toHaveLength(2)
  expect((changes[1] as number) - (changes[0] as number)).toBe(10)
  expect(rates.at(-1)).toBe(1)
})

it('does not flutter where the load lies just below a step', () => {
  const adaptive = new AdaptiveRate(1)
  ratesOf(adaptive, steady(0.65, 10))
  // 0.5 is a margin of 0.1 below: the first value that counts as calm is less.
  expect(new Set(ratesOf(adaptive, steady(0.51, 100)))).toEqual(new Set([0.5]))
  expect(ratesOf(adaptive, steady(0.45, 40)).at(-1)).toBe(1)
})

it('begins to count anew when a calm time is interrupted', () => {
  const adaptive = new AdaptiveRate(1)
  ratesOf(adaptive, steady(0.7, 10))
  expect(ratesOf(adaptive, [...steady(0.1, 11), 0.95, ...steady(0.1, 9)]).slice(0, 3)).toEqual([0.5, 0.5, 0.5])
  const rates = ratesOf(new AdaptiveRate(1), [
    ...steady(0.7, 10),
    ...steady(0.3, 9),
    ...steady(0.7, 3),
    ...steady(0.3, 9),
  ])
  expect(rates.at(-1)).toBe(0.5)
})

it('takes a reading that is no number for no load', () => {
  expect(new AdaptiveRate(0.3).adapt({ eventLoop: Number.NaN, cpu: -1 })).toBe(0.3)
})
