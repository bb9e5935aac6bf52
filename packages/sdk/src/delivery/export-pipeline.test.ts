import { createBufferPool, createEncoder } from '@plutus/otlp'
import { startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RecordBuffer } from '../record-buffer.ts'
import { ExportPipeline } from './export-pipeline.ts'
import type { ExportPipelineOptions } from './export-pipeline.ts'
import { Losses } from './losses.ts'
import { packBatch } from './packed-batch.ts'
import type { OtlpSettings } from './settings.ts'

const WAIT_MILLIS = 20_000
const encoder = createEncoder()
const scope = encoder.encodeScope({ name: 'test' })

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

function settingsFor(protocol: OtlpSettings['protocol'], endpoint?: string): OtlpSettings {
  const base = endpoint ?? (protocol === 'grpc' ? receiver.grpcUrl : receiver.httpUrl)
  return {
    kind: 'otlp',
    protocol,
    url: new URL(protocol === 'grpc' ? base : `${base}/v1/logs`),
    headers: {},
    timeoutMillis: 10_000,
    gzip: true,
    tls: {},
    names: { endpoint: 'E', headers: 'H', protocol: 'P', timeout: 'T', certificate: 'C', batchSize: 'B' },
  }
}

function createPipeline(settings: OtlpSettings, options: Partial<ExportPipelineOptions> = {}) {
  const lines: string[] = []
  const warn = (line: string): void => void lines.push(line)
  const pool = createBufferPool()
  const pipeline = new ExportPipeline({
    settings: {
      targets: [{ signal: 'logs', settings, giveUpAfterMillis: Infinity }],
      resource: encoder.encodeResource({ attributes: { 'service.name': 'shop' } }),
      userAgent: 'test',
    },
    thread: 'worker',
    worker: { file: new URL('worker.test.support.ts', import.meta.url), env: {} },
    maxBytes: 1024 * 1024,
    maxRecords: {},
    pool,
    losses: new Losses(warn),
    warn,
    ...options,
  })
  const send = (...bodies: string[]): void => {
    const limits = { maxBytes: Infinity, maxRecords: Infinity, delayMillis: 60_000 }
    const onBatch = (batch: Parameters<typeof packBatch>[0]): void =>
      pipeline.push(packBatch(batch, { signal: 'logs', isDurable: false, pool }))
    const records = new RecordBuffer({ pool, ...limits, onBatch })
    for (const body of bodies) {
      const out = records.open()
      const start = out.position
      encoder.encodeLogRecord(out, { body })
      records.close(scope, start)
    }
    records.flush()
  }
  return { pipeline, send, lines }
}

const bodies = (): string[] => receiver.logs.map(({ body }) => String(body)).sort()

describe.each(['worker', 'main'] as const)('with the %s thread', (thread) => {
  it.each(['http/protobuf', 'http/json', 'grpc'] as const)('brings every batch over %s', async (protocol) => {
    const { pipeline, send } = createPipeline(settingsFor(protocol), { thread })
    for (let i = 0; i < 10; i++) send(`${i}`)
    await pipeline.flush(WAIT_MILLIS)
    expect(bodies()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    expect(pipeline.unsentBytes).toBe(0)
    expect(receiver.logs[0]?.resource).toEqual({ 'service.name': 'shop' })
  })

  it('keeps what is refused for later, and sends it once', async () => {
    receiver.respond({ status: 503 })
    const { pipeline, send, lines } = createPipeline(settingsFor('http/protobuf'), { thread })
    send('kept')
    await pipeline.flush(WAIT_MILLIS)
    expect(pipeline.unsentBytes).toBeGreaterThan(0)
    receiver.respond()
    await pipeline.flush(WAIT_MILLIS)
    expect(bodies()).toEqual(['kept'])
    expect(lines).toEqual([expect.stringContaining('is busy'), expect.stringContaining('takes telemetry again')])
  })

  it('gives up a flush at once where the endpoint is not there, and keeps what it has', async () => {
    const { pipeline, send, lines } = createPipeline(settingsFor('http/protobuf', 'http://127.0.0.1:1'), { thread })
    send('kept')
    await pipeline.flush(600_000)
    expect(pipeline.unsentBytes).toBeGreaterThan(0)
    expect(lines).toEqual([expect.stringContaining('cannot be reached (ECONNREFUSED)')])
  })

  it('sends what is left while nothing asynchronous runs any more', () => {
    const { pipeline, send } = createPipeline(settingsFor('http/protobuf', 'http://127.0.0.1:1'), { thread })
    send('lost', 'too')
    pipeline.finish(WAIT_MILLIS)
    expect(pipeline.unsentBytes).toBe(0)
  })
})

it('counts what an endpoint took only in part, and does not send it again', async () => {
  receiver.respond({ partialSuccess: { rejected: 2, message: 'no' } })
  const { pipeline, send, lines } = createPipeline(settingsFor('http/protobuf'))
  send('1', '2', '3')
  await pipeline.flush(WAIT_MILLIS)
  pipeline.finish(0)
  expect(receiver.requests).toHaveLength(1)
  expect(lines).toEqual(['Telemetry lost: log records 2 (rejected in a partial success)'])
})

it.each([
  ['cannot be started', { file: new URL('not-there.ts', import.meta.url), env: {} }],
  ['fails as it loads', { file: new URL('data:text/javascript,throw new Error("broken")'), env: {} }],
])('sends by the main thread, and says so once, where the export thread %s', async (_how, worker) => {
  const { pipeline, send, lines } = createPipeline(settingsFor('http/protobuf'), { worker })
  send('sent all the same')
  await pipeline.flush(WAIT_MILLIS)
  expect(bodies()).toEqual(['sent all the same'])
  expect(lines).toEqual(['The export thread cannot run, so the main thread sends telemetry; see PLUTUS_EXPORT_THREAD'])
})

it('tells at the end what did not arrive', () => {
  const { pipeline, send, lines } = createPipeline(settingsFor('http/protobuf', 'http://127.0.0.1:1'))
  send('1', '2', '3')
  pipeline.finish(WAIT_MILLIS)
  expect(lines).toEqual([
    expect.stringContaining('cannot be reached (ECONNREFUSED)'),
    'Telemetry lost: log records 3 (endpoint not reachable)',
  ])
})

it('waits for nobody at the end when it may not wait', () => {
  const { pipeline, send, lines } = createPipeline(settingsFor('http/protobuf'))
  send('1')
  pipeline.finish(0)
  expect(lines).toEqual(['Telemetry lost: log records 1 (the process ended first)'])
})
