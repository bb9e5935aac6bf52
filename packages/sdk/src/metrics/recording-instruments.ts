import type { Attributes, Counter, Gauge, Histogram, UpDownCounter } from '@opentelemetry/api'
import type { Admission } from './admission.ts'
import type { RecordedStream } from './recorded-stream.ts'
import type { HistogramSeries, NumberSeries } from './series.ts'
import type { SeriesTable } from './series-table.ts'

/** Adds up values; under an up-down counter they may be negative. */
export class SumInstrument implements Counter, UpDownCounter {
  readonly #table: SeriesTable<NumberSeries>
  readonly #admission: Admission
  readonly #isInt: boolean
  readonly #least: number

  constructor(stream: RecordedStream<NumberSeries>, admission: Admission) {
    const { kind, valueType } = stream.description
    this.#table = stream.table
    this.#admission = admission
    this.#isInt = valueType === 'int'
    this.#least = kind === 'counter' ? 0 : -Number.MAX_VALUE
  }

  add(value: number, attributes?: Attributes): void {
    if (
      typeof value === 'number' &&
      value >= this.#least &&
      value < Infinity &&
      (!this.#isInt || Number.isInteger(value))
    ) {
      this.#table.find(attributes).value += value
      return
    }
    const admitted = this.#admission.admit(value)
    if (admitted !== undefined) this.#table.find(attributes).value += admitted
  }
}

/** Keeps the last value. */
export class GaugeInstrument implements Gauge {
  readonly #table: SeriesTable<NumberSeries>
  readonly #admission: Admission

  constructor(stream: RecordedStream<NumberSeries>, admission: Admission) {
    this.#table = stream.table
    this.#admission = admission
  }

  record(value: number, attributes?: Attributes): void {
    const admitted = this.#admission.admit(value)
    if (admitted !== undefined) this.#table.find(attributes).value = admitted
  }
}

/** Counts values by range. */
export class HistogramInstrument implements Histogram {
  readonly #table: SeriesTable<HistogramSeries>
  readonly #admission: Admission
  readonly #isInt: boolean

  constructor(stream: RecordedStream<HistogramSeries>, admission: Admission) {
    this.#table = stream.table
    this.#admission = admission
    this.#isInt = stream.description.valueType === 'int'
  }

  record(value: number, attributes?: Attributes): void {
    if (typeof value === 'number' && value >= 0 && value < Infinity && (!this.#isInt || Number.isInteger(value))) {
      this.#table.find(attributes).record(value)
      return
    }
    const admitted = this.#admission.admit(value)
    if (admitted !== undefined) this.#table.find(attributes).record(admitted)
  }
}
