import type { ByteBuffer } from './byte-buffer.ts'

/** A trace id: 32 hexadecimal digits, or four 32-bit words, signed or unsigned, most significant first. */
export type TraceId = string | ArrayLike<number>

/** A span id: 16 hexadecimal digits, or two 32-bit words, signed or unsigned, most significant first. */
export type SpanId = string | ArrayLike<number>

const INVALID = 0x100
// Value of each hexadecimal digit by its character code.
const NIBBLES = new Int16Array(128).fill(INVALID)
for (let value = 0; value < 16; value++) {
  NIBBLES[value.toString(16).charCodeAt(0)] = value
  NIBBLES[value.toString(16).toUpperCase().charCodeAt(0)] = value
}

/**
 * Writes an id of `words` 32-bit words as a bytes field in 18 bytes that are reserved from `at` on; or nothing if it is
 * malformed or all zero: receivers refuse a whole request for one id of a wrong length.
 *
 * @returns the position after it: `at` if nothing was written.
 */
export function putIdAt(out: ByteBuffer, at: number, tag: number, id: TraceId | SpanId, words: 2 | 4): number {
  if (id.length !== (typeof id === 'string' ? words * 8 : words)) return at
  const { bytes, view } = out
  const seen = typeof id === 'string' ? putHex(bytes, at + 2, id) : putWords(view, at + 2, id)
  if (seen <= 0) return at
  bytes[at] = tag
  bytes[at + 1] = words * 4
  return at + 2 + words * 4
}

/** Writes an id as `putIdAt` does, and makes the room for it. Returns whether it was written. */
export function putIdField(out: ByteBuffer, tag: number, id: TraceId | SpanId, words: 2 | 4): boolean {
  out.reserve(18)
  const at = out.position
  out.position = putIdAt(out, at, tag, id, words)
  return out.position > at
}

/** Writes hexadecimal digits as bytes; returns a positive number, 0 if all digits are 0, or -1 if one is malformed. */
function putHex(bytes: Uint8Array, at: number, hex: string): number {
  let seen = 0
  let codes = 0
  for (let i = 0; i < hex.length; i += 2, at++) {
    const first = hex.charCodeAt(i)
    const second = hex.charCodeAt(i + 1)
    codes |= first | second
    const byte = ((NIBBLES[first & 0x7f] as number) << 4) | (NIBBLES[second & 0x7f] as number)
    seen |= byte
    bytes[at] = byte
  }
  return codes > 0x7f || seen >= INVALID ? -1 : seen
}

function putWords(view: DataView, at: number, words: ArrayLike<number>): number {
  let seen = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number
    seen |= word
    view.setInt32(at + i * 4, word)
  }
  return seen === 0 ? 0 : 1
}
