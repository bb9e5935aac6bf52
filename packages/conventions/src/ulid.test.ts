import { expect, it } from 'vitest'
import { formatUlid, ULID_RANDOM_BYTES } from './ulid.ts'

it.each([
  ['nothing but zeros', 0, 0x00, '00000000000000000000000000'],
  ['nothing but ones', 2 ** 48 - 1, 0xff, '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'],
  // The example of the specification of ULID, and bits that alternate.
  ['a time and a pattern', 1_469_918_176_385, 0b1010_1010, '01ARYZ6S41NANANANANANANANA'],
])('writes %s', (_what, time, byte, text) => {
  expect(formatUlid(time, new Uint8Array(ULID_RANDOM_BYTES).fill(byte), 0)).toBe(text)
})

it('begins to read where it is told', () => {
  const bytes = Uint8Array.from([9, ...new Uint8Array(ULID_RANDOM_BYTES)])
  expect(formatUlid(0, bytes, 1)).toBe('0'.repeat(26))
  expect(formatUlid(0, bytes, 0)).not.toBe('0'.repeat(26))
})
