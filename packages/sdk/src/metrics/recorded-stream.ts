import type { InstrumentDescription } from './instrument-description.ts'
import { partsOf, snapshotOf } from './metric-snapshot.ts'
import type { EmitMetric, MetricStream, StreamHome } from './metric-stream.ts'
import { HistogramSeries } from './series.ts'
import type { NumberSeries } from './series.ts'
import { SeriesTable } from './series-table.ts'
import type { Temporality } from './temporality.ts'

/** A metric of measurements that are recorded as they happen. */
export class RecordedStream<S extends NumberSeries | HistogramSeries> implements MetricStream {
  readonly description: InstrumentDescription
  readonly temporality: Temporality
  readonly table: SeriesTable<S>
  /** When it was collected last; before that, when it was made. */
  #lastTime: number

  constructor(
    description: InstrumentDescription,
    temporality: Temporality,
    { now, cardinalityLimit, troubles }: StreamHome,
    create: (key: string, pairs: readonly unknown[], startTime: number) => S,
  ) {
    this.description = description
    this.temporality = temporality
    this.#lastTime = now()
    const { name, keep } = description
    // A series counts from its first measurement on; under delta that is replaced by the start of the interval.
    const createNow = (key: string, pairs: readonly unknown[]): S => create(key, pairs, now())
    this.table = new SeriesTable({ name, keep, limit: cardinalityLimit, troubles, create: createNow })
  }

  *report(time: number, emit: EmitMetric): Generator<number, void> {
    const isDelta = this.temporality === 'delta'
    const startTime = this.#lastTime
    this.#lastTime = time
    for (const part of partsOf(this.table.listActive())) {
      for (const series of part) {
        series.time = time
        if (isDelta) series.startTime = startTime
      }
      const taken = emit(snapshotOf(this.description, this.temporality, part))
      if (isDelta) for (const series of part) this.#restart(series)
      yield taken
    }
  }

  #restart(series: S): void {
    if (series instanceof HistogramSeries) series.reset()
    else series.value = 0
    this.table.release(series)
  }
}
