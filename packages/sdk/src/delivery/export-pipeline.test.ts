import { startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline as connectStreams } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
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

describe('what has left the main thread as a whole when the process ends', () => {
  /** Ends when the receiver has read a request that it has not answered yet. */
  const endUnanswered = async (kind: 'send' | 'sendDurable', millis: number): Promise<readonly string[]> => {
    let asked = 0
    receiver.respond(() => {
      asked++
      return { delayMillis: 200 }
    })
    const rig = createPipeline(settingsFor('http/protobuf'), { thread: 'main' })
    rig[kind]('record')
    void rig.pipeline.flush(WAIT_MILLIS)
    await receiver.waitFor(() => asked === 1)
    await new Promise((resolve) => setImmediate(resolve))
    rig.pipeline.finish(millis)
    return rig.lines
  }

  it('is not sent again', async () => {
    expect(await endUnanswered('send', WAIT_MILLIS)).toEqual([])
    await receiver.waitFor(() => receiver.logs.length === 1)
    expect(receiver.requests).toHaveLength(1)
  })

  it('is sent again where it is durable, since receivers know such records', async () => {
    // The receiver is on this thread, which is blocked meanwhile.
    await endUnanswered('sendDurable', 300)
    await receiver.waitFor(() => receiver.logs.length === 2)
    expect(bodies()).toEqual(['record', 'record'])
  })
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
