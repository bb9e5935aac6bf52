import { ValueType } from '@opentelemetry/api'
import type { Counter, Histogram, MeterProvider } from '@opentelemetry/api'
import { VERSION } from './version.ts'

/** Name of the instrumentation scope. */
export const SCOPE = '@plutus/instrumentation-stripe'

/** Instruments of one provider's client. */
export interface ClientMeters {
  /** Duration of calls with all their attempts, in seconds. */
  readonly duration: Histogram
  readonly retries: Counter
  readonly declines: Counter
}

// Those of the semantic conventions for HTTP, and up to Stripe's own time limit of 80 s.
const DURATION_BOUNDARIES = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 30, 80]

const metersOfProvider = new WeakMap<MeterProvider, Map<string, ClientMeters>>()

/** The instruments of a payment provider's client, created when they are first asked for. */
export function metersOf(meterProvider: MeterProvider, provider: string): ClientMeters {
  const known = metersOfProvider.get(meterProvider) ?? new Map<string, ClientMeters>()
  metersOfProvider.set(meterProvider, known)
  let meters = known.get(provider)
  if (meters === undefined) {
    const meter = meterProvider.getMeter(SCOPE, VERSION)
    meters = {
      duration: meter.createHistogram(`${provider}.client.operation.duration`, {
        description: 'Duration of calls to the payment provider, with all their attempts.',
        unit: 's',
        valueType: ValueType.DOUBLE,
        advice: { explicitBucketBoundaries: DURATION_BOUNDARIES },
      }),
      retries: meter.createCounter(`${provider}.client.retries`, {
        description: 'Attempts beyond the first of a call.',
        unit: '{retry}',
        valueType: ValueType.INT,
      }),
      declines: meter.createCounter(`${provider}.client.declines`, {
        description: 'Payments that were declined, by code.',
        unit: '{decline}',
        valueType: ValueType.INT,
      }),
    }
    known.set(provider, meters)
  }
  return meters
}
