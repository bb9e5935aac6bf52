import type { TimeInput } from '@opentelemetry/api'
import type { UnixTime } from '@plutus/otlp'

// A wall clock that was set, or a machine that slept, moves the two clocks apart.
const MAX_DRIFT_MILLIS = 50
// Between two looks at the wall clock; records often come in bursts.
const CHECK_MILLIS = 1

/** Tells the time in milliseconds since the Unix epoch, with fractions that never run backwards within a span. */
export class Clock {
  #offset = Date.now() - performance.now()
  #checkedAt = performance.now()

  /** Time of the monotonic clock, in milliseconds; only differences of it mean something. */
  ticks(): number {
    return performance.now()
  }

  /** Unix time of a moment of the monotonic clock, by the wall clock as it stands now. */
  unixTimeAt(ticks: number): number {
    this.unixTimeNow(performance.now())
    return this.#offset + ticks
  }

  /** Unix time of now, which the monotonic clock has just told. */
  unixTimeNow(ticks: number): number {
    if (ticks - this.#checkedAt > CHECK_MILLIS || ticks < this.#checkedAt) {
      this.#checkedAt = ticks
      const drift = Date.now() - (this.#offset + ticks)
      if (drift > MAX_DRIFT_MILLIS || drift < -MAX_DRIFT_MILLIS) this.#offset += drift
    }
    return this.#offset + ticks
  }

  /** Unix time of what an application gives as a time; `undefined` if it gives none. */
  read(time: unknown): UnixTime | undefined {
    if (time === undefined || !isTimeInput(time)) return undefined
    if (typeof time === 'number') {
      // Less than the process has run in milliseconds: a value of `performance.now()`.
      return time <= performance.now() ? this.unixTimeAt(time) : time
    }
    try {
      // A copy: its owner may use the array for the next moment.
      return time instanceof Date ? time.getTime() : [time[0], time[1]]
    } catch {
      return undefined
    }
  }
}

/** Whether something is a moment in one of the forms of the API; what cannot be looked at is none. */
export function isTimeInput(value: unknown): value is TimeInput {
  if (typeof value === 'number') return !Number.isNaN(value)
  if (typeof value !== 'object' || value === null) return false
  try {
    if (value instanceof Date) return !Number.isNaN(value.getTime())
    return Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'number'
  } catch {
    return false
  }
}

/** Whether a moment comes before another one; exactly, where both are in the same form. */
export function isBefore(one: UnixTime, other: UnixTime): boolean {
  if (typeof one === 'object' && typeof other === 'object') {
    return one[0] === other[0] ? one[1] < other[1] : one[0] < other[0]
  }
  return toMillis(one) < toMillis(other)
}

/** A moment in milliseconds since the Unix epoch, as exactly as a number tells it. */
export function toMillis(time: UnixTime): number {
  if (typeof time === 'number') return time
  return typeof time === 'bigint' ? Number(time) / 1e6 : time[0] * 1_000 + time[1] / 1e6
}
