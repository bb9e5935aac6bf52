import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Deadline } from './deadline.ts'

let now = 0

beforeEach(() => {
  now = 0
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] })
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Time goes by while the event loop turns. */
function live(millis: number): void {
  for (const end = now + millis; now < end;) {
    now++
    vi.advanceTimersByTime(1)
  }
}

it('is over when its time is, after a last look at what has come', () => {
  const onOver = vi.fn<() => void>()
  const deadline = new Deadline(120, onOver)
  live(119)
  expect([deadline.waitedMillis, onOver.mock.calls.length]).toEqual([119, 0])
  now++
  vi.advanceTimersToNextTimer()
  expect(onOver).not.toHaveBeenCalled()
  vi.advanceTimersToNextTimer()
  expect(onOver).toHaveBeenCalledTimes(1)
  expect([deadline.waitedMillis, vi.getTimerCount()]).toEqual([120, 0])
})

it('does not count time during which the event loop stood still', () => {
  const onOver = vi.fn<() => void>()
  const deadline = new Deadline(10_000, onOver)
  live(100)
  now += 3_600_000
  expect(deadline.waitedMillis).toBe(150)
  live(50)
  expect(deadline.waitedMillis).toBe(150)
  live(9_851)
  expect(onOver).toHaveBeenCalledTimes(1)
})

it('does nothing once it is cancelled, also at the last look', () => {
  const onOver = vi.fn<() => void>()
  const [early, late] = [new Deadline(50, onOver), new Deadline(50, onOver)]
  early.cancel()
  now += 50
  vi.advanceTimersToNextTimer()
  late.cancel()
  live(1000)
  expect([onOver.mock.calls.length, vi.getTimerCount()]).toEqual([0, 0])
})
