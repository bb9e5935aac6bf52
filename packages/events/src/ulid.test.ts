import { expect, it } from 'vitest'
import { createUlid, deriveUlid } from './ulid.ts'

it('starts with the time, as the ULID specification writes it', () => {
  expect(createUlid(1_469_918_176_385)).toMatch(/^01ARYZ6S41[\dA-HJKMNP-TV-Z]{16}$/)
  expect(createUlid(0)).toMatch(/^0{10}/)
})

it('never gives the same id twice', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => createUlid(0))).size).toBe(10_000)
})

it('derives one id from the same texts and another from others', () => {
  expect(deriveUlid('payment.completion', 'pi_1', 'succeeded')).toBe(
    deriveUlid('payment.completion', 'pi_1', 'succeeded'),
  )
  // Another version of this package, in another process, derives the same.
  expect(deriveUlid('payment.completion', 'pi_1', 'succeeded')).toBe('7AWNA47531K4CB5VZH757TF2W5')
  expect(deriveUlid('ü', '€')).toBe('7R5F96V4QY1JTRA60QJJJ5WHNM')
  expect(deriveUlid('a', 'b', 'c')).not.toBe(deriveUlid('ab', '', 'c'))
  expect(deriveUlid('a')).toMatch(/^[\dA-HJKMNP-TV-Z]{26}$/)
})

it('gives an id of its own for what is no text', () => {
  expect(deriveUlid(1n as never)).toMatch(/^[\dA-HJKMNP-TV-Z]{26}$/)
})
