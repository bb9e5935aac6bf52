import type { Meter, MeterProvider } from '@opentelemetry/api'
import { createBufferPool, createEncoder } from '@plutus/otlp'
import { assembleBatch, RecordBuffer } from '../record-buffer.ts'
import { readMetrics } from './collected-metric.test.helper.ts'
import type { CollectedMetric } from './collected-metric.test.helper.ts'
import { createMeterProvider } from './meter-provider.ts'
import type { MeterProviderOptions, Metering } from './meter-provider.ts'

/** A provider with a clock of its own, whose collections come back decoded. */
export interface MetricRig {
  readonly metering: Metering
  readonly provider: MeterProvider
  readonly meter: Meter
  /** Losses by reason. */
  readonly losses: Record<string, number>
  /** Export requests that were made and not read yet. */
  readonly requests: Uint8Array[]
  /** What the clock tells; a test moves it. */
  readonly clock: { millis: number }
  collect(): Promise<CollectedMetric[]>
  collectNow(): CollectedMetric[]
}

/** Time at which the clock of a rig begins. */
export const BEGIN = 1_700_000_000_000

export function createMetricRig(options: Partial<MeterProviderOptions> = {}): MetricRig {
  const clock = { millis: BEGIN }
  const losses: Record<string, number> = {}
  const requests: Uint8Array[] = []
  const encoder = createEncoder()
  const resource = encoder.encodeResource({ attributes: { 'service.name': 'rig' } })
  const records = new RecordBuffer({
    pool: createBufferPool(),
    maxBytes: 200_000,
    maxRecords: Infinity,
    delayMillis: 60_000,
    onBatch: (batch) => void requests.push(assembleBatch(resource, batch)),
  })
  const metering = createMeterProvider({
    encoder,
    records,
    intervalMillis: Infinity,
    now: () => clock.millis,
    onLoss: (reason, count) => {
      losses[reason] = (losses[reason] ?? 0) + count
    },
    ...options,
  })
  const read = (): CollectedMetric[] => requests.splice(0).flatMap(readMetrics)
  return {
    metering,
    provider: metering.meterProvider,
    meter: metering.meterProvider.getMeter('shop', '1.2.3'),
    losses,
    requests,
    clock,
    collect: async () => {
      await metering.collect()
      return read()
    },
    collectNow: () => {
      metering.collectNow()
      return read()
    },
  }
}
