import { trace } from '@opentelemetry/api'
import { expect, it, onTestFinished } from 'vitest'
import { captureContext } from './carrier.ts'
import { getContext, setUser, withContext } from './context.ts'
import { getCorrelationId } from './correlation.ts'
import { runJob } from './job.ts'
import { getLogger } from './logger.ts'
import { recordLogs, unreadable } from './recording.test.support.ts'

const records = recordLogs()

it('records the start and the end of a job, and puts its name on everything between', async () => {
  const result = await runJob('settlement', async () => {
    getLogger('settlement').info('Working')
    return 42
  })
  expect(result).toBe(42)
  expect(records.map(({ eventName, body }) => eventName ?? body)).toEqual(['job.started', 'Working', 'job.completed'])
  const ids = new Set(records.map(({ attributes }) => attributes['job.id']))
  expect(ids.size).toBe(1)
  expect(new Set(records.map(({ attributes }) => attributes['correlation.id'])).size).toBe(1)
  expect(records[1]?.attributes).toMatchObject({ 'job.name': 'settlement', 'job.attempt': 1 })
})

it('records a failure with its error and throws it on', async () => {
  const error = new RangeError('no funds')
  await expect(runJob('payout', () => Promise.reject(error), { attempt: 2 })).rejects.toBe(error)
  expect(records.map(({ eventName }) => eventName)).toEqual(['job.retried', 'job.failed'])
  expect(records[1]?.attributes).toMatchObject({
    'job.attempt': 2,
    'error.type': 'RangeError',
    'exception.type': 'RangeError',
    'exception.message': 'no funds',
  })
})

it('goes on with the correlation id and the fields of whoever queued it', () => {
  const carrier = withContext({ 'correlation.id': 'order-17', tenant: 'a' }, captureContext)
  runJob('mail', () => expect(getCorrelationId()).toBe('order-17'), { carrier })
  expect(records.every(({ attributes }) => attributes['tenant'] === 'a')).toBe(true)
})

it('goes on with the context of its caller when nothing was handed over, and gives nothing back to it', () => {
  withContext({ 'correlation.id': 'order-17', tenant: 'a' }, () => {
    runJob('mail', () => {
      setUser({ id: 'robot' })
      expect(getContext()).toMatchObject({ 'correlation.id': 'order-17', tenant: 'a', 'user.id': 'robot' })
    })
    expect(getContext()).toEqual({ 'correlation.id': 'order-17', tenant: 'a' })
  })
})

it('runs the job whatever its options hold, and records it', () => {
  expect(runJob('a', () => 1, null as never)).toBe(1)
  expect(runJob('b', () => 2, { fields: unreadable('tenant'), id: Symbol('id') as never })).toBe(2)
  expect(records.map(({ eventName }) => eventName)).toEqual([
    'job.started',
    'job.completed',
    'job.started',
    'job.completed',
  ])
  expect(runJob('c', () => 3, unreadable('carrier'))).toBe(3)
  expect(records[3]?.attributes).toMatchObject({ tenant: '[unreadable]', 'job.id': 'Symbol(id)' })
})

it('runs the job without a span when the tracer throws', () => {
  const getTracer = (): never => {
    throw new Error('tracer')
  }
  trace.setGlobalTracerProvider({ getTracer })
  onTestFinished(() => trace.disable())
  expect(runJob('mail', () => 3)).toBe(3)
  expect(records.map(({ eventName }) => eventName)).toEqual(['job.started', 'job.completed'])
})
