/** Whether points count from the last collection or from the start of their series. */
export type Temporality = 'delta' | 'cumulative'

/** What `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` can say. */
export type TemporalityPreference = 'cumulative' | 'delta' | 'lowmemory'

/** The seven kinds of instruments. */
export type InstrumentKind =
  | 'counter'
  | 'up_down_counter'
  | 'histogram'
  | 'gauge'
  | 'observable_counter'
  | 'observable_up_down_counter'
  | 'observable_gauge'

/** The preferences, as an option is checked against them. */
export const TEMPORALITY_PREFERENCES: readonly TemporalityPreference[] = ['cumulative', 'delta', 'lowmemory']

const DELTAS: Record<TemporalityPreference, ReadonlySet<InstrumentKind>> = {
  cumulative: new Set(),
  // Of a gauge, delta means that only what was recorded since the last collection is told.
  delta: new Set(['counter', 'histogram', 'gauge', 'observable_counter', 'observable_gauge']),
  // The difference of an observed value would need the last one to be kept.
  lowmemory: new Set(['counter', 'histogram']),
}

/** Returns the temporality that the specification gives to a kind of instrument under a preference. */
export function selectTemporality(preference: TemporalityPreference, kind: InstrumentKind): Temporality {
  return DELTAS[preference].has(kind) ? 'delta' : 'cumulative'
}
