import { END_NODES, NODES, runProgram, startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const

describe.each(NODES)('on Node $label', (node) => {
  it.each(END_NODES.includes(node) ? PROTOCOLS : PROTOCOLS.slice(0, 1))(
    'brings spans, metrics and log records over %s',
    async (protocol) => {
      const { code, stdout } = await runProgram({
        node,
        file: programFile('three-signals.mjs'),
        receiver,
        env: { OTEL_EXPORTER_OTLP_PROTOCOL: protocol },
      })
      expect([code, stdout]).toEqual([0, 'done\n'])
      expect(receiver.malformed).toEqual([])
      expect(new Set(receiver.requests.map((request) => request.protocol))).toEqual(new Set([protocol]))

      const [price, checkout] = receiver.spans
      expect(checkout).toMatchObject({
        name: 'checkout',
        kind: 'INTERNAL',
        attributes: { 'cart.items': 3 },
        scope: { name: 'shop', version: '1.2.3' },
      })
      expect(price).toMatchObject({ name: 'price', traceId: checkout?.traceId, parentSpanId: checkout?.spanId })
      expect(receiver.logs).toMatchObject([
        {
          body: 'paid',
          eventName: 'shop.paid',
          severityNumber: 9,
          traceId: checkout?.traceId,
          spanId: checkout?.spanId,
        },
      ])
      const orders = receiver.metrics.find((metric) => metric.name === 'shop.orders')
      expect(orders).toMatchObject({
        type: 'sum',
        unit: '{order}',
        temporality: 'cumulative',
        points: [{ attributes: { currency: 'EUR' }, value: 2 }],
      })
    },
  )
})

it.each(END_NODES)(
  'takes in applications on @opentelemetry/api 1.9 and on @opentelemetry/api-logs, on Node $label',
  async (node) => {
    const file = programFile('older-apis.cjs')
    const { code, stderr } = await runProgram({ node, file, receiver, env: { OTEL_LOG_LEVEL: 'warn' } })
    expect([code, stderr]).toEqual([0, ''])
    const [inner, outer] = receiver.spans
    expect([outer?.name, inner?.name]).toEqual(['outer', 'inner'])
    expect(inner?.parentSpanId).toBe(outer?.spanId)
    expect(receiver.logs).toMatchObject([{ body: 'by api-logs', spanId: outer?.spanId }])
    expect(receiver.metrics.find((metric) => metric.name === 'old.count')?.points).toMatchObject([{ value: 1 }])
  },
)

it('compresses on request', async () => {
  for (const protocol of PROTOCOLS) {
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }
    await runProgram({ file: programFile('three-signals.mjs'), receiver, env })
  }
  expect(receiver.malformed).toEqual([])
  const encodings = receiver.requests.map(({ headers }) => headers['content-encoding'] ?? headers['grpc-encoding'])
  expect(new Set(encodings)).toEqual(new Set(['gzip']))
  expect(receiver.spans).toHaveLength(6)
  expect(receiver.logs).toHaveLength(3)
})

it('sends the headers that are asked for, those of a signal on top of the general ones', async () => {
  for (const protocol of PROTOCOLS) {
    const env = {
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_HEADERS: 'X-Tenant=shop,authorization=Bearer%20abc',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-tenant=traces',
    }
    await runProgram({ file: programFile('three-signals.mjs'), receiver, env })
  }
  for (const { signal, headers } of receiver.requests) {
    expect(headers).toMatchObject({
      'x-tenant': signal === 'traces' ? 'traces' : 'shop',
      authorization: 'Bearer abc',
      'user-agent': expect.stringMatching(/^plutus-otel-register\//) as string,
    })
  }
})

it('sends each signal to its own endpoint', async () => {
  const other = await startReceiver()
  try {
    const env = {
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${other.httpUrl}/v1/logs`,
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: other.grpcUrl,
    }
    await runProgram({ file: programFile('three-signals.mjs'), receiver, env })
    expect([receiver.spans.length, receiver.logs.length, receiver.metrics.length]).toEqual([2, 0, 0])
    expect([other.spans.length, other.logs.length]).toEqual([0, 1])
    expect(new Set(other.requests.map(({ signal, protocol }) => `${signal} ${protocol}`))).toEqual(
      new Set(['logs http/protobuf', 'metrics grpc']),
    )
  } finally {
    await other.close()
  }
})

it('appends the path of a signal to the general endpoint', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.httpUrl}/otlp/` }
  await runProgram({ file: programFile('three-signals.mjs'), receiver, env })
  expect([...new Set(receiver.requests.map(({ path }) => path))].sort()).toEqual([
    '/otlp/v1/logs',
    '/otlp/v1/metrics',
    '/otlp/v1/traces',
  ])
})

it('traces neither its own requests nor measures them', async () => {
  const env = { OTEL_BSP_SCHEDULE_DELAY: '0', OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,undici,net,dns' }
  const { code } = await runProgram({ file: programFile('two-batches.mjs'), receiver, env })
  expect(code).toBe(0)
  expect(receiver.requests.filter(({ signal }) => signal === 'traces').length).toBeGreaterThan(1)
  expect(receiver.spans.map(({ name }) => name)).toEqual(['first', 'second'])
  expect(receiver.metrics.filter(({ name }) => name.startsWith('http.client'))).toEqual([])
  expect(receiver.requests.filter(({ headers }) => headers['traceparent'] !== undefined)).toEqual([])
})

it.each(['server', 'mutual'] as const)('speaks TLS with %s certificates', async (tls) => {
  const secure = await startReceiver({ tls })
  try {
    for (const protocol of PROTOCOLS) {
      const env = { OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_LOG_LEVEL: 'warn' }
      const { stderr } = await runProgram({ file: programFile('three-signals.mjs'), receiver: secure, env })
      expect(stderr).toBe('')
    }
    expect([secure.spans.length, secure.logs.length]).toEqual([6, 3])
  } finally {
    await secure.close()
  }
})
