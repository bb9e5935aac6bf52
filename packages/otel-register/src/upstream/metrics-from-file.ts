import type {
  AggregationConfigModel,
  ExporterDefaultHistogramAggregationConfigModel,
  InstrumentTypeConfigModel,
  MeterProviderConfigModel,
  MetricReaderConfigModel,
  PeriodicMetricReaderConfigModel,
  PullMetricReaderConfigModel,
  ViewConfigModel,
} from '@opentelemetry/configuration'
import {
  AggregationType,
  createAllowListAttributesProcessor,
  createDenyListAttributesProcessor,
  InstrumentType,
} from '@opentelemetry/sdk-metrics'
import type { AggregationOption, AggregationSelector, ViewOptions } from '@opentelemetry/sdk-metrics'
import { exporterFromFile } from './exporter-from-file.ts'
import type { FileReader } from './file-reader.ts'
import type { CardinalityLimits, MetricReaderSettings, MetricSettings } from './settings.ts'
import { DEFAULT_CARDINALITY, selectTemporality } from './temporality.ts'

/** Makes the settings of metrics. */
export function metricsFromFile(model: MeterProviderConfigModel, reader: FileReader): MetricSettings {
  reader.expect('meter_provider', model, ['readers', 'views'])
  return {
    readers: model.readers.flatMap(
      (entry, index) => readerFromFile(`meter_provider.readers.${index}`, entry, reader) ?? [],
    ),
    views: (model.views ?? []).map((view, index) => viewFromFile(`meter_provider.views.${index}`, view, reader)),
  }
}

function readerFromFile(
  path: string,
  { periodic, pull }: MetricReaderConfigModel,
  reader: FileReader,
): MetricReaderSettings | undefined {
  if (periodic) return periodicFromFile(`${path}.periodic`, periodic, reader)
  return pull ? pullFromFile(`${path}.pull`, pull, reader) : undefined
}

function periodicFromFile(
  path: string,
  model: PeriodicMetricReaderConfigModel,
  reader: FileReader,
): MetricReaderSettings | undefined {
  reader.expect(path, model, [
    'interval',
    'timeout',
    'exporter',
    'cardinality_limits',
    'max_export_batch_size/development',
  ])
  const exporter = exporterFromFile(`${path}.exporter`, model.exporter, 'metrics', reader)
  if (exporter === undefined) return undefined
  const { otlp_http, otlp_grpc, console } = model.exporter
  const preferences = otlp_http ?? otlp_grpc ?? console
  const aggregation = histogramsFromFile(preferences?.default_histogram_aggregation)
  const intervalMillis = model.interval ?? 60_000
  const maxExportBatchSize = model['max_export_batch_size/development']
  return {
    kind: 'push',
    exporter,
    intervalMillis,
    // 0 means no limit; the interval is one all the same.
    timeoutMillis: Math.min((model.timeout ?? 30_000) || intervalMillis, intervalMillis),
    temporality: selectTemporality(
      preferences?.temporality_preference === 'low_memory'
        ? 'lowmemory'
        : (preferences?.temporality_preference ?? 'cumulative'),
    ),
    ...(aggregation && { aggregation }),
    cardinality: cardinalityFromFile(model.cardinality_limits),
    ...(typeof maxExportBatchSize === 'number' && { maxExportBatchSize }),
  }
}

function pullFromFile(
  path: string,
  model: PullMetricReaderConfigModel,
  reader: FileReader,
): MetricReaderSettings | undefined {
  reader.expect(path, model, ['exporter'])
  const { 'prometheus/development': prometheus, ...others } = model.exporter
  reader.expect(`${path}.exporter`, others, [])
  if (prometheus === undefined) return undefined
  const field = `${path}.exporter.prometheus/development`
  reader.expect(field, prometheus, ['host', 'port', 'scope_info_enabled', 'target_info_enabled/development'])
  return {
    kind: 'prometheus',
    host: prometheus?.host ?? 'localhost',
    port: prometheus?.port ?? 9464,
    scopeInfo: prometheus?.scope_info_enabled ?? true,
    targetInfo: prometheus?.['target_info_enabled/development'] ?? true,
    portName: `${field}.port in ${reader.file}`,
  }
}

function histogramsFromFile(
  model: ExporterDefaultHistogramAggregationConfigModel | undefined,
): AggregationSelector | undefined {
  if (model !== 'base2_exponential_bucket_histogram') return undefined
  return (type) => ({
    type: type === InstrumentType.HISTOGRAM ? AggregationType.EXPONENTIAL_HISTOGRAM : AggregationType.DEFAULT,
  })
}

function cardinalityFromFile(model: PeriodicMetricReaderConfigModel['cardinality_limits']): CardinalityLimits {
  const limits = {
    default: model?.default ?? DEFAULT_CARDINALITY,
    counter: model?.counter,
    gauge: model?.gauge,
    histogram: model?.histogram,
    observableCounter: model?.observable_counter,
    observableGauge: model?.observable_gauge,
    observableUpDownCounter: model?.observable_up_down_counter,
    upDownCounter: model?.up_down_counter,
  }
  return Object.fromEntries(
    Object.entries(limits).filter(([, limit]) => typeof limit === 'number'),
  ) as unknown as CardinalityLimits
}

const INSTRUMENTS: Record<NonNullable<InstrumentTypeConfigModel>, InstrumentType> = {
  counter: InstrumentType.COUNTER,
  gauge: InstrumentType.GAUGE,
  histogram: InstrumentType.HISTOGRAM,
  observable_counter: InstrumentType.OBSERVABLE_COUNTER,
  observable_gauge: InstrumentType.OBSERVABLE_GAUGE,
  observable_up_down_counter: InstrumentType.OBSERVABLE_UP_DOWN_COUNTER,
  up_down_counter: InstrumentType.UP_DOWN_COUNTER,
}

function viewFromFile(path: string, { selector, stream }: ViewConfigModel, reader: FileReader): ViewOptions {
  const aggregation =
    stream.aggregation && aggregationFromFile(`${path}.stream.aggregation`, stream.aggregation, reader)
  const { included = [], excluded = [] } = stream.attribute_keys ?? {}
  const exact = (field: string, keys: string[]): string[] => {
    const wild = keys.some((key) => /[*?]/.test(key))
    if (wild) reader.leaveOut(`A wildcard of ${path}.stream.attribute_keys.${field}`)
    return keys.filter((key) => !/[*?]/.test(key))
  }
  const allowed = exact('included', included)
  const denied = exact('excluded', excluded)
  const attributesProcessors = [
    ...(allowed.length > 0 ? [createAllowListAttributesProcessor(allowed)] : []),
    ...(denied.length > 0 ? [createDenyListAttributesProcessor(denied)] : []),
  ]
  const options = {
    instrumentName: selector.instrument_name,
    instrumentType: selector.instrument_type && INSTRUMENTS[selector.instrument_type],
    instrumentUnit: selector.unit,
    meterName: selector.meter_name,
    meterVersion: selector.meter_version,
    meterSchemaUrl: selector.meter_schema_url,
    name: stream.name,
    description: stream.description,
    aggregation,
    aggregationCardinalityLimit: stream.aggregation_cardinality_limit,
    attributesProcessors: attributesProcessors.length > 0 ? attributesProcessors : undefined,
  }
  return Object.fromEntries(
    Object.entries(options).filter(([, option]) => option !== undefined && option !== null),
  ) as ViewOptions
}

// Upstream's buckets of a histogram, which a view has to repeat if it changes anything else.
const BOUNDARIES = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000]

function aggregationFromFile(
  path: string,
  model: AggregationConfigModel,
  reader: FileReader,
): AggregationOption | undefined {
  const name = Object.keys(model)[0] ?? ''
  switch (name) {
    case 'default':
      return { type: AggregationType.DEFAULT }
    case 'drop':
      return { type: AggregationType.DROP }
    case 'sum':
      return { type: AggregationType.SUM }
    case 'last_value':
      return { type: AggregationType.LAST_VALUE }
    case 'explicit_bucket_histogram': {
      const { boundaries, record_min_max } = model.explicit_bucket_histogram ?? {}
      return {
        type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
        options: { boundaries: boundaries ?? BOUNDARIES, recordMinMax: record_min_max ?? true },
      }
    }
    case 'base2_exponential_bucket_histogram': {
      const { max_size, record_min_max, max_scale } = model.base2_exponential_bucket_histogram ?? {}
      if (typeof max_scale === 'number') reader.leaveOut(`${path}.${name}.max_scale`)
      return {
        type: AggregationType.EXPONENTIAL_HISTOGRAM,
        options: { recordMinMax: record_min_max ?? true, ...(typeof max_size === 'number' && { maxSize: max_size }) },
      }
    }
    default:
      reader.leaveOut(`${path}.${name}`)
      return undefined
  }
}
