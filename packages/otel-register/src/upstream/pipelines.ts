import type { Context, Meter } from '@opentelemetry/api'
import { ExportResultCode } from '@opentelemetry/core'
import type { ExportResult } from '@opentelemetry/core'
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { InstrumentType, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace'
import { createHttpTransport, Delivery } from '@plutus/sdk'
import type { DeliveryParts, LossReason, OtlpSettings, Parcel, Signal, Transport } from '@plutus/sdk'
import { BatchQueue } from './batch-queue.ts'
import { readDistroVersion } from './distro.ts'
import { createLogEncoding, createMetricEncoding, createSpanEncoding } from './encodings.ts'
import type { Encoding } from './encodings.ts'
import { loadPart } from './load-part.ts'
import { SdkMetrics } from './sdk-metrics.ts'
import type { BatchRedactor } from './redacted-batch.ts'
import type { BatchSettings, MetricReaderSettings } from './settings.ts'

/** What the pipelines of one engine share. */
export interface PipelineParts extends DeliveryParts {
  /** The meter for upstream's `otel.sdk.*` metrics; absent where they are not wanted. Known when the first item comes. */
  readonly sdkMeter?: () => Meter | undefined
  /** Masks what is about to be encoded. */
  readonly redact: BatchRedactor
}

/** What flushing needs to know of a way that telemetry takes out of the process. */
export interface Pipeline {
  /** Sends what is in it. Resolves when all is sent or given up, or at the first failure; never rejects. */
  flush(): Promise<void>
  /** Nobody waits for it any more. */
  stopWaiting(): void
}

/** Creates the processor that sends sampled spans to an endpoint in batches. */
export function createSpanPipeline(
  settings: OtlpSettings,
  batch: BatchSettings,
  parts: PipelineParts,
): Pipeline & SpanProcessor {
  const way = new Way(
    'traces',
    settings,
    redacting(createSpanEncoding(settings.protocol), parts.redact.spans),
    batch,
    parts,
  )
  return {
    onStart: (_span: Span, _parentContext: Context) => {},
    onEnd: (span: ReadableSpan) => {
      if ((span.spanContext().traceFlags & 1) !== 0) way.push(span)
    },
    flush: () => way.flush(),
    stopWaiting: () => way.stopWaiting(),
    forceFlush: () => way.flush(),
    shutdown: () => way.flush(),
  }
}

/** Creates the processor that sends log records to an endpoint in batches. */
export function createLogPipeline(
  settings: OtlpSettings,
  batch: BatchSettings,
  parts: PipelineParts,
): Pipeline & LogRecordProcessor {
  const way = new Way(
    'logs',
    settings,
    redacting(createLogEncoding(settings.protocol), parts.redact.logs),
    batch,
    parts,
  )
  return {
    onEmit: (record: ReadableLogRecord) => way.push(record),
    flush: () => way.flush(),
    stopWaiting: () => way.stopWaiting(),
    forceFlush: () => way.flush(),
    shutdown: () => way.flush(),
  }
}

/** Has an encoding see masked copies only. */
function redacting<Telemetry>(
  encoding: Encoding<Telemetry>,
  redact: (telemetry: Telemetry) => Telemetry,
): Encoding<Telemetry> {
  return { ...encoding, encode: (telemetry) => encoding.encode(redact(telemetry)) }
}

// Collections that wait while an endpoint is away; with the default interval those of ten minutes.
const MAX_WAITING_COLLECTIONS = 10

/**
 * Creates the exporter for upstream's periodic reader. It answers at once and delivers on its own: the reader would
 * hold the process with a timer for as long as an export takes.
 */
export function createMetricPipeline(
  settings: Extract<MetricReaderSettings, { kind: 'push' }> & { readonly exporter: OtlpSettings },
  parts: PipelineParts,
): Pipeline & PushMetricExporter {
  const { exporter, timeoutMillis, temporality, aggregation } = settings
  const encoding = redacting(createMetricEncoding(exporter.protocol), parts.redact.metrics)
  const delivery = createDelivery('metrics', exporter, timeoutMillis, encoding.countRejected, parts)
  const observe = lazily(parts, (meter) => new SdkMetrics(meter, 'metrics', exporter))
  const queue = new BatchQueue<Parcel>({
    maxQueueSize: MAX_WAITING_COLLECTIONS,
    maxExportBatchSize: 1,
    scheduledDelayMillis: 0,
    send: async ([parcel]) => {
      if (parcel === undefined) return
      const end = observe()?.started(parcel.count)
      const lost = await delivery.deliver(parcel)
      end?.(lost)
    },
    onOverflow: ({ count }) => parts.losses.dropped('metrics', 'queue_full', count),
  })
  const flush = (): Promise<void> => drain(queue, delivery)
  return {
    export: (metrics: ResourceMetrics, done: (result: ExportResult) => void) => {
      const count = countPoints(metrics)
      try {
        if (count > 0) queue.push({ body: [encoding.encode(metrics)], count })
      } catch {
        parts.losses.dropped('metrics', 'not_encoded', count)
      }
      done({ code: ExportResultCode.SUCCESS })
    },
    selectAggregationTemporality: (type: InstrumentType) => temporality(type),
    ...(aggregation && { selectAggregation: aggregation }),
    flush,
    stopWaiting: () => delivery.stopWaiting(),
    forceFlush: flush,
    shutdown: flush,
  }
}

/** The way of spans and log records: a queue, an encoding, a delivery. */
class Way<Item> {
  readonly #queue: BatchQueue<Item>
  readonly #delivery: Delivery
  readonly #observe: () => SdkMetrics | undefined

  constructor(
    signal: Signal,
    settings: OtlpSettings,
    { encode, countRejected }: Encoding<Item[]>,
    batch: BatchSettings,
    parts: PipelineParts,
  ) {
    this.#delivery = createDelivery(signal, settings, batch.exportTimeoutMillis, countRejected, parts)
    this.#observe = lazily(parts, (meter) => {
      const queue = { capacity: batch.maxQueueSize, getSize: () => this.#queue.size }
      return new SdkMetrics(meter, signal, settings, queue)
    })
    const drop = (count: number, reason: LossReason): void => {
      parts.losses.dropped(signal, reason, count)
      this.#observe()?.dropped(count, reason)
    }
    this.#queue = new BatchQueue<Item>({
      ...batch,
      maxExportBatchSize: Math.min(batch.maxExportBatchSize, batch.maxQueueSize),
      send: async (items) => {
        const count = items.length
        let body: Uint8Array
        try {
          body = encode(items)
        } catch {
          drop(count, 'not_encoded')
          return
        }
        const end = this.#observe()?.started(count)
        const lost = await this.#delivery.deliver({ body: [body], count })
        end?.(lost)
      },
      onOverflow: () => drop(1, 'queue_full'),
    })
  }

  push(item: Item): void {
    this.#queue.push(item)
  }

  flush(): Promise<void> {
    return drain(this.#queue, this.#delivery)
  }

  stopWaiting(): void {
    this.#delivery.stopWaiting()
  }
}

async function drain<Item>(queue: BatchQueue<Item>, delivery: Delivery): Promise<void> {
  if (queue.isEmpty) return
  const drained = queue.drain()
  await Promise.race([drained, delivery.hurry()])
}

/** Makes the observer at first use: the meter is made after the exporter of its own metrics. */
function lazily({ sdkMeter }: PipelineParts, create: (meter: Meter) => SdkMetrics): () => SdkMetrics | undefined {
  let observer: SdkMetrics | undefined
  return () => {
    if (observer !== undefined) return observer
    const meter = sdkMeter?.()
    if (meter !== undefined) observer = create(meter)
    return observer
  }
}

function createDelivery(
  signal: Signal,
  settings: OtlpSettings,
  giveUpAfterMillis: number,
  countRejected: (answer: Uint8Array) => number,
  parts: PipelineParts,
): Delivery {
  const target = { settings, signal, transport: createLazyTransport(settings) }
  return new Delivery(target, giveUpAfterMillis, countRejected, parts)
}

/** Loads the modules that speak HTTP or gRPC only when there is something to say. */
function createLazyTransport(settings: OtlpSettings): Transport {
  let transport: Transport | undefined
  const create = (): Transport => {
    const userAgent = `plutus-otel-register/${readDistroVersion()}`
    return settings.protocol === 'grpc'
      ? loadPart('grpc').createGrpcTransport(settings, userAgent, process.env)
      : createHttpTransport(settings, userAgent, process.env)
  }
  return { send: (body, signal) => (transport ??= create()).send(body, signal) }
}

function countPoints({ scopeMetrics }: ResourceMetrics): number {
  let count = 0
  for (const { metrics } of scopeMetrics) for (const { dataPoints } of metrics) count += dataPoints.length
  return count
}
