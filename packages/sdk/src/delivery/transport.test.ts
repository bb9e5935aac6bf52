import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { answerToError, answerToStatus, boundRetryAfter, parseRetryAfter } from './transport.ts'

const withCode = (code: string, more: object = {}): Error => Object.assign(new Error('secret'), { code }, more)

it('reads Retry-After in seconds and as a date', () => {
  expect(parseRetryAfter('7')).toBe(7000)
  const inMillis = parseRetryAfter(new Date(Date.now() + 60_000).toUTCString()) ?? 0
  expect(inMillis).toBeGreaterThan(50_000)
  expect(inMillis).toBeLessThanOrEqual(60_000)
})

it.each([undefined, '', 'soon', '0', '-5', 'Wed, 21 Oct 2015 07:28:00 GMT'])(
  'reads no wait out of Retry-After %j',
  (text) => {
    expect(parseRetryAfter(text)).toBeUndefined()
  },
)

it('never waits longer than five minutes', () => {
  expect(boundRetryAfter(300_000)).toBe(300_000)
  expect(boundRetryAfter(300_001)).toBe(300_000)
  expect(parseRetryAfter('86400')).toBe(300_000)
})

it('reads any Retry-After as no wait or one of at most five minutes', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const millis = parseRetryAfter(text)
      expect(millis === undefined || (millis > 0 && millis <= 300_000)).toBe(true)
    }),
  )
})

it.each([429, 502, 503, 504])('keeps what HTTP %d refuses for later', (status) => {
  expect(answerToStatus(status, '2')).toMatchObject({ problem: 'busy', retryable: true, retryAfterMillis: 2000 })
})

it.each([
  [401, 'credentials'],
  [403, 'credentials'],
  [404, 'missing'],
  [500, 'refused'],
  [302, 'refused'],
])('gives up on HTTP %d as %s', (status, problem) => {
  expect(answerToStatus(status, '2')).toEqual({ ok: false, problem, retryable: false, detail: String(status) })
})

it.each([
  [400, 'refused', 'once'],
  [413, 'too-large', 'to-fit'],
])('gives up on HTTP %d as %s, unless parts are accepted: %s', (status, problem, divisible) => {
  const answer = { ok: false, problem, retryable: false, divisible, detail: String(status) }
  expect(answerToStatus(status, '2')).toEqual(answer)
})

it.each([
  ['ECONNREFUSED', 'unreachable', true],
  ['ENOTFOUND', 'unreachable', true],
  ['EMFILE', 'unreachable', true],
  ['EPERM', 'unreachable', true],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate', true],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate', true],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate', true],
  ['HPE_INVALID_CONSTANT', 'protocol', false],
  ['EPROTO', 'protocol', false],
])('takes %s as %s', (code, problem, retryable) => {
  expect(answerToError(withCode(code))).toEqual({ ok: false, problem, retryable, detail: code })
})

it('looks into errors that only wrap others', () => {
  const refused = withCode('ECONNREFUSED')
  expect(answerToError(new AggregateError([refused, refused]))).toMatchObject({ detail: 'ECONNREFUSED' })
  expect(answerToError(withCode('ERR_HTTP2_STREAM_CANCEL', { cause: refused }))).toMatchObject({
    detail: 'ECONNREFUSED',
  })
})

it.each([[new Error('secret')], ['secret'], [undefined], [null]])(
  'shows nothing of an error without a code',
  (error) => {
    expect(JSON.stringify(answerToError(error))).toBe('{"ok":false,"problem":"unreachable","retryable":true}')
  },
)
