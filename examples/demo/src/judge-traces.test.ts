import { builtInPolicy } from '@plutus/policy'
import type { ReceivedLog, ReceivedSpan } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import type { Exchange } from './checkout-client.ts'
import { isAsSampled, judgeTraces } from './judge-traces.ts'

const policy = { ...builtInPolicy(), sampling: { ...builtInPolicy().sampling, rate: 0.5 } }
const OK = { code: 'OK' }
const span = (traceId: string, spanId: string, more: object = {}): ReceivedSpan =>
  ({
    traceId,
    spanId,
    status: OK,
    events: [],
    attributes: { 'correlation.id': `c-${traceId}` },
    ...more,
  }) as unknown as ReceivedSpan
const log = (traceId: string | undefined, dataClass: string, severityNumber = 9): ReceivedLog =>
  ({
    traceId,
    severityNumber,
    body: `${traceId} was told`,
    resource: { 'plutus.data.class': dataClass },
    attributes: { 'correlation.id': `c-${traceId}` },
  }) as unknown as ReceivedLog
const request = (traceId: string): Exchange => ({ correlationId: `c-${traceId}` }) as Exchange

it('finds a trace that is missing though a record tells of it', () => {
  const logs = [log('a', 'payment'), log('b', 'application', 13), log('c', 'application'), log(undefined, 'audit')]
  const both = judgeTraces(policy, { spans: [span('a', '1'), span('b', '2')], logs }, [])
  expect(both.kept).toEqual({ told: 2, arrived: 2, missing: [] })
  const one = judgeTraces(policy, { spans: [span('a', '1')], logs }, [])
  expect(one.kept).toEqual({ told: 2, arrived: 1, missing: ['b was told'] })
})

it('finds a trace that is torn', () => {
  const whole = judgeTraces(policy, { spans: [span('a', '1'), span('a', '2', { parentSpanId: '1' })], logs: [] }, [])
  expect(whole.torn).toBe(0)
  const torn = judgeTraces(policy, { spans: [span('a', '2', { parentSpanId: '1' })], logs: [] }, [])
  expect(torn.torn).toBe(1)
})

it('counts the requests that nothing keeps, and sees when far too many or too few of them arrive', () => {
  const names = Array.from({ length: 100 }, (_, n) => `t${n}`)
  const exchanges = [...names, 'paid', 'failed'].map(request)
  const kept = [span('paid', 'p'), span('failed', 'f', { status: { code: 'ERROR' } })]
  const judge = (count: number) =>
    judgeTraces(
      policy,
      { spans: [...kept, ...names.slice(0, count).map((name) => span(name, name))], logs: [log('paid', 'payment')] },
      exchanges,
    )
  expect(judge(50)).toMatchObject({ arrived: 52, others: { made: 100, arrived: 50 } })
  expect([24, 25, 75, 76].map((count) => isAsSampled(judge(count)))).toEqual([false, true, true, false])
})
