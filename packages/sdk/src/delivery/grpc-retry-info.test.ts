import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readRetryDelay } from './grpc-retry-info.ts'

const field = (number: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2, value.length]), value])
const integer = (number: number, value: number): Buffer => {
  const bytes = [number * 8]
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}
const any = (type: string, value: Buffer): Buffer =>
  field(3, Buffer.concat([field(1, Buffer.from(type)), field(2, value)]))

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'

it('reads seconds and nanoseconds', () => {
  const delay = Buffer.concat([integer(1, 300), integer(2, 250_000_000)])
  const status = Buffer.concat([integer(1, 8), field(2, Buffer.from('slow down')), any(RETRY_INFO, field(1, delay))])
  expect(readRetryDelay(status.toString('base64'))).toBe(300_250)
})

it('reads a delay behind other details', () => {
  const status = Buffer.concat([
    any('type.googleapis.com/google.rpc.Help', Buffer.from([1])),
    any(RETRY_INFO, field(1, integer(1, 2))),
  ])
  expect(readRetryDelay(status.toString('base64'))).toBe(2000)
})

it.each([
  ['no trailer', undefined],
  ['another kind of detail', any('type.googleapis.com/google.rpc.Help', field(1, integer(1, 2))).toString('base64')],
  ['more than any status has', 'A'.repeat(20_000)],
])('reads nothing out of %s', (_what, trailer) => {
  expect(readRetryDelay(trailer)).toBeUndefined()
})

it('ends, and throws nothing, whatever it is given', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const delay = readRetryDelay(Buffer.from(bytes).toString('base64'))
      expect(delay === undefined || Number.isFinite(delay)).toBe(true)
    }),
  )
})
