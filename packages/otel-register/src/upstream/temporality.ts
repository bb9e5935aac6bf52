import { AggregationTemporality, InstrumentType } from '@opentelemetry/sdk-metrics'
import type { AggregationTemporalitySelector } from '@opentelemetry/sdk-metrics'

/** Series per instrument and reader, as upstream has it. */
export const DEFAULT_CARDINALITY = 2000

/** What `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` can say. */
export type TemporalityPreference = 'cumulative' | 'delta' | 'lowmemory'

/** Creates the choice that the specification gives for a preference. */
export function selectTemporality(preference: TemporalityPreference): AggregationTemporalitySelector {
  const deltas = DELTAS[preference]
  return (type) => (deltas.has(type) ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE)
}

const DELTAS: Record<TemporalityPreference, ReadonlySet<InstrumentType>> = {
  cumulative: new Set(),
  delta: new Set([
    InstrumentType.COUNTER,
    InstrumentType.GAUGE,
    InstrumentType.HISTOGRAM,
    InstrumentType.OBSERVABLE_COUNTER,
    InstrumentType.OBSERVABLE_GAUGE,
  ]),
  lowmemory: new Set([InstrumentType.COUNTER, InstrumentType.HISTOGRAM]),
}
