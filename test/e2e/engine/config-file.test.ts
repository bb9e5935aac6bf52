import { runProgram, startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

let receiver: Receiver
let folder: string

beforeEach(async () => {
  receiver = await startReceiver()
  folder = mkdtempSync(join(tmpdir(), 'plutus-config-'))
})

afterEach(async () => {
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

async function runWith(text: string, env: Record<string, string> = {}) {
  const file = join(folder, 'otel.yaml')
  writeFileSync(file, text)
  const result = await runProgram({
    file: programFile('three-signals.mjs'),
    env: {
      OTEL_CONFIG_FILE: file,
      OTEL_LOG_LEVEL: 'warn',
      PLUTUS_EXIT_WAIT_MS: '10000', // else a busy machine would lose what it has at the end, and tell so in another line
      BACKEND: receiver.httpUrl,
      GRPC: receiver.grpcUrl,
      ...env,
    },
  })
  expect([result.code, result.stdout]).toEqual([0, 'done\n'])
  return {
    file,
    lines: result.stderr
      .trim()
      .split('\n')
      .filter((line) => line !== ''),
  }
}

const FULL = `
resource:
  attributes:
    - { name: service.name, value: shop }
    - { name: shop.size, value: 3, type: int }
  attributes_list: shop.town=Basel,service.name=not-me
propagator:
  composite: [{ tracecontext: }, { baggage: }]
attribute_limits:
  attribute_count_limit: 64
tracer_provider:
  processors:
    - batch:
        schedule_delay: 100
        exporter:
          otlp_http:
            endpoint: \${BACKEND}/v1/traces
            encoding: json
            compression: gzip
            headers: [{ name: X-Tenant, value: "\${TENANT:-nobody}" }]
  sampler:
    parent_based: { root: { trace_id_ratio_based: { ratio: 1 } } }
meter_provider:
  readers:
    - periodic:
        interval: 500
        timeout: 500
        exporter:
          otlp_grpc: { endpoint: "\${GRPC}", temporality_preference: delta }
  views:
    - selector: { instrument_name: shop.orders }
      stream: { name: shop.orders.seen, attribute_keys: { excluded: [currency] } }
logger_provider:
  processors:
    - simple:
        exporter:
          otlp_http: { endpoint: "\${BACKEND}/v1/logs" }
`

it.each(['1.0', '1.1'])('does what a file of format %s says', async (version) => {
  const { lines } = await runWith(`file_format: "${version}"${FULL}`, { TENANT: 'basel' })
  expect(lines).toEqual([])
  expect(receiver.malformed).toEqual([])
  const request = receiver.requests.find(({ signal }) => signal === 'traces')
  expect(request).toMatchObject({ protocol: 'http/json', headers: { 'x-tenant': 'basel', 'content-encoding': 'gzip' } })
  expect(receiver.spans.map(({ name }) => name)).toEqual(['price', 'checkout'])
  expect(receiver.spans[0]?.resource).toMatchObject({ 'service.name': 'shop', 'shop.size': 3, 'shop.town': 'Basel' })
  expect(receiver.metrics.find(({ name }) => name === 'shop.orders.seen')).toMatchObject({
    temporality: 'delta',
    points: [{ attributes: {}, value: 2 }],
  })
  expect(receiver.logs.map(({ body }) => body)).toEqual(['paid'])
})

it('leaves out signals that the file does not name, whatever the variables say', async () => {
  const tracesOnly = `file_format: "1.0"
tracer_provider:
  processors: [{ batch: { exporter: { otlp_http: { endpoint: "\${BACKEND}/v1/traces" } } } }]
`
  await runWith(tracesOnly, { OTEL_TRACES_SAMPLER: 'always_off', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.httpUrl })
  expect(new Set(receiver.requests.map(({ signal }) => signal))).toEqual(new Set(['traces']))
  expect(receiver.spans).toHaveLength(2)
})

it('records nothing when the file says disabled', async () => {
  const { lines } = await runWith(`file_format: "1.0"\ndisabled: true${FULL}`)
  expect(lines).toEqual([])
  expect(receiver.requests).toEqual([])
})

it('tells in one line what it does not support, and does the rest', async () => {
  const { file, lines } = await runWith(`file_format: "1.0"
tracer_provider:
  processors:
    - simple: { exporter: { otlp_file/development: {} } }
    - simple: { exporter: { otlp_http: { endpoint: "\${BACKEND}/v1/traces" } } }
`)
  expect(lines).toEqual([
    `plutus: tracer_provider.processors.0.simple.exporter.otlp_file/development in ${file} (OTEL_CONFIG_FILE) is not supported and has no effect`,
  ])
  expect(receiver.spans).toHaveLength(2)
})

it.each([
  [
    'is not YAML',
    'file_format: "1.0\n',
    /otel\.yaml, which is not YAML: line \d+ \(\w+\); the OTEL_\* variables hold instead$/,
  ],
  [
    'breaks a rule',
    'file_format: "1.0"\ndisabled: secret\n',
    /otel\.yaml, where disabled must be boolean,null \(line 2\); the OTEL_/,
  ],
  [
    'has another format',
    'file_format: "0.3"\n',
    /otel\.yaml, whose file_format must be "1\.0" or "1\.1" \(line 1\); the OTEL_/,
  ],
])('falls back to the variables and tells why when the file %s', async (_what, text, line) => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.httpUrl, OTEL_SERVICE_NAME: 'by-variable' }
  const { lines } = await runWith(text, env)
  expect(lines).toEqual([expect.stringMatching(line)])
  expect(lines[0]).not.toContain('secret')
  expect(receiver.spans[0]?.resource['service.name']).toBe('by-variable')
  expect(receiver.logs).toHaveLength(1)
})
