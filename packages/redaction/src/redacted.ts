import { REDACTED } from './shapes.ts'

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/**
 * Holds a value that must not be printed: as text, in JSON, in `console.log` and in template strings it is
 * `[redacted]`, and so it is in telemetry. `reveal()` gives the value back.
 *
 * @example `${new Redacted('hunter2')}` // '[redacted]'
 */
export class Redacted<T> {
  // A private field: neither `Object.keys` nor an inspector that shows hidden properties sees it.
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** Returns the value. */
  reveal(): T {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.toPrimitive](): string {
    return REDACTED
  }

  [INSPECT](): string {
    return REDACTED
  }
}
