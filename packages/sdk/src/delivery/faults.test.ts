import { startReceiver } from '@plutus/test-kit'
import type { Fault, Receiver } from '@plutus/test-kit'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createPipeline, settingsFor } from './pipeline.test.helper.ts'
import type { OtlpSettings } from './settings.ts'

vi.setConfig({ testTimeout: 60_000 })

const WAIT_MILLIS = 20_000
const RECORDS = Array.from({ length: 100 }, (_none, i) => String(i))

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

const urlFor = (protocol: OtlpSettings['protocol']): string =>
  protocol === 'grpc' ? receiver.grpcUrl : receiver.httpUrl
const arrived = (): number[] => receiver.logs.map(({ body }) => Number(body)).sort((a, b) => a - b)
const ALL = RECORDS.map(Number)

type Rig = ReturnType<typeof createPipeline>

/** Sends the records in ten batches. */
function sendAll({ send }: Rig): void {
  for (let i = 0; i < RECORDS.length; i += 10) send(...RECORDS.slice(i, i + 10))
}

/** What was not exported within a flush is given up, as at the end of a process. */
async function end({ pipeline }: Rig): Promise<void> {
  await pipeline.flush(WAIT_MILLIS)
  pipeline.finish(0)
}

// Each protocol with one of the two threads: what differs by thread is in export-pipeline.test.ts.
describe.each([
  ['http/protobuf', 'worker'],
  ['grpc', 'main'],
] as const)('over %s from the %s thread', (protocol, thread) => {
  const createRig = (url: string) => createPipeline(settingsFor(url, protocol), { thread })

  it.each<[what: string, fault: Fault, times: number]>([
    ['is slow', { delayMillis: 100 }, Infinity],
    ['answers 429 and asks to wait', { status: 429, retryAfter: 1 }, 1],
    ['answers 503', { status: 503 }, 1],
    ['resets connections in the middle of a body', { reset: 'mid-body' }, 1],
    ['resets connections before a body', { reset: 'before-body' }, 2],
  ])('all arrives, once, where the endpoint %s', async (_what, fault, times) => {
    let left = times
    receiver.respond(() => (left-- > 0 ? fault : undefined))
    const rig = createRig(urlFor(protocol))
    sendAll(rig)
    // A flush ends at the first failure; what is kept is sent by the next one, unless the endpoint asked to wait.
    await vi.waitFor(
      async () => {
        await rig.pipeline.flush(WAIT_MILLIS)
        expect(rig.pipeline.unsentBytes).toBe(0)
      },
      { timeout: WAIT_MILLIS },
    )
    expect(arrived()).toEqual(ALL)
    expect(rig.counts).toEqual({ exported: 100 })
  })

  it.each<[what: string, fault: Fault, counts: Record<string, number>]>([
    ['takes only a part', { partialSuccess: { rejected: 3 } }, { exported: 70, rejected: 30 }],
    ['refuses the credentials', { status: 401 }, { refused: 100 }],
    ['fails in itself', { status: 500 }, { refused: 100 }],
    ['refuses any size', { status: 413 }, { refused: 100 }],
    ['takes nothing of it for telemetry', { status: 400 }, { refused: 100 }],
    ['is busy to the end', { status: 503 }, { refused: 100 }],
  ])('every loss is counted where the endpoint %s', async (_what, fault, counts) => {
    receiver.respond(fault)
    const rig = createRig(urlFor(protocol))
    sendAll(rig)
    await end(rig)
    expect(rig.counts).toEqual(counts)
    expect(rig.lines.filter((line) => line.startsWith('Telemetry lost: '))).toHaveLength(1)
  })

  it.each<[what: string, url: () => string, line: RegExp]>([
    ['refuses connections', () => 'http://127.0.0.1:1', /cannot be reached \(ECONNREFUSED\)/],
    ['has no address', () => 'http://telemetry.invalid:4318', /cannot be reached \((?:ENOTFOUND|EAI_AGAIN)\)/],
  ])('every loss is counted and told where the endpoint %s', async (_what, url, line) => {
    const rig = createRig(url())
    sendAll(rig)
    await end(rig)
    expect(rig.counts).toEqual({ unreachable: 100 })
    expect(rig.lines).toEqual([expect.stringMatching(line), 'Telemetry lost: log records 100 (endpoint not reachable)'])
  })

  it('every loss is counted and told where nothing vouches for the certificate', async () => {
    const secure = await startReceiver({ tls: 'server' })
    try {
      const rig = createRig(protocol === 'grpc' ? secure.grpcUrl : secure.httpUrl)
      sendAll(rig)
      await end(rig)
      expect(secure.logs).toEqual([])
      expect(rig.counts).toEqual({ unreachable: 100 })
      expect(rig.lines[0]).toMatch(/^the certificate of .* is not trusted/)
    } finally {
      await secure.close()
    }
  })

  it('what is on its way when another request is refused is waited for, and not counted as lost', async () => {
    let requests = 0
    receiver.respond(() => {
      const at = requests++
      return at === 1 || at > 4 ? { status: 503 } : { delayMillis: at * 100 }
    })
    const rig = createRig(urlFor(protocol))
    rig.send('0')
    await rig.pipeline.flush(WAIT_MILLIS)
    for (const body of ['1', '2', '3', '4']) rig.send(body)
    await end(rig)
    await vi.waitFor(() => expect(receiver.requests.length).toBeGreaterThan(4))
    expect(rig.counts).toEqual({ exported: 4, process_end: 1 })
    expect(arrived()).toHaveLength(4)
  })

  it.each([
    ['takes nothing of this size', 413],
    ['takes nothing with a record that it does not understand', 400],
  ])('what is divided arrives where the endpoint %s', async (_what, status) => {
    // Nothing of the first request is accepted, and each half is.
    let requests = 0
    receiver.respond(() => (requests++ === 0 ? { status } : undefined))
    const rig = createRig(urlFor(protocol))
    rig.send(...RECORDS)
    await rig.pipeline.flush(WAIT_MILLIS)
    expect(receiver.requests.map(({ items }) => items)).toEqual([0, 50, 50])
    expect(arrived()).toEqual(ALL)
    expect(rig.counts).toEqual({ exported: 100 })
    expect(rig.lines).toEqual([])
  })

  it('what is divided for what is in it is not divided again, and the half that is refused is counted', async () => {
    let requests = 0
    receiver.respond(() => (requests++ < 2 ? { status: 400 } : undefined))
    const rig = createRig(urlFor(protocol))
    rig.send(...RECORDS.slice(0, 5))
    await rig.pipeline.flush(WAIT_MILLIS)
    expect(receiver.requests.map(({ items }) => items)).toEqual([0, 0, 2])
    expect(arrived()).toEqual([3, 4])
    expect(rig.counts).toEqual({ exported: 2, refused: 3 })
  })

  it('all arrives, in its order, at an endpoint that takes little at once, and the next batch is asked for less', async () => {
    const small = await startReceiver({ maxBodyBytes: 20_000 })
    onTestFinished(() => small.close())
    const rig = createRig(protocol === 'grpc' ? small.grpcUrl : small.httpUrl)
    const bodies = Array.from({ length: 200 }, (_none, i) => `${i} `.padEnd(1000, '.'))
    rig.send(...bodies.slice(0, 100))
    await rig.pipeline.flush(WAIT_MILLIS)
    const statuses = small.requests.map(({ status }) => status)
    // 100 and 50 records of a kilobyte are too many, and so are 25.
    expect(statuses.filter((status) => status !== 200)).toEqual([413, 413, 413])
    rig.send(...bodies.slice(100))
    await rig.pipeline.flush(WAIT_MILLIS)
    expect(small.requests.slice(statuses.length).every(({ status }) => status === 200)).toBe(true)
    expect(small.logs.map(({ body }) => body)).toEqual(bodies)
    expect(rig.counts).toEqual({ exported: 200 })
    expect(rig.lines).toEqual([])
  })

  it('the record that is too large by itself is counted and told, and the others arrive', async () => {
    const small = await startReceiver({ maxBodyBytes: 20_000 })
    onTestFinished(() => small.close())
    const rig = createRig(protocol === 'grpc' ? small.grpcUrl : small.httpUrl)
    rig.send('1', '2', '3'.repeat(20_000), '4', '5')
    await end(rig)
    expect(small.logs.map(({ body }) => body)).toEqual(['1', '2', '4', '5'])
    expect(rig.counts).toEqual({ exported: 4, refused: 1 })
    expect(rig.lines[0]).toMatch(/ refuses single records for their size \((?:413|RESOURCE_EXHAUSTED)\); see its limit/)
  })

  it('an endpoint that calls everything too large is asked a few times for a batch, not for each record', async () => {
    receiver.respond({ status: 413 })
    const rig = createRig(urlFor(protocol))
    rig.send(...Array.from({ length: 1000 }, (_none, i) => String(i).padEnd(100, '.')))
    await rig.pipeline.flush(WAIT_MILLIS)
    expect(rig.counts).toEqual({ refused: 1000 })
    expect(receiver.requests.length).toBeLessThan(15)
  })

  it('a single record is not divided', async () => {
    receiver.respond({ status: 413 })
    const rig = createRig(urlFor(protocol))
    rig.send('1')
    await rig.pipeline.flush(WAIT_MILLIS)
    expect(receiver.requests).toHaveLength(1)
    expect(rig.counts).toEqual({ refused: 1 })
  })
})

describe('an outage of ten minutes', () => {
  const MINUTES = 10
  const STEP_MILLIS = 3000

  it.each([
    ['that fits the memory', 64 * 1024 * 1024, 0],
    ['that does not fit the memory', 256 * 1024, 1],
  ])('%s stays within its bound and loses nothing uncounted', async (_what, maxBytes, isLossy) => {
    await receiver.refuse()
    // Connections are refused in real time, which must not be late for the other.
    const settings = settingsFor(receiver.httpUrl, 'http/protobuf', { timeoutMillis: 86_400_000 })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const rig = createPipeline(settings, { thread: 'main', maxBytes })
      const bodies = Array.from({ length: 50 }, (_none, i) => `order ${i} `.padEnd(200, '.'))
      let sent = 0
      let most = 0
      for (let at = 0; at < MINUTES * 60_000; at += STEP_MILLIS) {
        rig.send(...bodies)
        sent += bodies.length
        most = Math.max(most, rig.pipeline.unsentBytes)
        await vi.advanceTimersByTimeAsync(STEP_MILLIS)
      }
      // What is on its way is not dropped: at most one request while the endpoint is away.
      expect(most).toBeLessThanOrEqual(maxBytes + 16 * 1024)
      await receiver.accept()
      vi.useRealTimers()
      await vi.waitFor(
        async () => {
          await rig.pipeline.flush(WAIT_MILLIS)
          expect(rig.pipeline.unsentBytes).toBe(0)
        },
        { timeout: WAIT_MILLIS },
      )
      const { exported = 0, queue_full: dropped = 0, ...others } = rig.counts
      expect([exported + dropped, Math.sign(dropped), others]).toEqual([sent, isLossy, {}])
      expect(receiver.logs).toHaveLength(exported)
      expect(rig.lines.filter((line) => /cannot be reached|takes telemetry again/.test(line))).toHaveLength(2)
    } finally {
      vi.useRealTimers()
    }
  })
})
