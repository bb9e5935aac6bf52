import { ValueType } from '@opentelemetry/api'
import type { Histogram, Meter, MeterProvider } from '@opentelemetry/api'
import { METRIC_OPERATION_DURATION } from './attributes.ts'
import { PoolMetrics } from './pool-metrics.ts'
import { VERSION } from './version.ts'

/** Where measurements of database clients go; one for all instrumentations of a meter provider. */
export interface DatabaseMeters {
  /** Duration of operations, in seconds. */
  readonly duration: Histogram
  readonly pools: PoolMetrics
}

const SCOPE = '@plutus/instrumentation-database'
// The semantic conventions advise these, in seconds.
const DURATION_BOUNDARIES = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

const metersOfProvider = new WeakMap<MeterProvider, DatabaseMeters>()

/** The instruments of a meter provider, created when they are first asked for. */
export function metersOf(provider: MeterProvider): DatabaseMeters {
  let meters = metersOfProvider.get(provider)
  if (meters === undefined) {
    meters = createMeters(provider.getMeter(SCOPE, VERSION))
    metersOfProvider.set(provider, meters)
  }
  return meters
}

function createMeters(meter: Meter): DatabaseMeters {
  return {
    duration: meter.createHistogram(METRIC_OPERATION_DURATION, {
      description: 'Duration of database client operations.',
      unit: 's',
      valueType: ValueType.DOUBLE,
      advice: { explicitBucketBoundaries: DURATION_BOUNDARIES },
    }),
    pools: new PoolMetrics(meter),
  }
}
