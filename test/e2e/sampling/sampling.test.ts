import { isFull, NODES, runProgram, startReceiver } from '@plutus/test-kit'
import type { Receiver, TestNode } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { namesOf, startService, sumBy, tracesOf } from './service.ts'
import type { RunningService } from './service.ts'

const NEWEST = NODES.at(-1) as TestNode
const RUNS = isFull ? NODES : [NEWEST]
const RATE = 0.2
const PLAIN = 500
const OUTSIDE = 1000
const TIMES = 5

const EACH = ['SERVER', 'read', 'write', 'written']
// What each request of a path leaves beside that, whatever the rate.
const KEPT: readonly (readonly [path: string, rest: readonly string[]])[] = [
  ['/fails', []],
  ['/throws', ['throw']],
  ['/warns', ['beware']],
  ['/pays', ['paid']],
  ['/slow', ['http.request.slow']],
  ['/later', ['late']],
  ['/calls', ['CLIENT', ...EACH]],
  ['/task-fails', ['task', 'in the thread']],
  ['/task', ['task', 'in the thread']],
]
const TOLD_HEAD = `${'1'.repeat(18)}${'0'.repeat(13)}1`
const TOLD_TAIL = `${'2'.repeat(18)}${'f'.repeat(14)}`
const UNSAMPLED = '3'.repeat(32)
const parentOf = (traceId: string, flags: '00' | '01'): string => `00-${traceId}-00000000000000aa-${flags}`

/** Whether a count of independent draws is what a share of them makes; a wrong alarm in a billion runs. */
function expectShare(count: number, draws: number, share: number): void {
  expect(Math.abs(count - draws * share)).toBeLessThan(6 * Math.sqrt(draws * share * (1 - share)))
}

describe.each(RUNS)('on Node $label at a rate of 0.2', (node) => {
  let service: RunningService
  let receiver: Receiver

  beforeAll(async () => {
    service = await startService(node, {
      PLUTUS_SAMPLE_RATE: String(RATE),
      // Nothing else is to be slow on a machine that is.
      PLUTUS_SLOW_REQUEST_MS: '600000',
      PLUTUS_SLOW_REQUEST_ROUTES: '/slow=100',
    })
    ;({ receiver } = service)
    for (const [path] of KEPT) await service.ask(path, TIMES)
    await service.ask('/plain', PLAIN)
    await service.ask('/plain', 1, { traceparent: parentOf(TOLD_HEAD, '01'), tracestate: 'plutus=head,ot=th:c' })
    await service.ask('/plain', 1, { traceparent: parentOf(TOLD_TAIL, '01'), tracestate: 'plutus=tail' })
    await service.ask('/slow', 1, { traceparent: parentOf(UNSAMPLED, '00') })
    service.order('outside')
    await receiver.waitFor(() => receiver.spans.filter(({ name }) => name === 'late').length === TIMES)
    await receiver.waitFor(() => tracesOf(receiver, '/task-fails').length === TIMES)
    // Each request is decided, and each decision told, in the time of the program and not in the haste of its end.
    await receiver.waitFor(() => {
      const dropped = sumBy(receiver, 'plutus.sampling.dropped', 'plutus.signal')['traces'] ?? 0
      return tracesOf(receiver, '/plain').length + dropped / 3 === PLAIN + 2
    })
    await service.end()
  })

  afterAll(async () => await service.stop())

  it.each(KEPT)('sends each request of %s whole', (path, rest) => {
    const traces = tracesOf(receiver, path)
    expect(traces).toHaveLength(TIMES)
    for (const trace of traces) expect(namesOf(trace)).toEqual([...EACH, ...rest].toSorted())
  })

  it('sends the stated share of all else, and nothing in parts', () => {
    const traces = tracesOf(receiver, '/plain').filter(({ traceId }) => traceId !== TOLD_HEAD)
    for (const trace of traces) expect(namesOf(trace)).toEqual(EACH)
    expectShare(traces.length, PLAIN, RATE)
    expectShare(receiver.logs.filter(({ body }) => body === 'outside').length, OUTSIDE, RATE)
    expect(receiver.logs.filter(({ body }) => body === 'the last word')).toHaveLength(1)
  })

  it('marks every span of a trace that its root chose, and says the threshold', () => {
    const chosen = tracesOf(receiver, '/plain').filter(({ traceId }) => traceId !== TOLD_HEAD)
    for (const { spans } of chosen) {
      for (const { attributes, traceState } of spans) {
        expect([attributes['plutus.keep.head'], traceState]).toEqual([true, 'plutus=head,ot=th:cccd'])
      }
    }
  })

  it('marks at least one span of a trace that was kept late, and none of it as chosen', () => {
    const late = KEPT.flatMap(([path]) => tracesOf(receiver, path)).filter(({ spans }) =>
      spans.some(({ attributes }) => attributes['plutus.keep.head'] !== true),
    )
    expect(late.length).toBeGreaterThan(0)
    for (const { spans } of late) {
      expect(spans.filter(({ attributes }) => attributes['plutus.keep.head'] === true)).toEqual([])
      expect(spans.filter(({ attributes }) => attributes['plutus.keep'] === true)).not.toEqual([])
    }
  })

  it('follows what the service before it has decided', () => {
    const spans = receiver.spans.filter(({ traceId }) => traceId === TOLD_HEAD)
    expect(spans.map(({ attributes }) => attributes['plutus.keep.head'])).toEqual([true, true, true])
    expect(receiver.spans.filter(({ traceId }) => traceId === TOLD_TAIL)).toEqual([])
    expect(receiver.spans.filter(({ traceId }) => traceId === UNSAMPLED)).toEqual([])
  })

  it('measures and tells as exactly as without sampling', () => {
    const requests = PLAIN + KEPT.length * TIMES + TIMES + 3
    const durations = Object.values(sumBy(receiver, 'http.server.request.duration', 'http.request.method'))
    expect(durations).toEqual([requests])
    const slow = receiver.logs.filter(({ eventName }) => eventName === 'http.request.slow')
    expect(slow.map(({ traceId }) => traceId)).toContain(UNSAMPLED)
    expect(slow).toHaveLength(TIMES + 1)
  })

  it('counts what it sent and dropped, and what it could not keep whole', () => {
    const dropped = sumBy(receiver, 'plutus.sampling.dropped', 'plutus.signal')
    const plain = tracesOf(receiver, '/plain').length
    expect(dropped['traces']).toBe(3 * (PLAIN + 2 - plain))
    expect(dropped['logs']).toBe(
      PLAIN + 2 - plain + OUTSIDE - receiver.logs.filter(({ body }) => body === 'outside').length,
    )
    expect(sumBy(receiver, 'plutus.sampling.torn', '')).toEqual({ undefined: 0 })
    expect(Object.keys(sumBy(receiver, 'plutus.telemetry.dropped', 'plutus.drop.reason'))).toEqual([])
  })
})

describe('under load', () => {
  it('lowers the rate of what is ordinary, and of nothing that matters', async () => {
    const service = await startService(NEWEST, { PLUTUS_SAMPLE_ADAPTIVE: '1' })
    const { receiver } = service
    try {
      service.order('load')
      const rateNow = (): number | undefined => sumBy(receiver, 'plutus.sampling.rate', '')['undefined']
      await receiver.waitFor(() => rateNow() === 0.1, { timeoutMillis: 60_000 })
      await Promise.all([service.ask('/plain', 400), service.ask('/pays', 40), service.ask('/fails', 40)])
      await service.end()
      expectShare(tracesOf(receiver, '/plain').length, 400, 0.1)
      for (const [path, rest] of KEPT.filter(([path]) => path === '/pays' || path === '/fails')) {
        const traces = tracesOf(receiver, path)
        expect(traces).toHaveLength(40)
        for (const trace of traces) expect(namesOf(trace)).toEqual([...EACH, ...rest].toSorted())
      }
    } finally {
      await service.stop()
    }
  })
})

it("says that it does not hold with OpenTelemetry's own SDK", async () => {
  const receiver = await startReceiver()
  try {
    const file = new URL('programs/empty.cjs', import.meta.url).pathname
    const run = async (env: Readonly<Record<string, string>>): Promise<string> =>
      (await runProgram({ file, receiver, env: { PLUTUS_ENGINE: 'upstream', OTEL_LOG_LEVEL: 'warn', ...env } })).stderr
    expect(await run({ PLUTUS_SAMPLE_RATE: '0.5' })).toMatch(
      /PLUTUS_SAMPLE_RATE .+ have no effect with OpenTelemetry's own SDK$/m,
    )
    expect(await run({ PLUTUS_SAMPLE_RATE: '1' })).toBe('')
  } finally {
    await receiver.close()
  }
})
