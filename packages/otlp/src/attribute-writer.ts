import { putEntryValue } from './any-value-writer.ts'
import type { ByteBuffer } from './byte-buffer.ts'
import type { EncodeSession } from './encode-session.ts'
import type { KeyEntry } from './key-cache.ts'
import { putPrepared, type PreparedAttributes } from './prepared-attributes.ts'
import { isInt64 } from './scalar-writer.ts'
import { putInt64At, putTextAt, putVarintAt, varintBytes } from './wire-writer.ts'
import { putWordsAt } from './words.ts'

/** Attributes by key; a value of `undefined` means that there is none. */
export type Attributes = Readonly<Record<string, unknown>>

/** Attributes as a flat list: a key, its value, the next key, its value. A key may stand in it once. */
export type AttributePairs = readonly unknown[]

/** Where the attributes of a record come from; those of all that is given are written. */
export interface AttributeSources {
  readonly attributes?: Attributes | undefined
  readonly attributePairs?: AttributePairs | undefined
  /** Encoded before. Of two attributes with one key the one in `attributes` or `attributePairs` is written, else the first. */
  readonly prepared?: readonly PreparedAttributes[] | undefined
  /** How many were dropped before. @defaultValue 0 */
  readonly droppedAttributesCount?: number | undefined
}

const TAG_VALUE = 0x12
const TAG_TEXT = 0x0a
const TAG_BOOL = 0x10
const TAG_INT = 0x18
const TAG_DOUBLE = 0x21
const MAX_SHORT = 127
const MAX_SHORT_CHARS = 120
const MAX_PAIRED = 0x2_0000
const UNREADABLE = '[unreadable]'
const hasOwn = Object.prototype.hasOwnProperty

/**
 * Writes the attributes of a record as KeyValue fields of the one-byte `tag`, as many as `s.beginAttributes` allows.
 *
 * The sources come one by one, not as an object: records of all kinds have them, and reading them here would be slow
 * for each kind.
 *
 * @returns how many were dropped, those dropped before included.
 */
export function putAttributes(
  s: EncodeSession,
  tag: number,
  attributes: Attributes | undefined,
  pairs: AttributePairs | undefined,
  prepared: readonly PreparedAttributes[] | undefined,
  droppedBefore: number | undefined,
): number {
  if (attributes !== undefined) putOwn(s, tag, attributes)
  if (pairs !== undefined) putPairs(s, tag, pairs)
  if (prepared !== undefined) for (const one of prepared) putPrepared(s, tag, one)
  return s.endAttributes() + (droppedBefore ?? 0)
}

function putOwn(s: EncodeSession, tag: number, attributes: Attributes): void {
  try {
    for (const key in attributes) {
      if (!hasOwn.call(attributes, key)) continue
      let value: unknown
      try {
        value = attributes[key]
      } catch {
        s.lose('unreadable')
        value = UNREADABLE
      }
      if (value !== undefined) putAttribute(s, tag, key, value)
    }
  } catch {
    s.lose('unreadable') // a Proxy that does not tell its keys
  }
}

function putPairs(s: EncodeSession, tag: number, pairs: AttributePairs): void {
  // A sparse array may claim any length.
  const length = Math.min(pairs.length, MAX_PAIRED)
  s.overLimit += (pairs.length - length) >>> 1
  for (let i = 0; i + 1 < length; i += 2) {
    const value = pairs[i + 1]
    if (value !== undefined) putAttribute(s, tag, pairs[i] as string, value)
  }
}

/** Writes one attribute, or counts why not. The value is not undefined. */
export function putAttribute(s: EncodeSession, tag: number, key: string, value: unknown): void {
  const { out, cursor } = s
  const at = out.position
  if (at > s.fastEnd || s.room <= 0) {
    putGuarded(s, tag, key, value)
    return
  }
  const expected = cursor.next
  const entry = expected.key === key ? expected : newEntry(s, key)
  if (entry === undefined) return
  s.cursor = entry
  entry.stamp = s.stamp
  s.room--
  if (typeof value === 'string') {
    if (entry.isSteady && value === entry.lastText) {
      putWordsAt(out.view, at, entry.last)
      out.bytes[at] = tag
      out.position = at + entry.lastBytes
      entry.noteHit()
    } else if (entry.isHopeful && s.values.put(out, tag, entry, value)) {
      entry.noteFind()
    } else {
      putTextAttribute(s, tag, entry, value)
    }
  } else if (typeof value === 'number' && entry.isDirect) {
    if (entry.keeps) putNumberAttribute(out, tag, entry, value)
    else putCheckedNumber(s, tag, entry, value)
  } else if (typeof value === 'boolean' && entry.isDirect) {
    putBooleanAttribute(out, tag, entry, value)
  } else if (!putEntryValue(s, tag, entry, value)) {
    s.invalid++
    s.room++
  }
}

/** Writes an attribute after all, if there is room for it in the record. */
function putGuarded(s: EncodeSession, tag: number, key: string, value: unknown): void {
  if (s.room <= 0) s.overLimit++
  else if (s.out.position >= s.end) s.overSize++
  else {
    s.reserveShort()
    putAttribute(s, tag, key, value)
  }
}

/** Returns the entry of a key that was not expected, or counts why the attribute is dropped. */
function newEntry(s: EncodeSession, key: string): KeyEntry | undefined {
  if (key === '') s.invalid++
  else if (s.lacksRoomFor(key)) s.overSize++
  else return s.entryOf(key)
  return undefined
}

function putCheckedNumber(s: EncodeSession, tag: number, entry: KeyEntry, value: number): void {
  const checked = s.checkNumber(value, entry.verdict)
  if (typeof checked === 'number') putNumberAttribute(s.out, tag, entry, checked)
  else if (typeof checked === 'string') putLongText(s.out, tag, entry, s.fitText(checked))
  else putEntryValue(s, tag, entry, checked)
}

function putNumberAttribute(out: ByteBuffer, tag: number, entry: KeyEntry, value: number): void {
  const { bytes, view, position: at } = out
  putWordsAt(view, at, entry.head)
  const valueAt = at + entry.headBytes
  let end: number
  if (value >= 0 && value < 0x80 && (value | 0) === value) {
    view.setInt32(valueAt, TAG_VALUE | (2 << 8) | (TAG_INT << 16) | (value << 24), true)
    end = valueAt + 4
  } else if (value >= 0 && value < 0x4000 && (value | 0) === value) {
    view.setInt32(valueAt, TAG_VALUE | (3 << 8) | (TAG_INT << 16) | ((value | 0x80) << 24), true)
    bytes[valueAt + 4] = value >> 7
    end = valueAt + 5
  } else if (isInt64(value)) {
    end = putInt64At(bytes, valueAt + 3, value)
    bytes[valueAt] = TAG_VALUE
    bytes[valueAt + 1] = end - valueAt - 2
    bytes[valueAt + 2] = TAG_INT
  } else {
    view.setInt32(valueAt, TAG_VALUE | (9 << 8) | (TAG_DOUBLE << 16), true)
    view.setFloat64(valueAt + 3, value, true)
    end = valueAt + 11
  }
  view.setInt16(at, tag | ((end - at - 2) << 8), true)
  out.position = end
}

function putBooleanAttribute(out: ByteBuffer, tag: number, entry: KeyEntry, value: boolean): void {
  const { view, position: at } = out
  putWordsAt(view, at, entry.head)
  const valueAt = at + entry.headBytes
  view.setInt32(valueAt, TAG_VALUE | (2 << 8) | (TAG_BOOL << 16) | (value ? 1 << 24 : 0), true)
  view.setInt16(at, tag | ((entry.headBytes + 2) << 8), true)
  out.position = valueAt + 4
}

function putTextAttribute(s: EncodeSession, tag: number, entry: KeyEntry, text: string): void {
  const { out } = s
  const { bytes, view, position: at } = out
  const checked = entry.keeps ? text : s.checkText(text, entry.verdict)
  if (entry.headBytes === 0 || checked.length > MAX_SHORT_CHARS || checked.length > s.valueLength) {
    putLongText(out, tag, entry, s.fitText(checked))
    return
  }
  putWordsAt(view, at, entry.head) // first, since it writes over the start of the value
  const valueAt = at + entry.headBytes
  const size = putTextAt(bytes, valueAt + 4, checked)
  const content = entry.headBytes + 2 + size
  if (content > MAX_SHORT) {
    putLongText(out, tag, entry, checked)
    return
  }
  view.setInt32(valueAt, TAG_VALUE | ((size + 2) << 8) | (TAG_TEXT << 16) | (size << 24), true)
  view.setInt16(at, tag | (content << 8), true)
  const end = valueAt + 4 + size
  out.position = end
  // As many bytes as characters: ASCII.
  if (size > s.rememberChars || size !== text.length || checked !== text) return
  entry.noteText(text, bytes, view, at, end)
  if (entry.isHopeful) s.values.note(entry, text, out, at, end)
  entry.noteNews()
}

function putLongText(out: ByteBuffer, tag: number, entry: KeyEntry, text: string): void {
  const { field } = entry
  const size = Buffer.byteLength(text)
  const value = 1 + varintBytes(size) + size
  out.reserve(16 + field.length + value)
  const { bytes } = out
  bytes[out.position] = tag
  let at = putVarintAt(bytes, out.position + 1, field.length + 1 + varintBytes(value) + value)
  bytes.set(field, at)
  at += field.length
  bytes[at] = TAG_VALUE
  at = putVarintAt(bytes, at + 1, value)
  bytes[at] = TAG_TEXT
  at = putVarintAt(bytes, at + 1, size)
  bytes.write(text, at, size)
  out.position = at + size
}
