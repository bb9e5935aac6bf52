import { createRequire } from 'node:module'
import { context, logs, metrics, trace, type Attributes, type LogRecord, type SpanContext } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

/** Loads CommonJS modules through Node's own loader, where the module hook sits. */
export const load = createRequire(import.meta.url) as (id: string) => unknown

const exporter = new InMemorySpanExporter()
const metricExporter = new InMemoryMetricExporter(AggregationTemporality.DELTA)
const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 })
const records: SeenEvent[] = []

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
logs.setGlobalLoggerProvider({
  getLogger: () => ({ emit: (record) => void records.push(toEvent(record)), enabled: () => true }),
})

/** A span as these tests look at it. */
export interface SeenSpan {
  readonly name: string
  readonly attributes: Attributes
  readonly status: { readonly code: number; readonly message?: string | undefined }
  readonly parentSpanId: string | undefined
  readonly spanId: string
  readonly traceId: string
  readonly links: readonly SpanContext[]
}

/** An event as these tests look at it. */
export interface SeenEvent {
  readonly name: string
  readonly severity: string | undefined
  readonly attributes: Readonly<Record<string, unknown>>
  readonly traceId: string | undefined
}

function toEvent({ eventName = '', severityText, attributes }: LogRecord): SeenEvent {
  const traceId = trace.getSpan(context.active())?.spanContext().traceId
  return { name: eventName, severity: severityText, attributes: attributes as Record<string, unknown>, traceId }
}

/** Spans that have ended since the last {@link reset}, in the order of their ends. */
export function spans(): readonly SeenSpan[] {
  return exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    attributes: span.attributes,
    status: span.status,
    parentSpanId: span.parentSpanContext?.spanId,
    spanId: span.spanContext().spanId,
    traceId: span.spanContext().traceId,
    links: span.links.map((link) => link.context),
  }))
}

/** The last span that has ended. */
export function lastSpan(): SeenSpan {
  const last = spans().at(-1)
  if (last === undefined) throw new Error('no span has ended')
  return last
}

/** Events since the last {@link reset}; of one name, where it is given. */
export function events(name?: string): readonly SeenEvent[] {
  return records.filter((event) => name === undefined || event.name === name)
}

/** Forgets what was recorded. */
export async function reset(): Promise<void> {
  exporter.reset()
  records.length = 0
  await reader.forceFlush()
  metricExporter.reset()
}

/** A measured series. */
export interface SeenPoint {
  readonly attributes: Attributes
  /** Of a histogram the number of measurements. */
  readonly value: number
}

/** Points of a metric, measured since the last {@link reset}. */
export async function points(metric: string): Promise<readonly SeenPoint[]> {
  await reader.forceFlush()
  return metricExporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    .filter(({ descriptor }) => descriptor.name === metric)
    .flatMap(({ dataPoints }) => dataPoints as DataPoint<number | Histogram>[])
    .map(({ attributes, value }) => ({ attributes, value: typeof value === 'number' ? value : value.count }))
}

/** Runs `work` in a span of its own and returns that span's context. */
export async function inSpan<T>(work: () => T): Promise<{ readonly parent: SpanContext; readonly result: Awaited<T> }> {
  const span = trace.getTracer('test').startSpan('parent')
  try {
    const result = await context.with(trace.setSpan(context.active(), span), work)
    return { parent: span.spanContext(), result }
  } finally {
    span.end()
  }
}
