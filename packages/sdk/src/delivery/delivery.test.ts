import { expect, it } from 'vitest'
import { Delivery } from './delivery.ts'
import { EndpointHealth } from './endpoint-health.ts'
import type { Failure } from './delivery.ts'
import { Tally } from './losses.ts'
import { settingsFor } from './pipeline.test.helper.ts'
import type { Answer, Attempt, Hold } from './transport.ts'

interface AttemptState {
  waitedMillis: number
  isWritten: boolean
  hold: Hold
}

/** A delivery whose attempts hang until they are answered or aborted. */
function createDelivery(state: Partial<AttemptState> = {}, timeoutMillis = 10_000) {
  const { waitedMillis = 0, isWritten = false, hold = 'nothing' } = state
  const lines: string[] = []
  const failures: Failure[] = []
  const aborts: string[] = []
  const answers: ((answer: Answer) => void)[] = []
  const send = (): Attempt => {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    answers.push(resolve)
    return {
      answer: promise,
      hold: () => hold,
      isWritten: () => isWritten,
      isReading: () => !isWritten,
      hear: () => 'later',
      waitedMillis: () => waitedMillis,
      abort: (problem) => void aborts.push(problem),
    }
  }
  const losses = new Tally()
  const delivery = new Delivery(
    {
      settings: settingsFor('http://collector', 'http/protobuf', { timeoutMillis }),
      signal: 'logs',
      transport: { send },
    },
    Infinity,
    () => 0,
    {
      health: new EndpointHealth((line) => lines.push(line), 'is lost'),
      losses,
      onFailure: (_signal, failure) => failures.push(failure),
    },
  )
  return { delivery, lines, failures, aborts, answers, losses }
}

const PARCEL = { body: [new Uint8Array(1)], count: 1 }
const BUSY: Answer = { ok: false, problem: 'busy', retryable: true }

it.each([
  [199, false, [], 0],
  [200, true, ['timeout'], 0],
  [999, true, ['timeout'], 0],
  [1000, true, ['timeout'], 1],
])('takes %d ms without an answer for silence: %s', (waitedMillis, isVain, problems, told) => {
  const { delivery, lines, failures } = createDelivery({ waitedMillis })
  void delivery.deliver(PARCEL)
  expect(delivery.stopWaiting()).toBe(isVain)
  expect(failures.map(({ problem }) => problem)).toEqual(problems)
  expect(lines).toHaveLength(told)
})

it('tells a time-out that is shorter than what counts as silence otherwise', () => {
  const { delivery, lines } = createDelivery({ waitedMillis: 300 }, 300)
  void delivery.deliver(PARCEL)
  delivery.stopWaiting()
  expect(lines).toEqual([expect.stringContaining('does not answer')])
})

it.each([
  [199, 'aborted'],
  [200, 'timeout'],
])('ends what holds the process after %d ms as %s', (waitedMillis, problem) => {
  const { delivery, aborts } = createDelivery({ waitedMillis, hold: 'request' })
  void delivery.deliver(PARCEL)
  delivery.stopWaiting()
  expect(aborts).toEqual([problem])
})

it.each<[what: string, state: Partial<AttemptState>, isKept: boolean, trusted: boolean[]]>([
  ['that is written', { isWritten: true, waitedMillis: 199 }, false, [true]],
  ['that is written, but unanswered for a while', { isWritten: true, waitedMillis: 200 }, false, [false]],
  ['that is written, but unanswered for almost a second', { isWritten: true, waitedMillis: 999 }, false, [false]],
  ['that is written in part', { isWritten: false }, false, []],
  ['that is written in part, and kept', { isWritten: false }, true, []],
  ['that is written, but unanswered for long', { isWritten: true, waitedMillis: 1000 }, false, []],
  ['that is written, but unanswered for long, and kept', { isWritten: true, waitedMillis: 1000 }, true, [false]],
])('at the end looks at a request %s', (_what, state, isKept, trusted) => {
  const { delivery, aborts } = createDelivery(state)
  void delivery.deliver(PARCEL)
  expect(delivery.cut(() => isKept).map(({ isTrusted }) => isTrusted)).toEqual(trusted)
  expect(aborts).toEqual(trusted.length > 0 ? [] : ['aborted'])
})

it.each<[what: string, answer: Answer, isOver: boolean, outcomes: unknown[]]>([
  ['that takes it', { ok: true, body: new Uint8Array() }, true, [{ count: 1 }]],
  ['for later', BUSY, false, []],
  ['to parts of it', { ok: false, problem: 'too-large', retryable: false, divisible: 'to-fit' }, false, []],
  ['that refuses it', { ok: false, problem: 'credentials', retryable: false }, true, [{ reason: 'refused', count: 1 }]],
])('at the end takes an answer %s', (_what, answer, isOver, outcomes) => {
  const { delivery, losses } = createDelivery({ isWritten: true })
  void delivery.deliver(PARCEL)
  const [cut] = delivery.cut(() => true)
  expect(cut && delivery.conclude(cut, answer)).toBe(isOver)
  expect(losses.outcomes).toEqual(outcomes)
})

it.each<[what: string, answer: Answer, found: unknown[]]>([
  ['that has refused another one', BUSY, [expect.objectContaining({ isTrusted: false })]],
  ['that could not be reached', { ok: false, problem: 'unreachable', retryable: true }, []],
])('at the end trusts no request to an endpoint %s', async (_what, answer, found) => {
  const { delivery, answers } = createDelivery({ isWritten: true })
  void delivery.deliver(PARCEL)
  answers[0]?.(answer)
  await delivery.hurry()
  void delivery.hurry()
  // The pause is over; the next attempt is on its way.
  await Promise.resolve()
  void delivery.deliver(PARCEL)
  expect(delivery.cut(() => false)).toEqual(found)
  expect(delivery.cut(() => true)).toEqual([expect.objectContaining({ isTrusted: false })])
})

it('goes on for those who wait where one request is refused for what is in it', async () => {
  const { delivery, answers, losses } = createDelivery()
  const first = delivery.deliver(PARCEL)
  const second = delivery.deliver({ ...PARCEL, count: 2 })
  let isOver = false
  void delivery.hurry().then(() => (isOver = true))
  answers[0]?.({ ok: false, problem: 'refused', retryable: false, divisible: 'once' })
  expect(await first).toBe('refused')
  expect(isOver).toBe(false)
  answers[1]?.({ ok: true, body: new Uint8Array() })
  expect(await second).toBeUndefined()
  expect(losses.outcomes).toEqual([{ reason: 'refused', count: 1, isForGood: true }, { count: 2 }])
})

it.each(['credentials', 'missing', 'protocol'] as const)(
  'leaves those who wait where the endpoint fails by %s',
  async (problem) => {
    const { delivery, answers } = createDelivery()
    void delivery.deliver(PARCEL)
    const hurried = delivery.hurry()
    answers[0]?.({ ok: false, problem, retryable: false })
    await expect(hurried).resolves.toBeUndefined()
  },
)

it('takes no wait for vain while nothing has failed', async () => {
  const { delivery, answers } = createDelivery()
  expect(delivery.stopWaiting()).toBe(false)
  void delivery.deliver(PARCEL)
  const failed = delivery.hurry()
  answers[0]?.(BUSY)
  await failed
  // The pause begins in the same turn.
  await Promise.resolve()
  expect(delivery.stopWaiting()).toBe(true)
})

it.each([
  [200, true],
  [199, false],
])('after %d ms of silence ends the wait of who began it just before: %s', async (waitedMillis, isOver) => {
  const { delivery, answers } = createDelivery({ waitedMillis })
  const delivered = delivery.deliver(PARCEL)
  let isReleased = false
  void delivery.hurry().then(() => (isReleased = true))
  delivery.stopWaiting()
  await Promise.resolve()
  expect(isReleased).toBe(isOver)
  answers[0]?.({ ok: true, body: new Uint8Array() })
  await delivered
})
