import type { ByteBuffer } from './byte-buffer.ts'

/** Wire types of protobuf that OTLP uses, as the low bits of a field's tag. */
export const VARINT = 0
export const FIXED64 = 1
export const DELIMITED = 2
export const FIXED32 = 5

const TWO_TO_32 = 0x1_0000_0000
// Up to this many characters a loop in JavaScript beats the call into native code.
const LOOP_MAX_CHARS = 24
const MAX_VARINT_BYTES = 10

/** How many bytes `value` takes as a varint; `value` is an integer from 0 to 2^32 - 1. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  return value < 0x1000_0000 ? 4 : 5
}

/** Writes an integer from 0 to 2^32 - 1 as a varint at `at`, in room that is reserved, and returns the index after it. */
export function putVarintAt(bytes: Uint8Array, at: number, value: number): number {
  let rest = value
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[at++] = rest
  return at
}

/** Writes a varint field of one-byte tag; `value` is an integer from 0 to 2^32 - 1. */
export function putVarintField(out: ByteBuffer, tag: number, value: number): void {
  out.reserve(1 + MAX_VARINT_BYTES)
  const { bytes } = out
  bytes[out.position] = tag
  out.position = putVarintAt(bytes, out.position + 1, value)
}

/** Writes the 64-bit integer `high * 2^32 + low`, both unsigned, as a varint in room that is reserved. */
function putVarint64At(bytes: Uint8Array, at: number, low: number, high: number): number {
  let rest = low
  let upper = high
  while (upper > 0) {
    bytes[at++] = (rest & 0x7f) | 0x80
    rest = ((rest >>> 7) | (upper << 25)) >>> 0
    upper >>>= 7
  }
  return putVarintAt(bytes, at, rest)
}

/** Writes an integer in the range of int64 as a varint in room that is reserved: ten bytes when negative. */
export function putInt64At(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0 && value < TWO_TO_32) return putVarintAt(bytes, at, value)
  // Floor division gives the two's complement's upper half for negative values too.
  const high = Math.floor(value / TWO_TO_32)
  return putVarint64At(bytes, at, (value - high * TWO_TO_32) >>> 0, high >>> 0)
}

/** Writes a bigint, taken modulo 2^64, as a varint in room that is reserved. */
export function putBigIntAt(bytes: Uint8Array, at: number, value: bigint): number {
  return putVarint64At(bytes, at, Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n)))
}

/** Writes a fixed32 field of one-byte tag. */
export function putFixed32Field(out: ByteBuffer, tag: number, value: number): void {
  out.reserve(5)
  out.bytes[out.position] = tag
  out.view.setUint32(out.position + 1, value, true)
  out.position += 5
}

/** Writes a double field of one-byte tag. */
export function putDoubleField(out: ByteBuffer, tag: number, value: number): void {
  out.reserve(9)
  out.bytes[out.position] = tag
  out.view.setFloat64(out.position + 1, value, true)
  out.position += 9
}

/** Writes a bytes field of one-byte tag. */
export function putBytesField(out: ByteBuffer, tag: number, value: Uint8Array): void {
  out.reserve(6 + value.length)
  out.bytes[out.position] = tag
  const at = putVarintAt(out.bytes, out.position + 1, value.length)
  out.bytes.set(value, at)
  out.position = at + value.length
}

/** Writes a string field of one-byte tag as UTF-8; a lone surrogate becomes U+FFFD. */
export function putTextField(out: ByteBuffer, tag: number, text: string): void {
  const { length } = text
  if (length <= 127) {
    out.reserve(length * 3 + 3)
    const at = out.position
    const size = putTextAt(out.bytes, at + 2, text)
    if (size <= 127) {
      out.bytes[at] = tag
      out.bytes[at + 1] = size
      out.position = at + 2 + size
      return
    }
  }
  const size = Buffer.byteLength(text)
  out.reserve(6 + size)
  out.bytes[out.position] = tag
  const at = putVarintAt(out.bytes, out.position + 1, size)
  out.bytes.write(text, at, size)
  out.position = at + size
}

/** Writes a string as UTF-8 into room that is reserved (three bytes a character) and returns how many bytes it took. */
export function putTextAt(bytes: Buffer, at: number, text: string): number {
  const { length } = text
  if (length <= LOOP_MAX_CHARS) {
    let i = 0
    for (; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) break
      bytes[at + i] = code
    }
    if (i === length) return length
  }
  return bytes.write(text, at, length * 3)
}

/**
 * Starts a nested message: writes its tag and leaves `lengthBytes` for its length.
 *
 * @returns where the content starts, for `closeMessage`.
 */
export function openMessage(out: ByteBuffer, tag: number, lengthBytes: number): number {
  out.reserve(1 + lengthBytes)
  out.bytes[out.position] = tag
  return (out.position += 1 + lengthBytes)
}

/** Ends a nested message: fills in its exact length, and moves the content if the guess of `lengthBytes` was wrong. */
export function closeMessage(out: ByteBuffer, start: number, lengthBytes: number): void {
  const size = out.position - start
  const shift = varintBytes(size) - lengthBytes
  if (shift !== 0) {
    out.reserve(Math.max(shift, 0))
    out.bytes.copyWithin(start + shift, start, out.position)
    out.position += shift
  }
  putVarintAt(out.bytes, start - lengthBytes, size)
}
