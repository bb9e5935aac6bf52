import type { Attributes } from '@opentelemetry/api'
import { mergePropagatorCompositeConfig, mergeResourceAttributesConfig } from '@opentelemetry/configuration'
import type {
  AttributeLimitsConfigModel,
  ConfigurationModel,
  LoggerProviderConfigModel,
  LogRecordProcessorConfigModel,
  PropagatorConfigModel,
  ResourceConfigModel,
  SamplerConfigModel,
  SpanProcessorConfigModel,
  TracerProviderConfigModel,
} from '@opentelemetry/configuration'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import type { Sampler } from '@opentelemetry/sdk-trace'
import type { EngineHost } from '../engine.ts'
import type { LogLevelName } from './diagnostics.ts'
import { exporterFromFile } from './exporter-from-file.ts'
import { FileReader } from './file-reader.ts'
import { metricsFromFile } from './metrics-from-file.ts'
import { createPropagator } from './propagators.ts'
import type { PropagatorName } from './propagators.ts'
import { createResource } from './resource.ts'
import type { DetectorName } from './resource-attributes.ts'
import type { BatchSettings, EngineSettings, LogSettings, PipelineSettings, TraceSettings } from './settings.ts'

/**
 * Makes settings from a declarative configuration. What the engine does not know is left out and told, each in one
 * line; `OTEL_LOG_LEVEL` and `OTEL_NODE_*` hold beside the file.
 */
export function settingsFromFile(model: ConfigurationModel, file: string, host: EngineHost): EngineSettings {
  const reader = new FileReader(file, (line) => host.warn(line))
  reader.expect('', model, [
    'file_format',
    'disabled',
    'log_level',
    'attribute_limits',
    'logger_provider',
    'meter_provider',
    'propagator',
    'tracer_provider',
    'resource',
    'instrumentation/development',
    'distribution',
  ])
  const { attribute_limits, tracer_provider, meter_provider, logger_provider, log_level } = model
  const enabled = model.disabled !== true
  const propagator = createPropagator(propagatorNames(model.propagator, reader))
  const traces = enabled && tracer_provider ? tracesFromFile(tracer_provider, attribute_limits, reader) : undefined
  const metrics = enabled && meter_provider ? metricsFromFile(meter_provider, reader) : undefined
  const logs = enabled && logger_provider ? logsFromFile(logger_provider, attribute_limits, reader) : undefined
  const logLevel = host.config.isSet('OTEL_LOG_LEVEL') ? undefined : LOG_LEVELS[(log_level ?? '').replace(/\d$/, '')]
  return {
    enabled,
    resource: resourceFromFile(model.resource, host, reader),
    sdkMetrics: host.config.get('OTEL_NODE_EXPERIMENTAL_SDK_METRICS'),
    ...(logLevel && { logLevel }),
    ...(propagator && { propagator }),
    ...(traces && { traces }),
    ...(metrics && { metrics }),
    ...(logs && { logs }),
  }
}

// The file has the words of log records, with a digit for the grades of each.
const LOG_LEVELS: Record<string, LogLevelName | undefined> = {
  trace: 'all',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'none',
}

const PROPAGATORS: readonly string[] = ['tracecontext', 'baggage', 'b3', 'b3multi', 'none'] satisfies PropagatorName[]

function propagatorNames(propagator: PropagatorConfigModel | undefined, reader: FileReader): PropagatorName[] {
  const entries = mergePropagatorCompositeConfig(propagator?.composite, propagator?.composite_list) ?? []
  const names = entries.flatMap((entry) => Object.keys(entry))
  return names.filter((name): name is PropagatorName => {
    if (PROPAGATORS.includes(name)) return true
    reader.leaveOut(`propagator.composite.${name}`)
    return false
  })
}

const DETECTORS: Record<string, readonly DetectorName[] | undefined> = {
  host: ['host', 'os'],
  process: ['process'],
  service: ['service'],
}

function resourceFromFile(model: ResourceConfigModel | undefined, host: EngineHost, reader: FileReader) {
  const detection = model?.['detection/development']
  reader.expect('resource.detection/development', detection, ['detectors'])
  const listed = detection?.detectors?.flatMap((detector) => Object.keys(detector))
  const detectors = listed?.flatMap((name) => {
    if (DETECTORS[name] === undefined) reader.leaveOut(`resource.detection/development.detectors.${name}`)
    return DETECTORS[name] ?? []
  })
  const attributes: Attributes = {}
  if (listed?.includes('service') === true) {
    const name = host.configWithoutFile().get('OTEL_SERVICE_NAME')
    if (name !== undefined) attributes['service.name'] = name
  }
  for (const { name, value } of mergeResourceAttributesConfig(model?.attributes, model?.attributes_list) ?? []) {
    if (value !== null) attributes[name] = value
  }
  return createResource({
    detectors: detectors ?? host.config.get('OTEL_NODE_RESOURCE_DETECTORS'),
    attributes,
    ...(typeof model?.schema_url === 'string' && { schemaUrl: model.schema_url }),
  })
}

function tracesFromFile(
  model: TracerProviderConfigModel,
  shared: AttributeLimitsConfigModel | undefined,
  reader: FileReader,
): TraceSettings {
  reader.expect('tracer_provider', model, ['processors', 'limits', 'sampler', 'id_generator'])
  const { limits } = model
  return {
    sampler: samplerFromFile('tracer_provider.sampler', model.sampler, reader) ?? defaultSampler(),
    limits: {
      attributeCountLimit: limits?.attribute_count_limit ?? shared?.attribute_count_limit ?? 128,
      attributeValueLengthLimit:
        limits?.attribute_value_length_limit ?? shared?.attribute_value_length_limit ?? Number.POSITIVE_INFINITY,
      eventCountLimit: limits?.event_count_limit ?? 128,
      linkCountLimit: limits?.link_count_limit ?? 128,
      attributePerEventCountLimit: limits?.event_attribute_count_limit ?? 128,
      attributePerLinkCountLimit: limits?.link_attribute_count_limit ?? 128,
    },
    pipelines: pipelinesFromFile('tracer_provider', model.processors, reader),
  }
}

function logsFromFile(
  model: LoggerProviderConfigModel,
  shared: AttributeLimitsConfigModel | undefined,
  reader: FileReader,
): LogSettings {
  reader.expect('logger_provider', model, ['processors', 'limits'])
  const { limits } = model
  return {
    limits: {
      attributeCountLimit: limits?.attribute_count_limit ?? shared?.attribute_count_limit ?? 128,
      attributeValueLengthLimit:
        limits?.attribute_value_length_limit ?? shared?.attribute_value_length_limit ?? Number.POSITIVE_INFINITY,
    },
    pipelines: pipelinesFromFile('logger_provider', model.processors, reader),
  }
}

function pipelinesFromFile(
  provider: 'tracer_provider' | 'logger_provider',
  processors: readonly (SpanProcessorConfigModel | LogRecordProcessorConfigModel)[],
  reader: FileReader,
): PipelineSettings[] {
  return processors.flatMap((processor, index): PipelineSettings[] => {
    const path = `${provider}.processors.${index}`
    const { batch, simple, ...others } = processor
    for (const other of Object.keys(others)) reader.leaveOut(`${path}.${other}`)
    const chosen = batch ?? simple
    if (chosen === undefined) return []
    const exporterPath = `${path}.${batch ? 'batch' : 'simple'}.exporter`
    const exporter = exporterFromFile(
      exporterPath,
      chosen.exporter,
      provider === 'tracer_provider' ? 'traces' : 'logs',
      reader,
    )
    if (exporter === undefined) return []
    if (exporter.kind === 'console') return [{ exporter }]
    return [{ exporter, batch: batch ? batchFromFile(provider, batch) : EACH_AT_ONCE }]
  })
}

type BatchModel = NonNullable<SpanProcessorConfigModel['batch']>

function batchFromFile(provider: 'tracer_provider' | 'logger_provider', model: BatchModel): BatchSettings {
  return {
    maxQueueSize: model.max_queue_size ?? 2048,
    maxExportBatchSize: model.max_export_batch_size ?? 512,
    scheduledDelayMillis: model.schedule_delay ?? (provider === 'tracer_provider' ? 5000 : 1000),
    // 0 means no limit.
    exportTimeoutMillis: (model.export_timeout ?? 30_000) || Number.POSITIVE_INFINITY,
  }
}

const EACH_AT_ONCE: BatchSettings = {
  maxQueueSize: 2048,
  maxExportBatchSize: 1,
  scheduledDelayMillis: 0,
  exportTimeoutMillis: 30_000,
}

function defaultSampler(): Sampler {
  return new ParentBasedSampler({ root: new AlwaysOnSampler() })
}

function samplerFromFile(path: string, model: SamplerConfigModel | undefined, reader: FileReader): Sampler | undefined {
  if (model === undefined) return undefined
  const name = Object.keys(model)[0] ?? ''
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler()
    case 'always_off':
      return new AlwaysOffSampler()
    case 'trace_id_ratio_based':
      return new TraceIdRatioBasedSampler(model.trace_id_ratio_based?.ratio ?? 1)
    case 'parent_based': {
      const parent = model.parent_based ?? {}
      const member = (key: keyof typeof parent): Sampler | undefined =>
        samplerFromFile(`${path}.parent_based.${key}`, parent[key], reader)
      const remoteParentSampled = member('remote_parent_sampled')
      const remoteParentNotSampled = member('remote_parent_not_sampled')
      const localParentSampled = member('local_parent_sampled')
      const localParentNotSampled = member('local_parent_not_sampled')
      return new ParentBasedSampler({
        root: member('root') ?? new AlwaysOnSampler(),
        ...(remoteParentSampled && { remoteParentSampled }),
        ...(remoteParentNotSampled && { remoteParentNotSampled }),
        ...(localParentSampled && { localParentSampled }),
        ...(localParentNotSampled && { localParentNotSampled }),
      })
    }
    default:
      reader.leaveOut(`${path}.${name}`)
      return undefined
  }
}
