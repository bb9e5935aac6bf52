import type { BatchObservableResult, ObservableResult } from '@opentelemetry/api'
import { ObservableInstrument } from './observable-instrument.ts'

/** Takes what one run of a callback observes on its instruments. */
export class Observer {
  readonly #instruments: ReadonlySet<unknown>
  #isOpen = true

  constructor(instruments: ReadonlySet<ObservableInstrument>) {
    this.#instruments = instruments
  }

  /** What a callback of one instrument is given. */
  get single(): ObservableResult {
    const [instrument] = this.#instruments
    return { observe: (value, attributes) => this.#observe(instrument, value, attributes) }
  }

  /** What a callback of several instruments is given. */
  get batch(): BatchObservableResult {
    return { observe: (instrument, value, attributes) => this.#observe(instrument, value, attributes) }
  }

  /** From now on nothing is taken. */
  close(): void {
    this.#isOpen = false
  }

  #observe(instrument: unknown, value: unknown, attributes: unknown): void {
    if (this.#isOpen && this.#instruments.has(instrument)) {
      ObservableInstrument.observe(instrument as ObservableInstrument, value, attributes)
    }
  }
}
