import * as fc from 'fast-check'
import protobuf from 'protobufjs'
import { expect, it } from 'vitest'
import { ByteBuffer } from './byte-buffer.ts'
import {
  closeMessage,
  openMessage,
  putBytesField,
  putInt64At,
  putTextField,
  putVarintAt,
  varintBytes,
} from './wire-writer.ts'

it('writes integers of 64 bits so that protobufjs reads the same', () => {
  const edges = fc.constantFrom(
    0,
    -0,
    127,
    128,
    16_383,
    16_384,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53,
    -1,
    -(2 ** 31),
    -(2 ** 32),
    -(2 ** 63),
  )
  fc.assert(
    fc.property(fc.oneof(edges, fc.maxSafeInteger()), (value) => {
      const bytes = Buffer.alloc(10)
      const end = putInt64At(bytes, 0, value)
      const reader = protobuf.Reader.create(bytes.subarray(0, end))
      expect((reader.int64() as unknown as bigint).toString()).toBe(BigInt(value).toString())
      expect(reader.pos).toBe(end)
      expect(bytes[end - 1] !== 0 || end === 1).toBe(true) // no longer than it has to be
    }),
  )
})

it('knows how long a varint is', () => {
  const edges = fc.constantFrom(0, 127, 128, 16_383, 16_384, 2 ** 21 - 1, 2 ** 21, 2 ** 28 - 1, 2 ** 28, 2 ** 32 - 1)
  fc.assert(
    fc.property(fc.oneof(edges, fc.nat(2 ** 32 - 1)), (value) => {
      expect(putVarintAt(Buffer.alloc(8), 0, value)).toBe(varintBytes(value))
    }),
  )
})

it('writes any text as UTF-8, with U+FFFD for lone surrogates, from a buffer of any size', () => {
  const unit = fc.oneof(
    fc.constantFrom('a', 'é', '€', '😀', '\ud800', '\udc00', '\0'),
    fc.string({ minLength: 1, maxLength: 1 }),
  )
  const text = fc.string({ unit, maxLength: 200 })
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 700 }), (given, size) => {
      const out = new ByteBuffer(size)
      putTextField(out, 0x0a, given)
      const reader = protobuf.Reader.create(out.written())
      expect(reader.uint32()).toBe(0x0a)
      expect(Buffer.from(reader.bytes())).toEqual(Buffer.from(given.toWellFormed()))
      expect(reader.pos).toBe(out.position)
    }),
  )
})

it('gives a nested message its exact length, whatever was guessed', () => {
  for (const size of [0, 1, 127, 128, 16_383, 16_384, 2 ** 21 - 1, 2 ** 21]) {
    for (const guess of [1, 2, 3]) {
      const out = new ByteBuffer(1)
      const content = new Uint8Array(size).fill(7)
      const start = openMessage(out, 0x12, guess)
      putBytesField(out, 0x0a, content)
      closeMessage(out, start, guess)
      const reader = protobuf.Reader.create(out.written())
      expect(reader.uint32()).toBe(0x12)
      const at = reader.pos
      const length = reader.uint32()
      expect(reader.pos - at).toBe(varintBytes(length))
      expect(reader.uint32()).toBe(0x0a)
      expect(Buffer.from(reader.bytes()).equals(content)).toBe(true)
      expect(reader.pos).toBe(out.position)
    }
  }
})
