import type { ResolvedConfig } from '@plutus/config'
import { otlpSettings } from '@plutus/sdk'
import { createPropagator } from './propagators.ts'
import { createResource } from './resource.ts'
import { createSampler } from './samplers.ts'
import type {
  BatchSettings,
  EngineSettings,
  LogSettings,
  MetricReaderSettings,
  MetricSettings,
  PipelineSettings,
  TraceSettings,
} from './settings.ts'
import { DEFAULT_CARDINALITY, selectTemporality } from './temporality.ts'

type Warn = (line: string) => void

/** Makes settings from the variables of OpenTelemetry; what cannot be used costs one line. */
export function settingsFromEnvironment(config: ResolvedConfig, warn: Warn): EngineSettings {
  const propagator = createPropagator(config.get('OTEL_PROPAGATORS'))
  const serviceName = config.get('OTEL_SERVICE_NAME')
  const enabled = !config.get('OTEL_SDK_DISABLED')
  const traces = enabled ? traceSettings(config, warn) : undefined
  const metrics = enabled ? metricSettings(config, warn) : undefined
  const logs = enabled ? logSettings(config, warn) : undefined
  return {
    enabled,
    resource: createResource({
      detectors: config.get('OTEL_NODE_RESOURCE_DETECTORS'),
      attributes: {
        ...config.get('OTEL_RESOURCE_ATTRIBUTES'),
        ...(serviceName !== undefined && { 'service.name': serviceName }),
      },
    }),
    sdkMetrics: config.get('OTEL_NODE_EXPERIMENTAL_SDK_METRICS'),
    ...(propagator && { propagator }),
    ...(traces && { traces }),
    ...(metrics && { metrics }),
    ...(logs && { logs }),
  }
}

function traceSettings(config: ResolvedConfig, warn: Warn): TraceSettings | undefined {
  const batch = {
    maxQueueSize: config.get('OTEL_BSP_MAX_QUEUE_SIZE'),
    maxExportBatchSize: config.get('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
    scheduledDelayMillis: config.get('OTEL_BSP_SCHEDULE_DELAY'),
    exportTimeoutMillis: config.get('OTEL_BSP_EXPORT_TIMEOUT'),
  }
  const pipelines = pipelineSettings(config, 'traces', batch, warn)
  if (pipelines.length === 0) return undefined
  return {
    sampler: createSampler(config.get('OTEL_TRACES_SAMPLER'), config.get('OTEL_TRACES_SAMPLER_ARG')),
    limits: {
      attributeCountLimit: config.get('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT'),
      attributeValueLengthLimit: config.get('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT') ?? Number.POSITIVE_INFINITY,
      eventCountLimit: config.get('OTEL_SPAN_EVENT_COUNT_LIMIT'),
      linkCountLimit: config.get('OTEL_SPAN_LINK_COUNT_LIMIT'),
      attributePerEventCountLimit: config.get('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'),
      attributePerLinkCountLimit: config.get('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'),
    },
    pipelines,
  }
}

function logSettings(config: ResolvedConfig, warn: Warn): LogSettings | undefined {
  const batch = {
    maxQueueSize: config.get('OTEL_BLRP_MAX_QUEUE_SIZE'),
    maxExportBatchSize: config.get('OTEL_BLRP_MAX_EXPORT_BATCH_SIZE'),
    scheduledDelayMillis: config.get('OTEL_BLRP_SCHEDULE_DELAY'),
    exportTimeoutMillis: config.get('OTEL_BLRP_EXPORT_TIMEOUT'),
  }
  const pipelines = pipelineSettings(config, 'logs', batch, warn)
  if (pipelines.length === 0) return undefined
  return {
    limits: {
      attributeCountLimit: config.get('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT'),
      attributeValueLengthLimit: config.get('OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT') ?? Number.POSITIVE_INFINITY,
    },
    pipelines,
  }
}

function pipelineSettings(
  config: ResolvedConfig,
  signal: 'traces' | 'logs',
  batch: BatchSettings,
  warn: Warn,
): PipelineSettings[] {
  const names = config.get(signal === 'traces' ? 'OTEL_TRACES_EXPORTER' : 'OTEL_LOGS_EXPORTER')
  if (names.includes('none')) return []
  return names.map((name) =>
    name === 'otlp' ? { exporter: otlpSettings(config, signal, warn), batch } : { exporter: { kind: 'console' } },
  )
}

function metricSettings(config: ResolvedConfig, warn: Warn): MetricSettings | undefined {
  const names = config.get('OTEL_METRICS_EXPORTER')
  if (names.includes('none') || names.length === 0) return undefined
  const readers: MetricReaderSettings[] = []
  for (const name of names) {
    if (name === 'prometheus') {
      readers.push({
        kind: 'prometheus',
        host: config.get('OTEL_EXPORTER_PROMETHEUS_HOST'),
        port: config.get('OTEL_EXPORTER_PROMETHEUS_PORT'),
        scopeInfo: true,
        targetInfo: true,
        portName: 'OTEL_EXPORTER_PROMETHEUS_PORT',
      })
    } else {
      readers.push({
        kind: 'push',
        exporter: name === 'console' ? { kind: 'console' } : otlpSettings(config, 'metrics', warn),
        intervalMillis: config.get('OTEL_METRIC_EXPORT_INTERVAL'),
        timeoutMillis: config.get('OTEL_METRIC_EXPORT_TIMEOUT'),
        temporality: selectTemporality(config.get('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE')),
        cardinality: { default: DEFAULT_CARDINALITY },
      })
    }
  }
  return { views: [], readers }
}
