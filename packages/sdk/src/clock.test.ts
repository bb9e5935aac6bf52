import { afterEach, expect, it, vi } from 'vitest'
import { Clock, isBefore } from './clock.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** What throws at each look at it. */
function createRevoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

it.each([600_000, -600_000])('follows a wall clock that was set by %d ms', (step) => {
  const clock = new Clock()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + step })
  const later = clock.ticks() + 5 // within a millisecond of its last look it does not look again
  expect(Math.abs(clock.unixTimeNow(later) - Date.now())).toBeLessThanOrEqual(50)
})

it('does not jump by less than a clock drifts', () => {
  const clock = new Clock()
  const first = clock.unixTimeNow(clock.ticks() + 5)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 20 })
  expect(clock.unixTimeNow(clock.ticks() + 10)).toBeGreaterThan(first)
})

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', '2026-01-01'],
  ['no number', Number.NaN],
  ['an invalid date', new Date(Number.NaN)],
  ['three numbers', [1, 2, 3]],
  ['what cannot be looked at', createRevoked()],
  ['what only looks like a date', Object.create(Date.prototype)],
])('takes %s for no time', (_what, time) => {
  expect(new Clock().read(time)).toBeUndefined()
})

it('reads a moment once, whatever its owner writes over it', () => {
  const moment: [number, number] = [1_700_000_000, 1]
  const read = new Clock().read(moment)
  moment[1] = 2
  expect(read).toEqual([1_700_000_000, 1])
})

it.each<[readonly [number, number] | number, readonly [number, number] | number, boolean]>([
  [[1_700_000_000, 1], [1_700_000_000, 2], true],
  [[1_700_000_000, 2], [1_700_000_000, 2], false],
  [[1_700_000_000, 2], [1_700_000_001, 1], true],
  [1_700_000_000_000, [1_700_000_000, 1_000_000], true],
  [5, 4, false],
])('tells whether %j comes before %j', (one, other, expected) => {
  expect(isBefore(one, other)).toBe(expected)
})
