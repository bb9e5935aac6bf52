import type { ByteBuffer } from './byte-buffer.ts'
import type { EncodeSession } from './encode-session.ts'
import { NO_LIMIT } from './limits.ts'
import type { LossReason } from './losses.ts'
import type { KeyVerdict } from './redactor.ts'
import { putBigIntAt, putInt64At, putTextAt, putVarintAt, varintBytes } from './wire-writer.ts'

const TAG_TEXT = 0x0a
const TAG_BOOL = 0x10
const TAG_INT = 0x18
const TAG_DOUBLE = 0x21
const TAG_BYTES = 0x3a
const TWO_TO_63 = 2 ** 63
// Even in three bytes a character, this fits lengths of one byte.
const MAX_SHORT_CHARS = 40
// Beyond this a bigint is not told: the time to print it grows faster than its size.
const MAX_BIGINT = 2n ** 1024n

/** What stands in place of a value that is not written. */
const MARKERS: Partial<Record<LossReason, string>> = {
  depth: '[too deep]',
  cycle: '[circular]',
  elements: '[cut]',
  record_size: '[cut]',
  unreadable: '[unreadable]',
}

/** Whether a number is written as an integer; all others are doubles. */
export function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -TWO_TO_63 && value < TWO_TO_63
}

/** Writes a text that was checked as an AnyValue field of the one-byte `tag`, cut to the limits in force. */
export function putTextValue(s: EncodeSession, tag: number, checked: string): void {
  const { out } = s
  const text = checked.length > s.valueLength || checked.length > MAX_SHORT_CHARS ? s.fitText(checked) : checked
  if (text.length <= MAX_SHORT_CHARS) {
    out.reserve(4 + MAX_SHORT_CHARS * 3)
    const start = out.position
    const size = putTextAt(out.bytes, start + 4, text)
    out.view.setInt32(start, tag | ((size + 2) << 8) | (TAG_TEXT << 16) | (size << 24), true)
    out.position = start + 4 + size
    return
  }
  const size = Buffer.byteLength(text)
  out.reserve(12 + size)
  const { bytes } = out
  bytes[out.position] = tag
  let at = putVarintAt(bytes, out.position + 1, 1 + varintBytes(size) + size)
  bytes[at] = TAG_TEXT
  at = putVarintAt(bytes, at + 1, size)
  bytes.write(text, at, size)
  out.position = at + size
}

/** Writes a number that is not checked yet; a bigint beyond int64 becomes its decimal digits. */
export function putNumeric(
  s: EncodeSession,
  tag: number,
  value: number | bigint,
  verdict: KeyVerdict | undefined,
): void {
  const checked = s.checkNumber(value, verdict)
  if (typeof checked === 'string') putTextValue(s, tag, checked)
  else if (typeof checked === 'number') putNumber(s.out, tag, checked)
  else if (BigInt.asIntN(64, checked) === checked) putBigInt(s.out, tag, checked)
  else if (checked > -MAX_BIGINT && checked < MAX_BIGINT) putTextValue(s, tag, checked.toString())
  else putMarker(s, tag, 'elements')
}

/** Writes a boolean. */
export function putBool(out: ByteBuffer, tag: number, value: boolean): void {
  out.reserve(4)
  out.view.setInt32(out.position, tag | (2 << 8) | (TAG_BOOL << 16) | (value ? 1 << 24 : 0), true)
  out.position += 4
}

/** Writes the empty value, which is what null becomes. */
export function putEmpty(out: ByteBuffer, tag: number): void {
  out.reserve(2)
  out.bytes[out.position] = tag
  out.bytes[out.position + 1] = 0
  out.position += 2
}

/** Writes bytes that are not checked yet, cut to the limits in force. */
export function putBytes(s: EncodeSession, tag: number, value: Uint8Array, verdict: KeyVerdict | undefined): void {
  const checked = s.checkBytes(value, verdict)
  if (typeof checked === 'string') {
    putTextValue(s, tag, checked)
    return
  }
  const { out } = s
  const room = Math.max(0, s.end - out.position)
  const length = Math.min(checked.length, s.valueLength, room)
  if (length < checked.length) s.lose(length === room ? 'record_size' : 'value_length')
  out.reserve(12 + length)
  out.bytes[out.position] = tag
  let at = putVarintAt(out.bytes, out.position + 1, 1 + varintBytes(length) + length)
  out.bytes[at] = TAG_BYTES
  at = putVarintAt(out.bytes, at + 1, length)
  out.bytes.set(length < checked.length ? checked.subarray(0, length) : checked, at)
  out.position = at + length
}

/** Writes the marker of a loss in place of a value, and tells of it. */
export function putMarker(s: EncodeSession, tag: number, reason: LossReason): void {
  s.lose(reason)
  const { valueLength } = s
  s.valueLength = NO_LIMIT // a marker is not cut
  putTextValue(s, tag, MARKERS[reason] ?? '[lost]')
  s.valueLength = valueLength
}

function putNumber(out: ByteBuffer, tag: number, value: number): void {
  out.reserve(16)
  const { bytes, position } = out
  bytes[position] = tag
  if (isInt64(value)) {
    bytes[position + 2] = TAG_INT
    out.position = putInt64At(bytes, position + 3, value)
    bytes[position + 1] = out.position - position - 2
  } else {
    bytes[position + 1] = 9
    bytes[position + 2] = TAG_DOUBLE
    out.view.setFloat64(position + 3, value, true)
    out.position = position + 11
  }
}

function putBigInt(out: ByteBuffer, tag: number, value: bigint): void {
  out.reserve(16)
  const { bytes, position } = out
  bytes[position] = tag
  bytes[position + 2] = TAG_INT
  out.position = putBigIntAt(bytes, position + 3, value)
  bytes[position + 1] = out.position - position - 2
}
