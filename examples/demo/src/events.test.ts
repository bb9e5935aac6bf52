import { expect, it } from 'vitest'
import { summarizeEvents } from './events.ts'
import { createLog } from './sample-spans.ts'

const event = (eventName: string, dataClass: string, uid?: string, severityNumber = 9): ReturnType<typeof createLog> =>
  createLog('span', undefined, {
    eventName,
    severityNumber,
    attributes: { 'plutus.data.class': dataClass, ...(uid !== undefined && { 'log.record.uid': uid }) },
  })

it('counts each fact once, by class and name, with the highest severity', () => {
  const logs = [
    event('auth.login.failure', 'security', 'a', 13),
    event('payment.completion', 'payment', 'b'),
    event('payment.completion', 'payment', 'b', 17),
    event('payment.completion', 'payment', 'c'),
    event('payment.attempt', 'payment', 'd'),
    event('db.query.slow', 'performance'),
    event('db.query.slow', 'performance'),
    createLog('span', 'a line of a logger'),
  ]
  expect(summarizeEvents(logs)).toEqual([
    { dataClass: 'payment', name: 'payment.completion', count: 2, toldAgain: 1, severityNumber: 17 },
    { dataClass: 'payment', name: 'payment.attempt', count: 1, toldAgain: 0, severityNumber: 9 },
    { dataClass: 'security', name: 'auth.login.failure', count: 1, toldAgain: 0, severityNumber: 13 },
    { dataClass: 'performance', name: 'db.query.slow', count: 2, toldAgain: 0, severityNumber: 9 },
  ])
})
