import type { LoggerProvider as LoggerProviderApi, MeterProvider as MeterProviderApi } from '@opentelemetry/api'
import type { ExportResult } from '@opentelemetry/core'
import { ConsoleLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import { ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import { ConsoleSpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import { createLogStamps, createSpanStamps } from './context-stamps.ts'
import { loadPart } from './load-part.ts'
import { createLogPipeline, createMetricPipeline, createSpanPipeline } from './pipelines.ts'
import type { Pipeline, PipelineParts } from './pipelines.ts'
import type { BatchRedactor } from './redacted-batch.ts'
import type { EngineSettings, MetricReaderSettings } from './settings.ts'

/** The providers that settings ask for, and the ways out that have to be flushed. */
export interface Providers {
  /** Absent if spans go nowhere: what others decided about a trace is then passed on as it came. */
  readonly tracerProvider?: TracerProvider
  /** Absent if metrics go nowhere. */
  readonly meterProvider?: MeterProvider
  /** Absent if log records go nowhere. */
  readonly loggerProvider?: LoggerProvider
  readonly pipelines: readonly Pipeline[]
}

/** Builds upstream's providers around pipelines that neither hold the process nor lose in silence. */
export function createProviders(
  settings: EngineSettings,
  parts: PipelineParts,
  warn: (line: string) => void,
): Providers {
  const pipelines: Pipeline[] = []
  const keep = <Kind extends Pipeline>(pipeline: Kind): Kind => {
    pipelines.push(pipeline)
    return pipeline
  }
  const meterProvider = createMeterProvider(settings, parts, keep, warn)
  const selfObserver = settings.sdkMetrics && meterProvider !== undefined ? { meterProvider } : {}
  const loggerProvider = createLoggerProvider(settings, parts, keep, selfObserver)
  const tracerProvider = createTracerProvider(settings, parts, keep, selfObserver)
  return {
    ...(tracerProvider && { tracerProvider }),
    ...(meterProvider && { meterProvider }),
    ...(loggerProvider && { loggerProvider }),
    pipelines,
  }
}

type Keep = <Kind extends Pipeline>(pipeline: Kind) => Kind
type SelfObserver = { readonly meterProvider?: MeterProviderApi }

function createTracerProvider(
  { resource, traces }: EngineSettings,
  parts: PipelineParts,
  keep: Keep,
  selfObserver: SelfObserver,
): TracerProvider | undefined {
  if (traces === undefined) return undefined
  const spanProcessors = traces.pipelines.map((pipeline): SpanProcessor => {
    if (!('batch' in pipeline)) {
      return new SimpleSpanProcessor({ exporter: redacting(new ConsoleSpanExporter(), parts.redact.spans) })
    }
    return keep(createSpanPipeline(pipeline.exporter, pipeline.batch, parts))
  })
  return new TracerProvider({
    resource,
    sampler: traces.sampler,
    spanLimits: traces.limits,
    spanProcessors: [createSpanStamps(), ...spanProcessors],
    ...selfObserver,
  })
}

function createLoggerProvider(
  { resource, logs }: EngineSettings,
  parts: PipelineParts,
  keep: Keep,
  selfObserver: SelfObserver,
): (LoggerProvider & LoggerProviderApi) | undefined {
  if (logs === undefined) return undefined
  const processors = logs.pipelines.map((pipeline): LogRecordProcessor => {
    if (!('batch' in pipeline)) {
      return new SimpleLogRecordProcessor({ exporter: redacting(new ConsoleLogRecordExporter(), parts.redact.logs) })
    }
    return keep(createLogPipeline(pipeline.exporter, pipeline.batch, parts))
  })
  return new LoggerProvider({
    resource,
    logRecordLimits: logs.limits,
    processors: [createLogStamps(), ...processors],
    ...selfObserver,
  })
}

function createMeterProvider(
  { resource, metrics, sdkMetrics }: EngineSettings,
  parts: PipelineParts,
  keep: Keep,
  warn: (line: string) => void,
): MeterProvider | undefined {
  if (metrics === undefined) return undefined
  const readers = metrics.readers.map((reader) => createReader(reader, parts, keep, warn))
  return new MeterProvider({ resource, readers, views: metrics.views, sdkMetricsEnabled: sdkMetrics })
}

function createReader(
  settings: MetricReaderSettings,
  parts: PipelineParts,
  keep: Keep,
  warn: (line: string) => void,
): IMetricReader {
  if (settings.kind === 'prometheus') {
    const reader = loadPart('prometheus').createPrometheusReader(settings, (error) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
      const place = `${settings.host}:${settings.port}`
      warn(`The Prometheus page cannot listen on ${place} (${code}), metrics cannot be read; see ${settings.portName}`)
    })
    return redactingReader(reader, parts.redact)
  }
  const { exporter, temporality, intervalMillis, timeoutMillis, cardinality, maxExportBatchSize } = settings
  const periodic = {
    exportIntervalMillis: intervalMillis,
    exportTimeoutMillis: Math.min(timeoutMillis, intervalMillis),
    cardinalityLimits: cardinality,
    ...(maxExportBatchSize !== undefined && { maxExportBatchSize }),
  }
  if (exporter.kind === 'console') {
    return new PeriodicExportingMetricReader({
      ...periodic,
      exporter: redacting(new ConsoleMetricExporter({ temporalitySelector: temporality }), parts.redact.metrics),
    })
  }
  const pipeline = createMetricPipeline({ ...settings, exporter }, parts)
  const reader = new PeriodicExportingMetricReader({ ...periodic, exporter: pipeline })
  // A flush collects first: what was measured since the last interval would be lost with the process.
  keep({ flush: () => reader.forceFlush(), stopWaiting: () => pipeline.stopWaiting() })
  return reader
}

/** Has an exporter of upstream's see masked copies only. */
function redacting<Telemetry, Exporter extends TelemetryExporter<Telemetry>>(
  exporter: Exporter,
  redact: (telemetry: Telemetry) => Telemetry,
): Exporter {
  const send = exporter.export
  exporter.export = (telemetry: Telemetry, done: (result: ExportResult) => void) =>
    send.call(exporter, redact(telemetry), done)
  return exporter
}

interface TelemetryExporter<Telemetry> {
  export(telemetry: Telemetry, done: (result: ExportResult) => void): void
}

/** Has a page of metrics show masked copies only. */
function redactingReader(reader: IMetricReader, redact: BatchRedactor): IMetricReader {
  const collect = reader.collect.bind(reader)
  reader.collect = async (options) => {
    const collected = await collect(options)
    return { ...collected, resourceMetrics: redact.metrics(collected.resourceMetrics) }
  }
  return reader
}
