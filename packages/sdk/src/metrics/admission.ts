import type { InstrumentDescription } from './instrument-description.ts'
import type { Troubles } from './troubles.ts'

/** Judges the measurements of an instrument that are not plainly right. */
export class Admission {
  readonly #description: InstrumentDescription
  readonly #troubles: Troubles

  constructor(description: InstrumentDescription, troubles: Troubles) {
    this.#description = description
    this.#troubles = troubles
  }

  /** Returns the value to record: whole, where the instrument asks for integers; or undefined, and counts the loss. */
  admit(value: unknown): number | undefined {
    const { kind, valueType } = this.#description
    const isGauge = kind === 'gauge' || kind === 'observable_gauge'
    const growsOnly = kind === 'counter' || kind === 'observable_counter' || kind === 'histogram'
    // One value that is not finite would make every sum after it say nothing; of a gauge the next value stands alone.
    const isTellable = typeof value === 'number' && (isGauge ? !Number.isNaN(value) : Number.isFinite(value))
    if (!isTellable || (growsOnly && value < 0)) return this.#refuse(growsOnly)
    if (valueType === 'double' || Number.isInteger(value)) return value
    if (!Number.isFinite(value)) return this.#refuse(growsOnly)
    this.#warn('records integers only; fractions are cut off')
    return Math.trunc(value)
  }

  #refuse(growsOnly: boolean): undefined {
    this.#troubles.lose('value_invalid')
    this.#warn(`ignores values that are not ${growsOnly ? 'finite numbers from 0 up' : 'numbers it can hold'}`)
    return undefined
  }

  #warn(rule: string): void {
    this.#troubles.warn(`The instrument ${this.#description.name} ${rule}`)
  }
}
