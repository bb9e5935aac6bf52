import { fileURLToPath } from 'node:url'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { runProgram, startReceiver } from '@plutus/test-kit'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { removeCollectors, startCollector } from './src/running-collector.ts'

const { reason } = collectorBinary
const RECORDS = 1000
afterAll(removeCollectors)

// A mebibyte is the least that it can be told to take over gRPC, and more than a request of ours has.
const CONFIG = `
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:\${env:PLUTUS_LISTEN_HTTP_PORT}
        max_request_body_size: 100000
exporters:
  otlp_http:
    endpoint: \${env:BACKEND}
extensions:
  health_check:
    endpoint: 127.0.0.1:\${env:PLUTUS_HEALTH_PORT}
service:
  extensions: [health_check]
  telemetry: { metrics: { level: none } }
  pipelines:
    logs: { receivers: [otlp], exporters: [otlp_http] }
`

describe.skipIf(reason !== '')(`a collector that takes small requests only${reason && ` (${reason})`}`, () => {
  it.each(['http/protobuf', 'http/json'])('gets every record of a service by %s', async (protocol) => {
    const receiver = await startReceiver()
    onTestFinished(() => receiver.close())
    const { httpUrl } = await startCollector(CONFIG, { env: { BACKEND: receiver.httpUrl } })
    const { stderr } = await runProgram({
      file: fileURLToPath(new URL('programs/large.mjs', import.meta.url)),
      args: [String(RECORDS)],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOG_LEVEL: 'warn',
        PLUTUS_EXIT_WAIT_MS: '30000', // a busy machine takes its time
      },
    })
    expect(stderr).toBe('')
    await receiver.waitFor(() => receiver.logs.length >= RECORDS)
    const ids = receiver.logs.map(({ attributes }) => attributes['id'])
    expect(new Set(ids).size).toBe(RECORDS)
    expect(ids).toHaveLength(RECORDS)
  })
})
