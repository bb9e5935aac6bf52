import { runInNewContext } from 'node:vm'
import { SeverityNumber } from '@opentelemetry/api'
import { CATALOGUE } from '@plutus/conventions'
import { expect, it } from 'vitest'
import { withContext } from './context.ts'
import { getLogger } from './logger.ts'
import { audit, business, performance, security, technical } from './loggers.ts'
import { recordLogs, unreadable } from './recording.test.support.ts'
import { recordEvent } from './typed-logger.ts'

const records = recordLogs()
const payment = { 'payment.id': 'pay_1', 'payment.amount': 1234, 'payment.currency': 'EUR' } as const

it('has a method for every event of the catalogue on the logger that the catalogue names', () => {
  const loggers: Readonly<Record<string, object>> = { business, security, audit, performance, technical }
  expect(CATALOGUE.length).toBeGreaterThan(80)
  expect(
    CATALOGUE.filter(
      ({ logger, method }) => typeof (loggers[logger] as Record<string, unknown>)[method] !== 'function',
    ),
  ).toEqual([])
})

it('records an event by its name, with class, id and the fields it was given', () => {
  business.paymentCompletion({ ...payment, 'payment.status': 'succeeded' })
  expect(records).toMatchObject([
    {
      eventName: 'payment.completion',
      severityNumber: SeverityNumber.INFO,
      attributes: { ...payment, 'payment.status': 'succeeded', 'plutus.data.class': 'payment' },
    },
  ])
  expect(records[0]?.attributes['log.record.uid']).toMatch(/^[\dA-HJKMNP-TV-Z]{26}$/)
  expect(records[0]).not.toHaveProperty('body')
})

it.each([
  ['succeeded', SeverityNumber.INFO],
  ['requires_action', SeverityNumber.INFO],
  ['failed', SeverityNumber.ERROR],
] as const)('raises the severity of a payment that %s', (status, severity) => {
  business.paymentCompletion({ ...payment, 'payment.status': status })
  expect(records[0]?.severityNumber).toBe(severity)
})

it.each([
  ['requires_capture', SeverityNumber.INFO],
  ['declined', SeverityNumber.ERROR],
  ['refused', SeverityNumber.ERROR],
  ['failed', SeverityNumber.ERROR],
])('takes an authorisation that is %s for what it is', (status, severity) => {
  business.paymentAuthorization({ 'payment.id': 'pay_1', 'payment.status': status })
  expect(records[0]?.severityNumber).toBe(severity)
})

it('fills the six fields of PCI DSS 10.2.2 from event and context, and says unknown where nobody knows', () => {
  withContext({ 'user.id': 'u1', 'client.address': '192.0.2.7' }, () =>
    security.loginFailure({ 'auth.failure.reason': 'bad_password' }),
  )
  expect(records[0]).toMatchObject({
    eventName: 'auth.login.failure',
    attributes: {
      'user.id': 'u1',
      'client.address': '192.0.2.7',
      'event.outcome': 'failure',
      'resource.type': 'unknown',
      'resource.id': 'unknown',
      'owasp.event': 'authn_login_fail',
    },
  })
  expect(records[0]?.attributes).not.toHaveProperty('plutus.event.invalid')
})

it('takes from the context what the caller leaves undefined', () => {
  withContext({ 'user.id': 'u1', tenant: 'a' }, () => {
    security.logout({ 'user.id': undefined })
    getLogger('a').info('x', { 'user.id': undefined, tenant: 'b' })
  })
  expect(records).toMatchObject([
    { attributes: { 'user.id': 'u1', tenant: 'a' } },
    { attributes: { 'user.id': 'u1', tenant: 'b' } },
  ])
})

it('takes who did what to what from the fields of an audit event', () => {
  audit.action({
    'audit.actor.id': 'admin-1',
    'audit.action': 'refund.approve',
    'audit.target.type': 'payment',
    'audit.target.id': 'pay_1',
    'audit.outcome': 'failure',
  })
  expect(records[0]).toMatchObject({
    severityNumber: SeverityNumber.WARN,
    attributes: {
      'user.id': 'admin-1',
      'event.outcome': 'failure',
      'resource.type': 'payment',
      'resource.id': 'pay_1',
      'client.address': 'unknown',
    },
  })
})

it.each<[string, Record<string, unknown>]>([
  ['a required field is missing', { 'payment.id': 'pay_1', 'payment.amount': 1 }],
  ['an amount has a fraction', { ...payment, 'payment.amount': 12.5 }],
  ['an amount is beyond what a double holds', { ...payment, 'payment.amount': 2 ** 53 }],
  ['a currency is unknown', { ...payment, 'payment.currency': 'XYZ' }],
  ['a field is of another type', { ...payment, 'payment.method': 7 }],
  ['a field is not of the event', { ...payment, 'payment.colour': 'red' }],
])('records and marks an event when %s', (_what, fields) => {
  business.paymentAttempt(fields as never)
  expect(records).toHaveLength(1)
  expect(records[0]?.attributes).toMatchObject({ ...fields, 'plutus.event.invalid': true })
})

it('tells when an event happened that is recorded later', () => {
  recordEvent('process.started', {}, { timestamp: 1_700_000_000_000 })
  recordEvent('process.started', {})
  expect(records.map(({ timestamp }) => timestamp)).toEqual([1_700_000_000_000, undefined])
})

it('records an event even when it is given nothing', () => {
  business.paymentAttempt(undefined as never)
  business.paymentAttempt(null as never)
  expect(records.map(({ attributes }) => attributes['plutus.event.invalid'])).toEqual([true, true])
})

it('keeps the id that two processes derive for the same fact', () => {
  recordEvent('payment.completion', { ...payment, 'payment.status': 'succeeded' }, { uid: 'SAME' })
  expect(records[0]?.attributes['log.record.uid']).toBe('SAME')
})

it('times a function, gives its result, and calls a slow one slow', async () => {
  expect(performance.timed('sum', () => 3)).toBe(3)
  await expect(performance.timed('wait', async () => 'done', { slowMillis: 0 })).resolves.toBe('done')
  expect(records).toMatchObject([
    {
      eventName: 'operation.timed',
      severityNumber: SeverityNumber.INFO,
      attributes: { 'operation.name': 'sum', 'operation.slow': false },
    },
    {
      eventName: 'operation.timed',
      severityNumber: SeverityNumber.WARN,
      attributes: { 'operation.name': 'wait', 'event.outcome': 'success' },
    },
  ])
})

it('times a promise of another realm until it settles', async () => {
  const { promise, resolve } = runInNewContext('Promise.withResolvers()') as PromiseWithResolvers<string>
  const timed = performance.timed('wait', () => promise)
  expect(records).toEqual([])
  resolve('done')
  await expect(timed).resolves.toBe('done')
  expect(records).toHaveLength(1)
})

it('gives a promise back with what it has beside', async () => {
  const pages = Object.assign(Promise.resolve(['ch_1']), { autoPagingToArray: () => ['ch_1', 'ch_2'] })
  const timed = performance.timed('list', () => pages)
  expect(timed.autoPagingToArray()).toEqual(['ch_1', 'ch_2'])
  await expect(timed).resolves.toEqual(['ch_1'])
  expect(records).toHaveLength(1)
})

it('throws what a timed function throws, and names its error', async () => {
  const error = Object.assign(new Error('no'), { code: 'ECONNRESET' })
  expect(() =>
    performance.timed('a', () => {
      throw error
    }),
  ).toThrow(error)
  await expect(
    performance.timed('b', async () => {
      throw error
    }),
  ).rejects.toBe(error)
  expect(records.map(({ attributes }) => attributes['error.type'])).toEqual(['ECONNRESET', 'ECONNRESET'])
})

it('watches a call of another service with its retries', async () => {
  const answer = await technical.externalCall(
    'rates',
    async (call) => {
      call.retried()
      call.retried()
      call.status(200)
      call.circuitBreaker('half_open')
      return 'EUR'
    },
    { method: 'GET', template: '/rates/{currency}' },
  )
  expect(answer).toBe('EUR')
  expect(records[0]).toMatchObject({
    eventName: 'external.call',
    attributes: {
      'service.peer.name': 'rates',
      'retry.count': 2,
      'http.response.status_code': 200,
      'circuit_breaker.state': 'half_open',
      'url.template': '/rates/{currency}',
      'event.outcome': 'success',
    },
  })
})

it('makes a call whatever its name, and records it', () => {
  expect(technical.externalCall(undefined as never, () => 7)).toBe(7)
  expect(technical.externalCall({ peer: 'rates' } as never, () => 8)).toBe(8)
  expect(records).toMatchObject([
    { eventName: 'external.call', attributes: { 'event.outcome': 'success' } },
    { eventName: 'external.call', attributes: { 'plutus.event.invalid': true } },
  ])
})

it.each([
  [200, 'success', undefined, SeverityNumber.INFO],
  [399, 'success', undefined, SeverityNumber.INFO],
  [400, 'failure', '400', SeverityNumber.ERROR],
  [503, 'failure', '503', SeverityNumber.ERROR],
])('takes a call that ends with status %d as a %s', (status, outcome, type, severityNumber) => {
  technical.externalCall('rates', (call) => call.status(status))
  expect(records[0]).toMatchObject({ severityNumber, attributes: { 'event.outcome': outcome } })
  expect(records[0]?.attributes['error.type']).toBe(type)
})

it.each([
  ['null', null],
  ['fields that cannot be read', { fields: unreadable('tenant') }],
  ['options that cannot be read', unreadable('fields')],
])('measures and records whatever is given with options: %s', (_what, options) => {
  expect(performance.timed('sum', () => 3, options as never)).toBe(3)
  expect(technical.externalCall('rates', () => 4, options as never)).toBe(4)
  expect(records.map(({ eventName }) => eventName)).toEqual(['operation.timed', 'external.call'])
})

// Compiled, never run: each line must not compile.
export function neverCompiles(code: string, amount: number): void {
  // @ts-expect-error a required field is missing
  business.paymentAttempt({ 'payment.id': 'p', 'payment.amount': 1 })
  // @ts-expect-error a literal with a fraction is no amount of minor units
  business.paymentAttempt({ 'payment.id': 'p', 'payment.amount': 12.5, 'payment.currency': 'EUR' })
  // @ts-expect-error a fraction may be written in many ways
  business.paymentAttempt({ 'payment.id': 'p', 'payment.amount': 1e-7, 'payment.currency': 'EUR' })
  // @ts-expect-error a fee is money, too
  business.paymentCompletion({ ...payment, 'payment.status': 'succeeded', 'payment.fee': 0.3 })
  // @ts-expect-error the currency is unknown
  business.paymentAttempt({ 'payment.id': 'p', 'payment.amount': 1, 'payment.currency': 'XYZ' })
  // @ts-expect-error a text is no currency until it is checked
  business.paymentAttempt({ 'payment.id': 'p', 'payment.amount': 1, 'payment.currency': code })
  // @ts-expect-error the field is not of this event
  business.paymentAttempt({ ...payment, 'payment.colour': 'red' })
  // @ts-expect-error the status is not one of a completion
  business.paymentCompletion({ ...payment, 'payment.status': 'pending' })
  // @ts-expect-error the field is not of this event
  security.loginFailure({ 'payment.id': 'p' })
  // @ts-expect-error the action is required
  audit.action({ 'audit.actor.id': 'u1' })
  // @ts-expect-error a literal with a fraction is no amount by the name of the event either
  recordEvent('payment.attempt', { 'payment.id': 'p', 'payment.amount': 12.5, 'payment.currency': 'EUR' })
  // These compile.
  recordEvent('payment.attempt', { ...payment, 'payment.amount': amount })
  business.creditsCharged({ 'credits.amount': 5 }) // user.id may stand in the context
  business.paymentAttempt({ ...payment, 'payment.amount': amount })
  business.event({ 'business.event.type': 'voucher.redeemed', 'voucher.id': 'v1' })
  security.logout()
}
