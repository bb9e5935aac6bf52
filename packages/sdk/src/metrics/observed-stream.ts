import type { InstrumentDescription } from './instrument-description.ts'
import { partsOf, snapshotOf } from './metric-snapshot.ts'
import type { EmitMetric, MetricStream, StreamHome } from './metric-stream.ts'
import { ObservedSeries } from './series.ts'
import { isOverflow, SeriesTable } from './series-table.ts'
import type { Temporality } from './temporality.ts'

/**
 * A metric of values that callbacks observe when it is collected.
 *
 * Only what was observed for a collection is told, as the specification asks; what is not observed for a while is
 * remembered as long as there is room, so that a difference is not taken from zero when it comes back.
 */
export class ObservedStream implements MetricStream {
  readonly description: InstrumentDescription
  readonly temporality: Temporality
  readonly #table: SeriesTable<ObservedSeries>
  /** When it was collected last; before that, when it was made. */
  #lastTime: number

  constructor(
    description: InstrumentDescription,
    temporality: Temporality,
    { now, cardinalityLimit, troubles }: StreamHome,
  ) {
    this.description = description
    this.temporality = temporality
    this.#lastTime = now()
    const { name, keep } = description
    const create = (key: string, pairs: readonly unknown[]): ObservedSeries =>
      new ObservedSeries(key, pairs, this.#lastTime)
    this.#table = new SeriesTable({ name, keep, limit: cardinalityLimit, troubles, create })
  }

  /** Takes a value for the collection that runs; of several with equal attributes the last one counts. */
  observe(value: number, attributes: unknown): void {
    const series = this.#table.find(attributes)
    if (isOverflow(series) && this.description.kind !== 'observable_gauge') series.observed += value
    else series.observed = value
  }

  *report(time: number, emit: EmitMetric): Generator<number, void> {
    const lastTime = this.#lastTime
    this.#lastTime = time
    for (const part of partsOf(this.#table.listActive())) {
      for (const series of part) this.#update(series, lastTime, time)
      const taken = emit(snapshotOf(this.description, this.temporality, part))
      for (const series of part) {
        if (isOverflow(series)) series.observed = 0
        this.#table.release(series)
      }
      yield taken
    }
  }

  #update(series: ObservedSeries, lastTime: number, time: number): void {
    const { observed } = series
    const { kind } = this.description
    // A counter of the outside world that falls has begun anew, some time since it was seen last.
    const isReset = kind === 'observable_counter' && observed < series.reported
    if (this.temporality === 'delta') {
      series.startTime = lastTime
      series.value = kind === 'observable_gauge' || isReset ? observed : observed - series.reported
    } else {
      if (isReset) series.startTime = lastTime
      series.value = observed
    }
    series.reported = observed
    series.time = time
  }
}
