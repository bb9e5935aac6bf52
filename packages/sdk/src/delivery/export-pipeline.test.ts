import { ByteBuffer, decodeLogsRequest } from '@plutus/otlp'
import type { BufferPool } from '@plutus/otlp'
import { startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline as connectStreams } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { BatchSpool } from './batch-spool.ts'
import type { PackedBatch } from './packed-batch.ts'
import { createPipeline, settingsFor as settingsOf } from './pipeline.test.helper.ts'
import type { OtlpSettings } from './settings.ts'

vi.setConfig({ testTimeout: 60_000 })

const WAIT_MILLIS = 20_000
let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

function settingsFor(protocol: OtlpSettings['protocol'], endpoint?: string): OtlpSettings {
  return settingsOf(endpoint ?? (protocol === 'grpc' ? receiver.grpcUrl : receiver.httpUrl), protocol)
}

/** A receiver of one request that reads it as a whole, after its answer or before. */
async function startRawReceiver(answersAtOnce: boolean) {
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'
  const { promise, resolve } = Promise.withResolvers<Socket>()
  const chunks: Buffer[] = []
  let missing = Infinity
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      if (missing === Infinity) {
        const head = Buffer.concat(chunks).toString('latin1')
        const headBytes = head.indexOf('\r\n\r\n') + 4
        if (headBytes < 4) return
        missing = headBytes + Number(/content-length: (\d+)/i.exec(head)?.[1])
        chunks.splice(0, chunks.length, Buffer.concat(chunks))
        if (answersAtOnce) {
          socket.pause()
          socket.write(answer)
        }
        resolve(socket)
      }
      if (size() === missing && !answersAtOnce) socket.write(answer)
    })
  })
  const size = (): number => chunks.reduce((sum, { length }) => sum + length, 0)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Settles when the head of the request has come, and is answered if it is to be answered at once. */
    begun: promise,
    /** Reads what is left, and returns the body. */
    received: async (): Promise<Uint8Array> => {
      const socket = await promise
      onTestFinished(() => void socket.destroy())
      socket.resume()
      await vi.waitFor(() => expect(size()).toBe(missing), { timeout: WAIT_MILLIS, interval: 20 })
      const all = Buffer.concat(chunks)
      return all.subarray(all.indexOf('\r\n\r\n') + 4)
    },
  }
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

  it('waits in a flush for nothing that comes after it', async () => {
    const url = 'http://127.0.0.1:1'
    const settings = settingsFor('http/protobuf', url)
    const { pipeline, send, push } = createPipeline(settings, { thread })
    send('first')
    const flushed = pipeline.flush(600_000)
    push({
      signal: 'metrics',
      isDurable: false,
      bytes: new Uint8Array(1),
      scopes: [],
      runs: new Uint32Array(),
      records: 1,
    })
    await flushed
    expect(pipeline.unsentBytes).toBeGreaterThan(0)
  })

  it.each([
    ['once it is written', false],
    ['not before it is written where the answer comes earlier', true],
  ])('memory of a batch is lent again %s', async (_what, answersAtOnce) => {
    const server = await startRawReceiver(answersAtOnce)
    const released: ArrayBuffer[] = []
    const pool: BufferPool = {
      acquire: () => new ByteBuffer(),
      release: (buffer) => {
        const memory = buffer instanceof ByteBuffer ? (buffer.bytes.buffer as ArrayBuffer) : buffer
        new Uint8Array(memory).fill(0) // as the next records would
        released.push(memory)
      },
    }
    const settings = settingsOf(server.url, 'http/protobuf', { gzip: false })
    const { pipeline, send } = createPipeline(settings, { thread, pool, maxBytes: 64 * 1024 * 1024 })
    // More than sockets take before somebody reads.
    send(...Array.from({ length: 24 }, (_none, i) => String(i).repeat(500_000)))
    const flushed = pipeline.flush(WAIT_MILLIS)
    await server.begun
    await new Promise((resolve) => setTimeout(resolve, answersAtOnce ? 200 : 0)) // for the answer to be read
    const lentEarly = released.length
    const request = await server.received()
    await flushed
    expect([lentEarly, released.length]).toEqual([0, 1])
    const decoded = decodeLogsRequest(request, { maxBytes: Infinity, maxElements: Infinity })
    const records = decoded.ok ? decoded.value.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs)[0]?.logRecords : []
    expect(records?.map(({ body }, i) => body?.stringValue === String(i).repeat(500_000))).toEqual(
      Array.from({ length: 24 }, () => true),
    )
  })

  it('sends what is left while nothing asynchronous runs any more', () => {
    const { pipeline, send } = createPipeline(settingsFor('http/protobuf', 'http://127.0.0.1:1'), { thread })
    send('lost', 'too')
    pipeline.finish(WAIT_MILLIS)
    expect(pipeline.unsentBytes).toBe(0)
  })
})

describe.runIf(process.platform !== 'win32')('over gRPC to the socket of a file', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plutus socket-'))
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it.each(['worker', 'main'] as const)('brings every batch, with the %s thread', async (thread) => {
    const file = join(folder, 'otel.sock')
    const server = createServer((socket) => {
      const behind = connect(Number(new URL(receiver.grpcUrl).port), '127.0.0.1')
      connectStreams(socket, behind, socket, () => {})
    })
    await new Promise<void>((resolve) => {
      server.listen(file, resolve)
    })
    const rig = createPipeline(settingsFor('grpc', `unix://${file}`), { thread })
    rig.send('1', '2')
    await rig.pipeline.flush(WAIT_MILLIS)
    server.close()
    expect(bodies()).toEqual(['1', '2'])
    expect(rig.lines).toEqual([])
  })

  it('names the file where nobody listens', async () => {
    const file = join(folder, 'absent.sock')
    const rig = createPipeline(settingsFor('grpc', `unix://${file}`), { thread: 'main' })
    rig.send('1')
    await rig.pipeline.flush(WAIT_MILLIS)
    expect(rig.lines).toEqual([expect.stringContaining(`unix://${encodeURI(file)} cannot be reached (ENOENT)`)])
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

it('tells at the end what only the export thread could have sent, where there can be none', () => {
  // A process that Node does not permit to start threads.
  const worker = { file: new URL('https://127.0.0.1/no-thread-runs-this.js'), env: {} }
  const { pipeline, send, lines } = createPipeline(settingsFor('http/protobuf'), { thread: 'main', worker })
  send('1')
  pipeline.finish(WAIT_MILLIS)
  expect(lines).toEqual([
    'The export thread cannot run, so the main thread sends telemetry; see PLUTUS_EXPORT_THREAD',
    'Telemetry lost: log records 1 (the export thread failed)',
  ])
})

it('does not wait at the end for a thread that has failed before', async () => {
  const worker = { file: new URL('data:text/javascript,throw new Error("broken")'), env: {} }
  const { pipeline, send, lines } = createPipeline(settingsFor('http/protobuf'), { worker })
  send('1')
  await pipeline.flush(WAIT_MILLIS)
  send('2')
  pipeline.finish(WAIT_MILLIS)
  expect(bodies()).toEqual(['1'])
  expect(lines.slice(1)).toEqual(['Telemetry lost: log records 1 (the export thread failed)'])
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
  expect(lines).toEqual([
    expect.stringMatching(
      /^Telemetry lost: log records 1 \(the process ended first\); endpoint http:\/\/127\.0\.0\.1:\d+, see E and PLUTUS_EXIT_WAIT_MS$/,
    ),
  ])
})

it('names each endpoint of what it had no time for, without the secrets in it', () => {
  const logs = settingsFor('http/protobuf', 'http://user:secret@127.0.0.1:1/?key=secret')
  const metrics = settingsFor('http/protobuf', 'http://127.0.0.1:2')
  const { send, push, lines, pipeline } = createPipeline(logs, {
    settings: {
      targets: [
        { signal: 'logs', settings: logs, giveUpAfterMillis: Infinity },
        {
          signal: 'metrics',
          settings: { ...metrics, names: { ...metrics.names, endpoint: 'M' } },
          giveUpAfterMillis: Infinity,
        },
      ],
      resource: new Uint8Array(),
      userAgent: 'test',
    },
  })
  send('1')
  push({
    signal: 'metrics',
    isDurable: false,
    bytes: new Uint8Array(1),
    scopes: [],
    runs: new Uint32Array(),
    records: 2,
  })
  pipeline.finish(0)
  expect(lines).toEqual([
    'Telemetry lost: log records 1 (the process ended first), data points 2 (the process ended first); endpoint http://127.0.0.1:1, http://127.0.0.1:2, see E, M and PLUTUS_EXIT_WAIT_MS',
  ])
})

/** A collector on a thread of its own, which answers while this one stands still. */
async function startCollector(status: number, delayMillis: number): Promise<{ url: string; requests: () => number }> {
  const requests = new Int32Array(new SharedArrayBuffer(4))
  const program = `
    const { createServer } = require('node:http')
    const { parentPort, workerData: { requests, status, delayMillis } } = require('node:worker_threads')
    createServer((request, response) => {
      request.resume().on('end', () => {
        Atomics.add(requests, 0, 1)
        setTimeout(() => response.writeHead(status).end(), delayMillis)
      })
    }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port) })
  `
  const server = new Worker(program, { eval: true, workerData: { requests, status, delayMillis } })
  onTestFinished(async () => void (await server.terminate()))
  const [port] = (await once(server, 'message')) as [number]
  return { url: `http://127.0.0.1:${port}`, requests: () => Atomics.load(requests, 0) }
}

/** A spool that takes all but metrics, and remembers how many records that was. */
function createSpool(): { spool: () => BatchSpool; kept: () => number } {
  let kept = 0
  const keep = ({ signal, records }: PackedBatch): boolean => {
    if (signal !== 'metrics') kept += records
    return signal !== 'metrics'
  }
  const spool: BatchSpool = {
    keep,
    store: () => undefined,
    settle: (_ticket, outcomes) => outcomes,
    release: () => true,
    isPart: () => false,
    wake: () => {},
    end: () => {},
    get waiting() {
      return new Map([['logs', kept] as const])
    },
  }
  return { spool: () => spool, kept: () => kept }
}

describe('what has left the main thread as a whole when the process ends', () => {
  const KEPT = 'Telemetry is kept on disk for the next start: log records 1'

  /** Ends when a collector has read a request that it answers after a while. */
  const endUnanswered = async (
    kind: 'send' | 'sendDurable',
    collector: { status: number; delayMillis: number },
    millis: number,
    spool?: () => BatchSpool,
  ): Promise<{ lines: readonly string[]; counts: Readonly<Record<string, number>>; requests: number }> => {
    const { url, requests } = await startCollector(collector.status, collector.delayMillis)
    const rig = createPipeline(settingsFor('http/protobuf', url), { thread: 'main', spool })
    rig[kind]('record')
    void rig.pipeline.flush(WAIT_MILLIS)
    await vi.waitFor(() => expect(requests()).toBe(1))
    rig.pipeline.finish(millis)
    return { lines: rig.lines, counts: rig.counts, requests: requests() }
  }
  const SOON = { status: 200, delayMillis: 200 }
  const NEVER = { status: 200, delayMillis: 600_000 }

  it.each(['send', 'sendDurable'] as const)('is not sent again where its answer comes in time (%s)', async (kind) => {
    const spool = createSpool()
    for (const keeper of [undefined, spool.spool]) {
      expect(await endUnanswered(kind, SOON, WAIT_MILLIS, keeper)).toEqual({
        lines: [],
        counts: { exported: 1 },
        requests: 1,
      })
    }
    expect(spool.kept()).toBe(0)
  })

  it('is taken for arrived where nobody can keep it', async () => {
    expect(await endUnanswered('send', NEVER, 100)).toEqual({ lines: [], counts: {}, requests: 1 })
  })

  it('is kept rather than taken for arrived, and not sent again', async () => {
    for (const kind of ['send', 'sendDurable'] as const) {
      const { spool, kept } = createSpool()
      expect(await endUnanswered(kind, NEVER, 100, spool)).toEqual({ lines: [KEPT], counts: {}, requests: 1 })
      expect(kept()).toBe(1)
    }
  })

  it('is sent again where it is durable and nobody can keep it, since receivers know such records', async () => {
    expect(await endUnanswered('sendDurable', NEVER, 2000)).toMatchObject({ requests: 2 })
  })

  it('is lost, and told, where the answer is that it was not taken, and kept where somebody can', async () => {
    const busy = { status: 503, delayMillis: 100 }
    const { lines, counts } = await endUnanswered('send', busy, WAIT_MILLIS)
    expect(lines.at(-1)).toBe('Telemetry lost: log records 1 (refused by the endpoint)')
    expect(counts).toEqual({ refused: 1 })
    const { spool, kept } = createSpool()
    expect((await endUnanswered('send', busy, WAIT_MILLIS, spool)).lines.at(-1)).toBe(KEPT)
    expect(kept()).toBe(1)
  })
})

// Longer than anybody waits here.
const SLEEPS = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000)'

it.each([
  ['and there is no time left', 0],
  ['and it is too late for answers', 99],
  ['and the thread that is to send does not come to its turn', 300],
])('keeps everything but metrics at the end where somebody can, %s', (_when, millis) => {
  for (const thread of ['main', 'worker'] as const) {
    const { spool, kept } = createSpool()
    const worker = { file: new URL(`data:text/javascript,${SLEEPS}`), env: {} }
    const { pipeline, send, sendDurable, push, lines } = createPipeline(settingsFor('http/protobuf'), {
      thread,
      worker,
      spool,
    })
    send('1', '2')
    sendDurable('3')
    const points = { bytes: new Uint8Array(1), scopes: [], runs: new Uint32Array(), records: 4 }
    push({ signal: 'metrics', isDurable: false, ...points })
    pipeline.finish(millis)
    expect(lines).toEqual([
      expect.stringContaining('Telemetry lost: data points 4 (the process ended first); '),
      'Telemetry is kept on disk for the next start: log records 3',
    ])
    expect(kept()).toBe(3)
  }
})

it('hands what waits for an endpoint that fails to the disk in parts, one in each turn of the event loop', async () => {
  receiver.respond({ status: 503 })
  const text = 'x'.repeat(100_000)
  let inTurn = 0
  let stored = 0
  const turns: number[] = []
  const { spool } = createSpool()
  const store = ({ bytes }: PackedBatch): number => {
    inTurn += bytes.length
    return ++stored
  }
  const { pipeline, send, lines } = createPipeline(settingsFor('http/protobuf'), {
    thread: 'main',
    maxBytes: Infinity,
    spool: () => ({ ...spool(), store }),
  })
  for (let i = 0; i < 100; i++) send(text)
  // Nobody knows yet that the endpoint fails, so all of it waits in memory.
  expect(stored).toBe(0)
  const turn = (): void => {
    turns.push(inTurn)
    inTurn = 0
    if (stored < 100) setImmediate(turn)
  }
  turn()
  // Of what waits a mebibyte stays in memory, and the four that are on their way.
  await vi.waitFor(() => expect(pipeline.unsentBytes).toBeLessThan(1.5 * 1024 * 1024))
  expect([stored, lines.length]).toEqual([100, 1])
  // What goes there in one turn, and a batch.
  expect(Math.max(...turns)).toBeLessThan(512 * 1024)
})

it('stores what has not arrived as soon as its endpoint fails, in its order, and settles it there', async () => {
  receiver.respond({ status: 503 })
  const { spool } = createSpool()
  const onDisk: string[] = []
  const settled: unknown[] = []
  const nameOf = ({ runs }: PackedBatch): string => `${(runs[2] ?? 0) % 100}`
  const { pipeline, send, lines, counts } = createPipeline(settingsFor('http/protobuf'), {
    thread: 'main',
    maxBytes: Infinity,
    spool: () => ({
      ...spool(),
      keep: (batch) => onDisk.push(nameOf(batch)) > 0,
      store: (batch) => onDisk.push(`stored ${nameOf(batch)}`),
      settle: (ticket, outcomes) => {
        settled.push([ticket, outcomes])
        return outcomes
      },
    }),
  })
  // Each is one byte longer than the one before.
  const sendNext = (i: number): void => send('x'.repeat(1000 + i))
  sendNext(0)
  await vi.waitFor(() => expect(onDisk).toHaveLength(1))
  const first = Number(/\d+/.exec(onDisk[0] ?? '')?.[0])
  const from = (i: number): string => `${(first + i) % 100}`
  for (let i = 1; i < 6; i++) sendNext(i)
  // Four of them are on their way.
  await vi.waitFor(() => expect(onDisk).toEqual([0, 1, 2, 3, 4, 5].map((i) => `stored ${from(i)}`)))
  expect(lines).toHaveLength(1)
  receiver.respond({})
  await pipeline.flush(WAIT_MILLIS)
  // All of them are sent again at once.
  expect(new Set(settled)).toEqual(new Set([1, 2, 3, 4, 5, 6].map((ticket) => [ticket, [{ count: 1 }]])))
  expect(counts['exported']).toBe(6)
})

it('puts nothing on disk that its endpoint refuses, since it would be refused from there, too', async () => {
  receiver.respond({ status: 404 })
  const { spool, kept } = createSpool()
  const store = vi.fn<BatchSpool['store']>(() => 1)
  const { pipeline, send, counts } = createPipeline(settingsFor('http/protobuf'), {
    thread: 'main',
    spool: () => ({ ...spool(), store }),
  })
  send('first')
  await vi.waitFor(() => expect(counts).toEqual({ refused: 1 }))
  for (let i = 0; i < 9; i++) send('more')
  void pipeline.flush(WAIT_MILLIS)
  await vi.waitFor(() => expect(counts).toEqual({ refused: 10 }))
  expect([kept(), store.mock.calls]).toEqual([0, []])
})

it('leaves in memory what is on disk in part, since it would be sent from there as well', async () => {
  const { spool } = createSpool()
  const released: number[] = []
  const { pipeline, packed, push, lines } = createPipeline(settingsFor('http/protobuf', 'http://127.0.0.1:1'), {
    thread: 'main',
    maxBytes: Infinity,
    spool: () => ({
      ...spool(),
      isPart: (ticket) => ticket > 10,
      release: (ticket) => {
        released.push(ticket)
        return true
      },
    }),
  })
  const text = 'x'.repeat(100_000)
  for (let ticket = 1; ticket <= 30; ticket++) push({ ...packed(text), ticket })
  await vi.waitFor(() => expect(lines).toHaveLength(1))
  push({ ...packed(text), ticket: 31 })
  // The first four are on their way.
  await vi.waitFor(() => expect(released).toEqual([5, 6, 7, 8, 9, 10]))
  await pipeline.flush(WAIT_MILLIS)
  expect(released).toHaveLength(6)
})

it('settles what was read from disk where the event loop does not turn any more', async () => {
  const { url, requests } = await startCollector(200, 200)
  const { spool } = createSpool()
  const { pipeline, packed } = createPipeline(settingsFor('http/protobuf', url), { thread: 'main', spool })
  const outcomes: unknown[] = []
  pipeline.replay(packed('1'), (settled) => outcomes.push(...settled))
  await vi.waitFor(() => expect(requests()).toBe(1))
  pipeline.finish(WAIT_MILLIS)
  expect(outcomes).toEqual([{ count: 1 }])
})

it('waits in a flush for what was read from disk, and lets nothing more be read meanwhile', async () => {
  const { pipeline, packed } = createPipeline(settingsFor('http/protobuf'), { thread: 'main' })
  const outcomes: unknown[] = []
  pipeline.replay(packed('1'), (settled) => outcomes.push(...settled))
  expect(pipeline.isBusy('logs')).toBe(false)
  const flushed = pipeline.flush(WAIT_MILLIS)
  expect(pipeline.isBusy('logs')).toBe(true)
  await flushed
  expect([outcomes, pipeline.isBusy('logs')]).toEqual([[{ count: 1 }], false])
})

it('does not wait again where another signal has waited in vain on the same host', async () => {
  receiver.respond({ hang: true })
  const { pipeline, send, push } = createPipeline(settingsFor('http/protobuf'), { thread: 'main' })
  send('first')
  await pipeline.flush(2000)
  push({
    signal: 'metrics',
    isDurable: false,
    bytes: new Uint8Array(1),
    scopes: [],
    runs: new Uint32Array(),
    records: 1,
  })
  await pipeline.flush(600_000)
  expect(pipeline.unsentBytes).toBeGreaterThan(0)
})

it('makes JSON of a large batch in many turns of the event loop, and one request of it', async () => {
  const { pipeline, send } = createPipeline(settingsFor('http/json'), { thread: 'main' })
  send(...Array.from({ length: 1000 }, (_none, i) => String(i).padStart(100, '0')))
  let turns = 0
  let isOver = false
  const turn = (): void => {
    turns++
    if (!isOver) setImmediate(turn)
  }
  turn()
  await pipeline.flush(WAIT_MILLIS)
  isOver = true
  // More than 100 bytes each, of which at most 8 KiB and a record become JSON in a turn.
  expect(turns).toBeGreaterThan((1000 * 100) / 8300)
  expect(receiver.requests.map(({ items }) => items)).toEqual([1000])
  expect(new Set(bodies()).size).toBe(1000)
})
