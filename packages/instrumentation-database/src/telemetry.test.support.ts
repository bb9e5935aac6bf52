import { createRequire } from 'node:module'
import { context, metrics, trace } from '@opentelemetry/api'
import type { Attributes } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SamplingDecision, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { vi } from 'vitest'
import type { DatabaseOperation } from './report.ts'

// A real server, and a machine that others use, answer when they can.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** Loads CommonJS modules through Node's own loader, where upstream's hook sits. */
export const load = createRequire(import.meta.url) as (id: string) => unknown

const exporter = new InMemorySpanExporter()
/** Counts what has happened since the last {@link reset}, and tells what is. */
class MetricExporter extends InMemoryMetricExporter {
  override selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return type === InstrumentType.HISTOGRAM ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE
  }
}
const metricExporter = new MetricExporter(AggregationTemporality.DELTA)
const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 })
let isSampling = true
/** Longest wait for spans to end. */
const SETTLE_MILLIS = 20_000
const open = new Set<ReadableSpan>()
const openSpans: SpanProcessor = {
  onStart: (span) => void open.add(span),
  onEnd: (span) => void open.delete(span),
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
}

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(
  new TracerProvider({
    sampler: {
      shouldSample: () => ({
        decision: isSampling ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
      }),
      toString: () => 'test',
    },
    spanProcessors: [new SimpleSpanProcessor({ exporter }), openSpans],
  }),
)
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))

/** What was told to the listener; pass its `push` as `onOperation`. */
export const operations: DatabaseOperation[] = []
export const onOperation = (operation: DatabaseOperation): void => {
  operations.push(operation)
}

/** A span as these tests look at it. */
export interface SeenSpan {
  readonly name: string
  readonly attributes: Attributes
  readonly status: { readonly code: number; readonly message?: string | undefined }
  readonly events: ReadableSpan['events']
  readonly parentSpanId: string | undefined
  readonly spanId: string
  readonly scope: string
}

/** Spans that have ended since the last {@link reset}, in the order of their ends. */
export function spans(): readonly SeenSpan[] {
  return exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    attributes: span.attributes,
    status: span.status,
    events: span.events,
    parentSpanId: span.parentSpanContext?.spanId,
    spanId: span.spanContext().spanId,
    scope: span.instrumentationScope.name,
  }))
}

/** Their names. */
export const names = (): readonly string[] => spans().map(({ name }) => name)

/** The span of that name; throws if there is none, or more than one. */
export function spanNamed(name: string): SeenSpan {
  const [found, another] = spans().filter((span) => span.name === name)
  if (found === undefined || another !== undefined) throw new Error(`not one ${name} in: ${names().join(', ')}`)
  return found
}

/** Forgets what was recorded, and says whether spans are sampled from now on. */
export async function reset(sampling = true): Promise<void> {
  await settle()
  isSampling = sampling
  exporter.reset()
  operations.length = 0
  await reader.forceFlush()
  metricExporter.reset()
}

/**
 * Waits until what is under way has arrived: every span that was started has ended, however slow the machine and the
 * servers are, and what follows from it had its turn.
 *
 * @throws {Error} if a span does not end.
 */
export async function settle(): Promise<void> {
  for (const start = performance.now(); open.size > 0;) {
    if (performance.now() - start > SETTLE_MILLIS)
      throw new Error(`open: ${[...open].map(({ name }) => name).join(', ')}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** One measured series. */
export interface SeenPoint {
  readonly attributes: Attributes
  readonly value: number
  /** Of a histogram. */
  readonly count?: number
  readonly boundaries?: readonly number[]
}

/** Points of a metric, measured since the last {@link reset}. */
export async function points(metric: string): Promise<readonly SeenPoint[]> {
  await reader.forceFlush()
  const exports = metricExporter.getMetrics()
  const found = exports.flatMap(({ scopeMetrics }, index) =>
    scopeMetrics
      .flatMap((scope) => scope.metrics)
      .filter(({ descriptor }) => descriptor.name === metric)
      .filter((data) => index === exports.length - 1 || data.aggregationTemporality === AggregationTemporality.DELTA),
  )
  return found.flatMap(({ dataPoints }) => (dataPoints as DataPoint<number | Histogram>[]).map(toPoint))
}

function toPoint({ attributes, value }: DataPoint<number | Histogram>): SeenPoint {
  if (typeof value === 'number') return { attributes, value }
  return { attributes, value: value.sum ?? 0, count: value.count, boundaries: value.buckets.boundaries }
}

/** How many operations were measured, by attributes. */
export async function measured(): Promise<readonly (Attributes & { count: number })[]> {
  const durations = await points('db.client.operation.duration')
  return durations.map(({ attributes, count = 0 }) => Object.assign({}, attributes, { count }))
}

/** Runs `work` in a span of its own and returns that span's id. */
export async function inSpan<T>(work: () => Promise<T>): Promise<{ readonly spanId: string; readonly result: T }> {
  const span = trace.getTracer('test').startSpan('parent')
  try {
    const result = await context.with(trace.setSpan(context.active(), span), work)
    return { spanId: span.spanContext().spanId, result }
  } finally {
    span.end()
  }
}

/** A port on which nothing listens. */
export const CLOSED_PORT = 1
