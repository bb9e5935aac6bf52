import { strictEqual } from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import type { Logger } from '@opentelemetry/api'
import { createBufferPool } from '@plutus/otlp'
import { ExportPipeline } from '../delivery/export-pipeline.ts'
import { Losses } from '../delivery/losses.ts'
import { createProviders } from '../providers.ts'
import { RecordBuffer } from '../record-buffer.ts'
import { createTraceSampler } from '../trace-samplers.ts'
import { Spool } from './spool.ts'
import type { SpoolOptions } from './spool-options.ts'

// Runs under plain Node, as a service would run it, and prints its figures as JSON. Contestants take turns. Its
// arguments: records to replay, characters of text in each, `worker` to send them from a thread of their own.

const ROUNDS = 20
const RECORDS = 2000
// Each waits for the disk.
const FORCED_RECORDS = 100
const REPLAYED = Number(process.argv[2] ?? 200_000)
const ATTRIBUTES = {
  'payment.id': 'pay_100000',
  'payment.amount': 1999,
  'payment.currency': 'EUR',
  'user.id': 'user-7',
  'order.id': 'ord-777',
  'payment.provider': 'stripe',
  duration: 12.5,
}

if (isMainThread) await main()
else serve()

/** An endpoint that takes everything and looks at nothing. */
function serve(): void {
  const server = createServer((request, response) => {
    request.on('end', () => response.end()).resume()
  })
  server.listen(0, '127.0.0.1', () => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread, not of a window
    parentPort?.postMessage((server.address() as AddressInfo).port)
  })
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-spool-bench-'))
  const endpoint = new Worker(new URL(import.meta.url))
  const port = await new Promise<number>((resolve) => endpoint.once('message', resolve))
  try {
    const emit = measureEmit(folder)
    const replay = await measureReplay(folder, port)
    process.stdout.write(JSON.stringify({ ...emit, ...replay }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await endpoint.terminate()
  }
}

/** A logger whose durable records go to a spool, if there is one, and whose batches go nowhere. */
function createLogger(spool: Spool | undefined, isDelivered = true): Logger {
  const pool = createBufferPool()
  const bufferOf = (isDurable: boolean): RecordBuffer =>
    new RecordBuffer({
      pool,
      maxBytes: 240 * 1024,
      maxRecords: Infinity,
      delayMillis: 60_000,
      onBatch: ({ buffer, records }) => {
        const ticket = isDurable ? spool?.seal() : undefined
        if (ticket !== undefined && isDelivered) spool?.settle(ticket, [{ count: records }])
        pool.release(buffer)
      },
      ...(isDurable &&
        spool && {
          onRecord: (scope, { bytes, position }, start) => spool.append(scope, bytes, start, position),
        }),
    })
  const { loggerProvider } = createProviders({
    sampler: createTraceSampler('always_on'),
    limits: {},
    bounds: { attributes: 128, events: 128, links: 128 },
    onLoss: () => {},
    logs: bufferOf(false),
    durableLogs: bufferOf(true),
  })
  if (loggerProvider === undefined) throw new Error('there is a logger')
  return loggerProvider.getLogger('bench')
}

function createSpool(root: string, options: Partial<SpoolOptions> = {}): Spool {
  return new Spool({
    root,
    maxBytes: 4 * 1024 * 1024 * 1024,
    maxAgeMillis: Infinity,
    sync: 'none',
    resource: () => new Uint8Array(0),
    isThread: false,
    send: ({ records }, onSettled) => onSettled([{ count: records }]),
    isBusy: () => false,
    warn: (line) => void process.stderr.write(`${line}\n`),
    ...options,
  })
}

function measureEmit(folder: string): Record<string, number> {
  const withSpool = (sync: SpoolOptions['sync']): Logger => createLogger(createSpool(join(folder, sync), { sync }))
  const none = createLogger(undefined)
  const [spooled, forced, always] = [withSpool('none'), withSpool('interval'), withSpool('always')]
  const durable = { ...ATTRIBUTES, 'plutus.data.class': 'payment' }
  const ordinary = { ...ATTRIBUTES, 'plutus.data.class': 'application' }
  const contestants: [string, Logger, Record<string, unknown>, number][] = [
    ['durable', spooled, durable, RECORDS],
    ['durable, forced to the disk every second', forced, durable, RECORDS],
    ['durable, forced to the disk before the call returns', always, durable, FORCED_RECORDS],
    ['durable, no spool', none, durable, RECORDS],
    ['ordinary', spooled, ordinary, RECORDS],
    ['ordinary, no spool', none, ordinary, RECORDS],
  ]
  const micros = contestants.map(([, , , records]) => new Float64Array(ROUNDS * records))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, [, logger, attributes, records]] of contestants.entries()) {
      for (let i = 0; i < records; i++) {
        const start = performance.now()
        logger.emit({ severityNumber: 9, body: 'payment completed', attributes })
        ;(micros[at] as Float64Array)[round * records + i] = (performance.now() - start) * 1000
      }
    }
  }
  return Object.fromEntries(
    contestants.flatMap(([name], at) => {
      const sorted = (micros[at] as Float64Array).sort()
      return [
        [`${name}, p50 µs`, sorted[sorted.length >> 1] ?? 0],
        [`${name}, p99 µs`, sorted[Math.floor(sorted.length * 0.99)] ?? 0],
      ]
    }),
  )
}

/** Leaves records on disk, as a process that is killed does, and has another one deliver them. */
async function measureReplay(folder: string, port: number): Promise<Record<string, number>> {
  const before = join(folder, 'before')
  const logger = createLogger(createSpool(before), false)
  const attributes = { ...ATTRIBUTES, 'plutus.data.class': 'payment', text: 'x'.repeat(Number(process.argv[3] ?? 50)) }
  const quiet = createLogger(undefined)
  for (let i = 0; i < REPLAYED; i++) logger.emit({ severityNumber: 9, body: 'payment completed', attributes })
  const left = join(folder, 'left')
  cpSync(before, left, { recursive: true })
  for (const name of readdirSync(left)) {
    const lease = join(left, name, 'lease')
    writeFileSync(lease, readFileSync(lease, 'utf8').replace(/"start":"\d+"/, '"start":"1"')) // its process is gone
  }

  const losses = new Losses(() => {})
  const pool = createBufferPool()
  const settings = {
    kind: 'otlp',
    protocol: 'http/protobuf',
    url: new URL(`http://127.0.0.1:${port}/v1/logs`),
    headers: {},
    timeoutMillis: 10_000,
    gzip: false,
    tls: {},
    names: { endpoint: '', headers: '', protocol: '', timeout: '', certificate: '', batchSize: '' },
  } as const
  const pipeline = new ExportPipeline({
    settings: {
      targets: [{ signal: 'logs', settings, giveUpAfterMillis: Infinity }],
      resource: new Uint8Array(0),
      userAgent: 'bench',
    },
    thread: process.argv[4] === 'worker' ? 'worker' : 'main',
    worker: { file: new URL('../delivery/worker.test.support.ts', import.meta.url), env: {} },
    maxBytes: 32 * 1024 * 1024,
    maxRecords: {},
    pool,
    losses,
    warn: () => {},
  })
  let replayed = 0
  const done = Promise.withResolvers<void>()
  let firstAt = 0
  const emits: number[] = []
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const emitNow = (): void => {
    const start = performance.now()
    for (let i = 0; i < 10; i++) quiet.emit({ severityNumber: 9, body: 'payment completed', attributes })
    emits.push(((performance.now() - start) / 10) * 1000)
  }
  const idleDelay = monitorEventLoopDelay({ resolution: 1 })
  idleDelay.enable()
  const idle = setInterval(emitNow, 1)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  clearInterval(idle)
  idleDelay.disable()
  const idleEmits = emits.splice(0).sort((a, b) => a - b)
  const spool = createSpool(left, {
    send: (batch, onSettled) => {
      firstAt ||= performance.now()
      pipeline.replay(batch, (outcomes) => {
        replayed += outcomes.reduce((sum, { count, reason }) => sum + (reason === undefined ? count : 0), 0)
        if (replayed >= REPLAYED) done.resolve()
        onSettled(outcomes)
      })
    },
    times: { renew: 20, trust: 60, dead: 100, scan: 50 },
  })
  delay.enable()
  const live = setInterval(emitNow, 1)
  spool.begin()
  await Promise.race([done.promise, new Promise((resolve) => setTimeout(resolve, 100_000).unref())])
  const seconds = (performance.now() - firstAt) / 1000
  clearInterval(live)
  delay.disable()
  emits.sort((a, b) => a - b)
  strictEqual(replayed, REPLAYED)
  return {
    'replayed records a second': replayed / seconds,
    'emit beside it, p99 µs': p99(emits),
    'emit without it, p99 µs': p99(idleEmits),
    'event loop delay beside it, p99 ms': delay.percentile(99) / 1e6,
    'event loop delay without it, p99 ms': idleDelay.percentile(99) / 1e6,
  }
}

function p99(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0
}
