import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { isFull, startReceiver, waitFor } from '@plutus/test-kit'
import { afterAll, describe, expect, it } from 'vitest'
import { logsRequest, metricsRequest, newTraceId, tracesRequest } from './src/otlp-json.ts'
import { listRenderings, textOf } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'

const CLASSES = ['audit', 'security', 'payment', 'performance', 'application']
const { reason } = collectorBinary
afterAll(removeCollectors)

// What backends need that are not there: these tests are about the collector.
const ELSEWHERE = {
  PLUTUS_CLICKHOUSE_ENDPOINT: 'tcp://127.0.0.1:1',
  PLUTUS_SPLUNK_ENDPOINT: 'http://127.0.0.1:1/services/collector',
  PLUTUS_SPLUNK_TOKEN: 'none',
  PLUTUS_S3_BUCKET: 'archive',
  PLUTUS_KAFKA_BROKERS: '["127.0.0.1:1"]',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_EC2_METADATA_DISABLED: 'true',
}

describe.skipIf(reason !== '')(`the collector${reason && ` (${reason})`}`, () => {
  it.concurrent.each(listRenderings().map((rendering) => [rendering.name, rendering] as const))(
    'validates, starts, takes one of each class and ends in order: %s',
    async (_name, rendering) => {
      const receiver = await startReceiver()
      const samplers = `{static: {hostnames: ["${new URL(receiver.grpcUrl).host}"]}}`
      const env = { ...ELSEWHERE, PLUTUS_OTLP_ENDPOINT: receiver.httpUrl, PLUTUS_SAMPLERS: samplers }
      try {
        const collector = await startCollector(textOf(rendering), { env })
        const file = join(collector.folder, 'again.yaml')
        writeFileSync(file, textOf(rendering))
        // The start has validated it, too; in full the command is asked as well.
        if (isFull) await promisify(execFile)(collectorBinary.path, ['validate', '--config', file], { env })

        const traceId = newTraceId()
        const requests = requestsFor(rendering, traceId)
        const statuses = await Promise.all(requests.map(async ([signal, body]) => await collector.send(signal, body)))
        expect(statuses).toEqual(requests.map(() => 200))
        // What it sends is received here where it speaks OTLP; where not, it has to keep it and end all the same.
        const expected = arrivalsOf(rendering)
        await waitFor(() => receiver.logs.length === expected.logs && receiver.spans.length === expected.spans)

        expect(await collector.stop()).toEqual({ code: 0, signal: null })
        expect(collector.output()).not.toMatch(/deprecat/i)
        expect(new Set(receiver.logs.map(({ body }) => body))).toEqual(new Set(CLASSES.slice(0, expected.logs)))
        expect(receiver.malformed).toEqual([])
        // Loki keeps attributes alone, and its alerts look for events by them.
        const isForLoki = rendering.options.backend === 'grafana'
        for (const { attributes, body } of receiver.logs) {
          expect(attributes['event.name']).toBe(isForLoki ? `shop.${String(body)}` : undefined)
        }
      } finally {
        await receiver.close()
      }
    },
  )
})

type Rendering = ReturnType<typeof listRenderings>[number]

/** What a collector of this role takes. */
function requestsFor({ options }: Rendering, traceId: string): ['logs' | 'traces' | 'metrics', object][] {
  const traces = tracesRequest([{ traceId, isError: true }])
  if (options.role === 'sampler') return [['traces', traces]]
  const logs = CLASSES.map((name) => {
    return { attributes: { 'plutus.data.class': name }, severity: 9, body: name, eventName: `shop.${name}` }
  })
  return [
    ['traces', traces],
    ['logs', logsRequest(logs)],
    ['metrics', metricsRequest('orders', 1)],
  ]
}

/** How many log records and spans arrive at an endpoint for OTLP. */
function arrivalsOf({ policy, options }: Rendering): { logs: number; spans: number } {
  const { role, backend = policy.targets.backend } = options
  const speaksOtlp =
    role === 'agent' ? policy.targets.transport === 'otlp' : !['clickhouse', 'splunk', 'cloudwatch'].includes(backend)
  const toSamplers = role === 'gateway' && policy.sampling.rate < 1 // which always take OTLP
  return { logs: speaksOtlp && role !== 'sampler' ? CLASSES.length : 0, spans: speaksOtlp || toSamplers ? 1 : 0 }
}
