import type { TextMapPropagator } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { AggregationSelector, AggregationTemporalitySelector, ViewOptions } from '@opentelemetry/sdk-metrics'
import type { LogRecordLimits } from '@opentelemetry/sdk-logs'
import type { Sampler, SpanLimits } from '@opentelemetry/sdk-trace'
import type { OtlpSettings } from '@plutus/sdk'
import type { LogLevelName } from './diagnostics.ts'

/** Everything the engine builds its providers from, whether it comes from variables or from a file. */
export interface EngineSettings {
  /** False leaves context and propagation active and records nothing. */
  readonly enabled: boolean
  readonly resource: Resource
  /** Absent if nothing is to be propagated. */
  readonly propagator?: TextMapPropagator
  /** Absent if spans go nowhere. */
  readonly traces?: TraceSettings
  /** Absent if metrics go nowhere. */
  readonly metrics?: MetricSettings
  /** Absent if log records go nowhere. */
  readonly logs?: LogSettings
  /** How much upstream's packages may tell; absent if `OTEL_LOG_LEVEL` decides. */
  readonly logLevel?: LogLevelName
  /** Whether upstream's own `otel.sdk.*` metrics are recorded. */
  readonly sdkMetrics: boolean
}

/** How spans are sampled, cut and sent. */
export interface TraceSettings {
  readonly sampler: Sampler
  readonly limits: SpanLimits
  readonly pipelines: readonly PipelineSettings[]
}

/** How log records are cut and sent. */
export interface LogSettings {
  readonly limits: LogRecordLimits
  readonly pipelines: readonly PipelineSettings[]
}

/** How metrics are aggregated and sent. */
export interface MetricSettings {
  readonly views: ViewOptions[]
  readonly readers: readonly MetricReaderSettings[]
}

/** Batches to an endpoint, or each item at once to the console. */
export type PipelineSettings =
  | { readonly exporter: ConsoleSettings }
  | { readonly exporter: OtlpSettings; readonly batch: BatchSettings }

/** Bounds of a queue in front of an exporter. */
export interface BatchSettings {
  /** Items that may wait. */
  readonly maxQueueSize: number
  /** Items in one request. */
  readonly maxExportBatchSize: number
  readonly scheduledDelayMillis: number
  /** Time after which a batch is given up, its retries included. */
  readonly exportTimeoutMillis: number
}

/** A reader that pushes every `intervalMillis`, or the Prometheus page that is pulled. */
export type MetricReaderSettings =
  | {
      readonly kind: 'push'
      readonly exporter: ConsoleSettings | OtlpSettings
      readonly intervalMillis: number
      readonly timeoutMillis: number
      readonly temporality: AggregationTemporalitySelector
      readonly aggregation?: AggregationSelector
      readonly cardinality: CardinalityLimits
      /** Data points in one request; absent if there is no limit. */
      readonly maxExportBatchSize?: number
    }
  | {
      readonly kind: 'prometheus'
      readonly host: string
      readonly port: number
      readonly scopeInfo: boolean
      readonly targetInfo: boolean
      /** What an operator changes if the port is taken. */
      readonly portName: string
    }

/** Attribute sets that one instrument may have; `default` answers for those not named. */
export interface CardinalityLimits {
  readonly default: number
  readonly counter?: number
  readonly gauge?: number
  readonly histogram?: number
  readonly observableCounter?: number
  readonly observableGauge?: number
  readonly observableUpDownCounter?: number
  readonly upDownCounter?: number
}

/** Prints to standard output, as upstream's console exporters do. */
export interface ConsoleSettings {
  readonly kind: 'console'
}
