import { expect, it } from 'vitest'
import { captureHeaders } from './captured-headers.ts'

it.each([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'apikey',
  'x-auth-token',
  'x-csrf-token',
  'stripe-signature',
  'x-amz-security-token',
  'x_session_id',
])('tells of %s only that it was there', (name) => {
  expect(captureHeaders('request', { [name]: ['one', 'two'] }, [name])).toEqual({
    [`http.request.header.${name}`]: ['[redacted]', '[redacted]'],
  })
})

it.each(['x-keyword', 'content-type', 'x-author', 'idempotency-key', 'x-shop', 'user-agent', 'x-tokens-used'])(
  'tells what %s holds',
  (name) => {
    expect(captureHeaders('response', { [name]: 'value' }, [name])).toEqual({
      [`http.response.header.${name}`]: ['value'],
    })
  },
)

it('takes 16 values of 1,024 characters, and no more', () => {
  const values = Array.from({ length: 17 }, () => 'a'.repeat(1_025))
  const captured = captureHeaders('request', { 'x-many': values }, ['x-many', 'x-absent'])
  expect(captured).toEqual({ 'http.request.header.x-many': Array.from({ length: 16 }, () => 'a'.repeat(1_024)) })
})
