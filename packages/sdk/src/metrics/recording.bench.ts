import { deepStrictEqual } from 'node:assert/strict'
import type { Attributes, MeterProvider } from '@opentelemetry/api'
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import { MeterProvider as UpstreamProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { it } from 'vitest'
import { readMetrics } from './collected-metric.test.helper.ts'
import type { CollectedMetric } from './collected-metric.test.helper.ts'
import { createMetricRig } from './metric-rig.test.helper.ts'

const THREE = { 'http.request.method': 'GET', 'http.route': '/pay', 'http.response.status_code': 200 }
const SIX = { ...THREE, 'url.scheme': 'https', 'network.protocol.version': '1.1', 'server.address': 'shop.example' }
const ROUTES = Array.from({ length: 50 }, (_, i) => `/route/${i}`)

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const rig = createMetricRig()
const reader = new PullReader()
const upstream = new UpstreamProvider({ readers: [reader] })
const collectUpstream = async (): Promise<CollectedMetric[]> =>
  readMetrics(ProtobufMetricsSerializer.serializeRequest((await reader.collect()).resourceMetrics) as Uint8Array)

/** What is measured, of one provider. */
function createCalls(provider: MeterProvider) {
  const meter = provider.getMeter('bench')
  const counter = meter.createCounter('counter')
  const fresh = meter.createCounter('fresh')
  const routes = meter.createCounter('routes')
  const histogram = meter.createHistogram('histogram')
  let i = 0
  return {
    'counter.add, 3 attributes, the same object': () => counter.add(1, THREE),
    'counter.add, 3 attributes, a fresh object': () =>
      fresh.add(1, { 'http.request.method': 'GET', 'http.route': '/pay', 'http.response.status_code': 200 }),
    'counter.add, 3 attributes, 50 routes in turn': () => {
      const attributes: Attributes = { 'http.request.method': 'GET', 'http.route': ROUTES[i++ % 50], status: 200 }
      routes.add(1, attributes)
    },
    'histogram.record, 6 attributes, the same object': () => histogram.record(12, SIX),
  }
}

const ours = createCalls(rig.provider)
const theirs = createCalls(upstream)
const names = Object.keys(ours) as (keyof typeof ours)[]

// The same calls must come to the same before it means anything how long they take.
for (const calls of [ours, theirs]) for (const name of names) for (let i = 0; i < 100; i++) calls[name]()
const comparable = (metrics: readonly CollectedMetric[]) =>
  metrics.map(({ name, points }) => [name, points.map(({ start: _start, time: _time, ...rest }) => rest)])
deepStrictEqual(comparable(await rig.collect()), comparable(await collectUpstream()))

// One call takes less time than reading the clock, so a sample is a thousand of them.
const thousandOf = (call: () => void) => () => {
  for (let i = 0; i < 1_000; i++) call()
}

for (const name of names) {
  it(`a thousand times ${name}`, async ({ bench }) => {
    await bench.compare(bench('plutus', thousandOf(ours[name])), bench('upstream', thousandOf(theirs[name])))
  })
}
