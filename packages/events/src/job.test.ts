import { expect, it } from 'vitest'
import { captureContext } from './carrier.ts'
import { withContext } from './context.ts'
import { getCorrelationId } from './correlation.ts'
import { runJob } from './job.ts'
import { getLogger } from './logger.ts'
import { recordLogs } from './recording.test.support.ts'

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
