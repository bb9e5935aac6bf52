import { findPorts, runProgram, startReceiver } from '@plutus/test-kit'
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

const run = (name: string, env: Record<string, string> = {}) =>
  runProgram({ file: programFile(name), receiver, env: { OTEL_LOG_LEVEL: 'warn', ...env } })

describe('sampling', () => {
  it.each([
    ['always_on', '', 200],
    ['always_off', '', 0],
    ['traceidratio', '0', 0],
    ['traceidratio', '1', 200],
    ['parentbased_always_on', '', 200],
    ['parentbased_always_off', '', 0],
    ['parentbased_traceidratio', '0', 0],
  ])('keeps by %s %s', async (sampler, argument, kept) => {
    await run('many-spans.mjs', { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument })
    expect(receiver.spans).toHaveLength(kept)
  })

  it('keeps about the share that is asked for', async () => {
    await run('many-spans.mjs', { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' })
    // 200 draws of a half: beyond these ends once in 10^13 runs.
    expect(receiver.spans.length).toBeGreaterThan(45)
    expect(receiver.spans.length).toBeLessThan(155)
  })
})

describe('propagation', () => {
  const REMOTE = {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    b3: '1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1',
    'x-b3-traceid': '2af7651916cd43dd8448eb211c80319c',
    'x-b3-spanid': 'b7ad6b7169203331',
    'x-b3-sampled': '1',
    baggage: 'tenant=shop',
  }

  const carry = async (env: Record<string, string>): Promise<Record<string, string>> => {
    const { stdout, code } = await runProgram({
      file: programFile('carry-on.mjs'),
      args: [JSON.stringify(REMOTE)],
      receiver,
      env,
    })
    expect(code).toBe(0)
    return JSON.parse(stdout) as Record<string, string>
  }

  it('is W3C trace context and baggage by default', async () => {
    const out = await carry({})
    expect(Object.keys(out).sort()).toEqual(['baggage', 'traceparent'])
    expect(out['traceparent']).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/)
    expect(out['baggage']).toBe('tenant=shop')
    expect(receiver.spans[0]).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: 'b7ad6b7169203331',
    })
  })

  it.each([
    ['b3', ['b3']],
    ['b3multi', ['x-b3-sampled', 'x-b3-spanid', 'x-b3-traceid']],
    ['tracecontext', ['traceparent']],
    ['tracecontext,b3', ['b3', 'traceparent']],
    ['none', []],
  ])('writes the headers of %s', async (propagators, headers) => {
    const out = await carry({ OTEL_PROPAGATORS: propagators })
    expect(
      Object.keys(out)
        .map((name) => name.toLowerCase())
        .sort(),
    ).toEqual(headers)
  })

  it('goes on when the SDK is disabled', async () => {
    const out = await carry({ OTEL_SDK_DISABLED: 'true' })
    expect(out).toEqual({ traceparent: REMOTE.traceparent, baggage: 'tenant=shop' })
    expect(receiver.requests).toEqual([])
  })
})

describe('limits', () => {
  it('cut attributes, events and links of spans and attributes of records', async () => {
    await run('rich-span.mjs', {
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '2',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '5',
      OTEL_SPAN_EVENT_COUNT_LIMIT: '1',
      OTEL_SPAN_LINK_COUNT_LIMIT: '1',
      OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '1',
      OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '1',
      OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '1',
    })
    const [span] = receiver.spans
    expect(span?.attributes).toEqual({ a: '12345', b: '12345' })
    expect(span?.droppedAttributesCount).toBe(1)
    expect(span?.events.map(({ attributes }) => Object.keys(attributes))).toEqual([['a']])
    expect(span?.links.map(({ attributes }) => Object.keys(attributes))).toEqual([['a']])
    expect(receiver.logs[0]?.attributes).toEqual({ a: '12345' })
  })
})

describe('exporters', () => {
  it.each(['TRACES', 'METRICS', 'LOGS'])('send everything but %s when its exporter is none', async (signal) => {
    await run('three-signals.mjs', { [`OTEL_${signal}_EXPORTER`]: 'none' })
    const arrived = new Set(receiver.requests.map((request) => request.signal?.toUpperCase()))
    expect(arrived).toEqual(new Set(['TRACES', 'METRICS', 'LOGS'].filter((name) => name !== signal)))
  })

  it('send nothing at all when each of them is none', async () => {
    const env = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }
    const { code, stdout, stderr } = await run('three-signals.mjs', env)
    expect([code, stdout, stderr]).toEqual([0, 'done\n', ''])
    expect(receiver.requests).toEqual([])
  })

  it('print to standard output when they are console, beside others', async () => {
    const env = { OTEL_TRACES_EXPORTER: 'console,otlp', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'console' }
    const { stdout } = await run('three-signals.mjs', env)
    expect(stdout).toContain("name: 'checkout'")
    expect(stdout).toContain("body: 'paid'")
    expect(receiver.spans).toHaveLength(2)
    expect(receiver.logs).toHaveLength(0)
  })

  it('show metrics on a page for Prometheus, which is no request of the service and does not hold the process', async () => {
    const port = String((await findPorts(1))[0])
    const env = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: port }
    const { code, stdout } = await runProgram({ file: programFile('scraped.mjs'), args: [port], receiver, env })
    expect(code).toBe(0)
    expect(stdout).toContain('shop_orders_total{currency="EUR"')
    expect(receiver.spans.map(({ kind }) => kind)).toEqual(['CLIENT'])
  })

  it('tell a taken port and let the service run', async () => {
    const port = new URL(receiver.httpUrl).port
    const env = {
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: port,
    }
    const { code, stderr } = await run('three-signals.mjs', env)
    expect(code).toBe(0)
    expect(stderr.trim().split('\n')).toEqual([
      `plutus: The Prometheus page cannot listen on 127.0.0.1:${port} (EADDRINUSE), metrics cannot be read; see OTEL_EXPORTER_PROMETHEUS_PORT`,
    ])
  })
})

it('counts metrics from the last export when delta is preferred', async () => {
  await run('three-signals.mjs', { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' })
  expect(receiver.metrics.find(({ name }) => name === 'shop.orders')?.temporality).toBe('delta')
})

it('sends batches of the size that is asked for', async () => {
  await run('many-spans.mjs', { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '50', OTEL_BSP_SCHEDULE_DELAY: '60000' })
  const sizes = receiver.requests.filter(({ signal }) => signal === 'traces').map(({ items }) => items)
  expect(sizes).toEqual([50, 50, 50, 50])
})

it('tells what a full queue lost, in one line, and counts it', async () => {
  const { stderr } = await run('burst.mjs', { OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100' })
  // One batch is on its way when the queue behind it fills.
  expect(stderr.trim().split('\n')).toEqual(['plutus: Telemetry lost: spans 800 (queue full)'])
  expect(receiver.spans).toHaveLength(200)
  const counts = receiver.metrics
    .filter(({ name }) => name.startsWith('plutus.telemetry.'))
    .flatMap(({ name, points }) => points.map(({ attributes, value }) => [name, attributes, value]))
  expect(counts).toContainEqual([
    'plutus.telemetry.dropped',
    { 'plutus.signal': 'traces', 'plutus.drop.reason': 'queue_full' },
    800,
  ])
  expect(counts).toContainEqual(['plutus.telemetry.exported', { 'plutus.signal': 'traces' }, 200])
})

it('counts what an endpoint took only in part', async () => {
  receiver.respond(({ signal }) =>
    signal === 'traces' ? { partialSuccess: { rejected: 3, message: 'secret' } } : undefined,
  )
  const { stderr } = await run('many-spans.mjs')
  expect(stderr.trim()).toBe('plutus: Telemetry lost: spans 3 (rejected in a partial success)')
})

it('adds metrics of queues and exporters on request', async () => {
  await run('burst.mjs', { OTEL_NODE_EXPERIMENTAL_SDK_METRICS: 'true', OTEL_BSP_MAX_QUEUE_SIZE: '499' })
  const names = new Set(receiver.metrics.map(({ name }) => name).filter((name) => name.startsWith('otel.sdk.')))
  expect([...names]).toEqual(
    expect.arrayContaining([
      'otel.sdk.span.started',
      'otel.sdk.processor.span.processed',
      'otel.sdk.processor.span.queue.capacity',
      'otel.sdk.processor.span.queue.size',
      'otel.sdk.exporter.span.exported',
      'otel.sdk.exporter.span.inflight',
      'otel.sdk.exporter.operation.duration',
      'otel.sdk.exporter.metric_data_point.exported',
    ]),
  )
  const processed = receiver.metrics.findLast(({ name }) => name === 'otel.sdk.processor.span.processed')
  expect(processed?.points.map(({ attributes, value }) => [attributes['error.type'], value])).toContainEqual([
    'queue_full',
    2,
  ])
})

it('passes on what others decided about a trace when spans go nowhere', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const { stdout } = await runProgram({
    file: programFile('carry-on.mjs'),
    args: [JSON.stringify({ traceparent })],
    receiver,
    env: { OTEL_TRACES_EXPORTER: 'none' },
  })
  expect(JSON.parse(stdout)).toEqual({ traceparent })
})
