import type { MetricSnapshot } from '@plutus/otlp'
import type { InstrumentDescription } from './instrument-description.ts'
import type { HistogramSeries, NumberSeries, Series } from './series.ts'
import type { Temporality } from './temporality.ts'

// So many are encoded in about a millisecond. A record of the encoder has 1 MiB, which leaves room for what a redactor adds.
const MAX_PART_BYTES = 128 * 1024

/** Cuts series into parts that fit a record, at most a point more than that. */
export function partsOf<S extends Series>(series: readonly S[]): S[][] {
  const parts: S[][] = []
  let weight = 0
  let start = 0
  series.forEach((one, i) => {
    weight += one.weight
    if (weight < MAX_PART_BYTES && i < series.length - 1) return
    parts.push(series.slice(start, i + 1))
    start = i + 1
    weight = 0
  })
  return parts
}

/** Describes a metric with some of its series as points; it is valid until these change. */
export function snapshotOf(
  { kind, name, description, unit, valueType }: InstrumentDescription,
  temporality: Temporality,
  points: readonly Series[],
): MetricSnapshot {
  const identity = { name, description, unit }
  if (kind === 'histogram') {
    return { ...identity, kind: 'histogram', temporality, points: points as readonly HistogramSeries[] }
  }
  const numbers = points as readonly NumberSeries[]
  if (kind === 'gauge' || kind === 'observable_gauge') return { ...identity, kind: 'gauge', valueType, points: numbers }
  const monotonic = kind === 'counter' || kind === 'observable_counter'
  return { ...identity, kind: 'sum', valueType, temporality, monotonic, points: numbers }
}
