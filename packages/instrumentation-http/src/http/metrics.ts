import { metrics } from '@opentelemetry/api'
import type { Attributes, Counter, Histogram, Meter, MeterProvider } from '@opentelemetry/api'
import { VERSION } from '../version.ts'

/** Bounds that the semantic conventions advise for durations of HTTP. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** Instruments of the HTTP instrumentation, made for the meter provider that is registered when they are first used. */
export class HttpMetrics {
  #provider: MeterProvider | undefined
  #server: Histogram | undefined
  #client: Histogram | undefined
  #refused: Counter | undefined

  /** Records `http.server.request.duration`, in seconds. */
  recordServer(seconds: number, attributes: Attributes): void {
    this.#renew()
    this.#server?.record(seconds, attributes)
  }

  /** Records `http.client.request.duration`, in seconds. */
  recordClient(seconds: number, attributes: Attributes): void {
    this.#renew()
    this.#client?.record(seconds, attributes)
  }

  /** Counts a correlation header that was not accepted. */
  countRefusedCorrelation(): void {
    this.#renew()
    this.#refused?.add(1)
  }

  #renew(): void {
    const provider = metrics.getMeterProvider()
    if (provider === this.#provider) return
    this.#provider = provider
    const meter: Meter = provider.getMeter('@plutus/instrumentation-http', VERSION)
    const advice = { explicitBucketBoundaries: SECONDS }
    this.#server = meter.createHistogram('http.server.request.duration', {
      description: 'Duration of HTTP server requests.',
      unit: 's',
      advice,
    })
    this.#client = meter.createHistogram('http.client.request.duration', {
      description: 'Duration of HTTP client requests.',
      unit: 's',
      advice,
    })
    this.#refused = meter.createCounter('plutus.correlation.refused', {
      description: 'Inbound correlation ids that were not accepted.',
      unit: '{header}',
    })
  }
}
