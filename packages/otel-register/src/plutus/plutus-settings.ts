import type { ResolvedConfig } from '@plutus/config'
import { otlpSettings } from '@plutus/sdk'
import type { ExportTarget, Signal } from '@plutus/sdk'
import type { ProcessPolicy } from './process-policy.ts'

/** How batches of a signal are made and bounded. */
export interface SignalSettings {
  readonly target: ExportTarget
  readonly delayMillis: number
  /** Records of one batch; `Infinity` where bytes are the only bound. */
  readonly maxBatchRecords: number
  /** Records that may wait; absent where bytes are the only bound. */
  readonly maxQueueRecords?: number
}

/** Signals that go somewhere. */
export type SignalSettingsTable = Partial<Record<Signal, SignalSettings>>

/**
 * What this engine leaves to upstream's SDK, as the end of a sentence; `undefined` if it does all that is asked.
 */
export function findUnsupported(config: ResolvedConfig): string | undefined {
  if (config.get('OTEL_CONFIG_FILE') !== undefined) return 'OTEL_CONFIG_FILE is set'
  if (config.get('OTEL_NODE_EXPERIMENTAL_SDK_METRICS')) return 'OTEL_NODE_EXPERIMENTAL_SDK_METRICS is set'
  for (const variable of ['OTEL_TRACES_EXPORTER', 'OTEL_METRICS_EXPORTER', 'OTEL_LOGS_EXPORTER'] as const) {
    const names: readonly string[] = config.get(variable)
    if (names.includes('none') || names.length === 0) continue
    if (names.length > 1 || names[0] !== 'otlp') return `${variable} is ${names.join(',')}`
  }
  return undefined
}

/** How traces are sampled at the source. */
export interface SamplingSettings {
  readonly rate: number
  readonly adaptive: boolean
}

/** Reads how to sample at the source: as variables say, else as the policy does; `undefined` if all is sent. */
export function readSampling(config: ResolvedConfig, policy: ProcessPolicy | undefined): SamplingSettings | undefined {
  const rate = config.isSet('PLUTUS_SAMPLE_RATE') ? undefined : policy?.sampling?.rate
  const adaptive = config.isSet('PLUTUS_SAMPLE_ADAPTIVE') ? undefined : policy?.sampling?.adaptive
  const settings = {
    rate: rate ?? config.get('PLUTUS_SAMPLE_RATE'),
    adaptive: adaptive ?? config.get('PLUTUS_SAMPLE_ADAPTIVE'),
  }
  return settings.rate < 1 || settings.adaptive ? settings : undefined
}

/** Reads where signals go and how they are gathered; what cannot be used costs one line. */
export function readSignals(config: ResolvedConfig, warn: (line: string) => void): SignalSettingsTable {
  return {
    ...(wants(config.get('OTEL_TRACES_EXPORTER')) && { traces: batchSettings(config, 'traces', 'BSP', warn) }),
    ...(wants(config.get('OTEL_LOGS_EXPORTER')) && { logs: batchSettings(config, 'logs', 'BLRP', warn) }),
    ...(wants(config.get('OTEL_METRICS_EXPORTER')) && {
      metrics: {
        target: { signal: 'metrics', settings: otlpSettings(config, 'metrics', warn), giveUpAfterMillis: Infinity },
        delayMillis: config.get('OTEL_METRIC_EXPORT_INTERVAL'),
        maxBatchRecords: Infinity,
      },
    }),
  }
}

function wants(names: readonly string[]): boolean {
  return names.includes('otlp') && !names.includes('none')
}

/** The variables of upstream's batch processors act when they are set; otherwise memory is the only bound. */
function batchSettings(
  config: ResolvedConfig,
  signal: 'traces' | 'logs',
  processor: 'BSP' | 'BLRP',
  warn: (line: string) => void,
): SignalSettings {
  const givenOr = (
    variable: `OTEL_${'BSP' | 'BLRP'}_${'EXPORT_TIMEOUT' | 'MAX_QUEUE_SIZE' | 'MAX_EXPORT_BATCH_SIZE'}`,
  ) => (config.isSet(variable) ? config.get(variable) : Infinity)
  const queue = givenOr(`OTEL_${processor}_MAX_QUEUE_SIZE`)
  return {
    target: {
      signal,
      settings: otlpSettings(config, signal, warn),
      giveUpAfterMillis: givenOr(`OTEL_${processor}_EXPORT_TIMEOUT`),
    },
    delayMillis: config.get(`OTEL_${processor}_SCHEDULE_DELAY`),
    maxBatchRecords: Math.min(givenOr(`OTEL_${processor}_MAX_EXPORT_BATCH_SIZE`), queue),
    ...(queue !== Infinity && { maxQueueRecords: queue }),
  }
}
