import type { Attributes, Counter, Histogram, Meter, UpDownCounter } from '@opentelemetry/api'
import type { LossReason, OtlpSettings, Signal } from '@plutus/sdk'

/** What the semantic conventions for SDKs call an item of a signal. */
const ITEMS: Record<Signal, string> = { traces: 'span', metrics: 'metric_data_point', logs: 'log' }
const PROTOCOLS: Record<OtlpSettings['protocol'], string> = {
  grpc: 'otlp_grpc',
  'http/json': 'otlp_http_json',
  'http/protobuf': 'otlp_http',
}

const instances = new Map<string, number>()

/**
 * Records `otel.sdk.processor.*` and `otel.sdk.exporter.*` about one way out, as upstream's processors and exporters do
 * where `OTEL_NODE_EXPERIMENTAL_SDK_METRICS` is set.
 */
export class SdkMetrics {
  readonly #exporter: Attributes
  readonly #processor: Attributes | undefined
  readonly #processed: Counter | undefined
  readonly #exported: Counter
  readonly #inflight: UpDownCounter
  readonly #duration: Histogram

  /** @param queue size and capacity of the queue in front; absent for metrics, which have none in the conventions. */
  constructor(
    meter: Meter,
    signal: Signal,
    { protocol, url }: OtlpSettings,
    queue?: { readonly capacity: number; readonly getSize: () => number },
  ) {
    const item = ITEMS[signal]
    const unit = `{${item}}`
    this.#exporter = {
      ...nameComponent(`${PROTOCOLS[protocol]}_${signal === 'metrics' ? 'metric' : item}_exporter`),
      'server.address': url.hostname,
      'server.port': Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    }
    this.#exported = meter.createCounter(`otel.sdk.exporter.${item}.exported`, { unit })
    this.#inflight = meter.createUpDownCounter(`otel.sdk.exporter.${item}.inflight`, { unit })
    this.#duration = meter.createHistogram('otel.sdk.exporter.operation.duration', { unit: 's' })
    if (queue === undefined) return
    const processor = nameComponent(`batching_${item}_processor`)
    this.#processor = processor
    this.#processed = meter.createCounter(`otel.sdk.processor.${item}.processed`, { unit })
    meter.createUpDownCounter(`otel.sdk.processor.${item}.queue.capacity`, { unit }).add(queue.capacity, processor)
    meter
      .createObservableUpDownCounter(`otel.sdk.processor.${item}.queue.size`, { unit })
      .addCallback((result) => result.observe(queue.getSize(), processor))
  }

  /** Items found the queue full, or could not be encoded. */
  dropped(count: number, reason: LossReason): void {
    this.#processed?.add(count, { ...this.#processor, 'error.type': reason })
  }

  /** Items are on their way; call what is returned when they have arrived or are lost. */
  started(count: number): (lost: LossReason | undefined) => void {
    const start = performance.now()
    this.#inflight.add(count, this.#exporter)
    return (lost) => {
      const error = lost === undefined ? {} : { 'error.type': lost }
      this.#inflight.add(-count, this.#exporter)
      this.#exported.add(count, { ...this.#exporter, ...error })
      this.#duration.record((performance.now() - start) / 1000, { ...this.#exporter, ...error })
      this.#processed?.add(count, { ...this.#processor, ...error })
    }
  }
}

/** Type and name of a component, numbered among those of its type. */
function nameComponent(type: string): Attributes {
  const number = instances.get(type) ?? 0
  instances.set(type, number + 1)
  return { 'otel.component.type': type, 'otel.component.name': `${type}/${number}` }
}
