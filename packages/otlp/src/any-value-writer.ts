import { types } from 'node:util'
import type { EncodeSession } from './encode-session.ts'
import type { KeyEntry } from './key-cache.ts'
import type { KeyVerdict } from './redactor.ts'
import { putBool, putBytes, putEmpty, putMarker, putNumeric, putTextValue } from './scalar-writer.ts'
import { closeMessage, openMessage } from './wire-writer.ts'

const TAG_ARRAY = 0x2a
const TAG_MAP = 0x32
const TAG_MEMBER = 0x0a
const TAG_VALUE = 0x12
// An array of more members than this is taken to need two bytes for its length.
const SMALL_ARRAY = 8
const CUT_KEY = '[cut]'
const hasOwn = Object.prototype.hasOwnProperty

/**
 * Writes a value as an AnyValue field of the one-byte `tag`; whatever the value does when it is read, this does not throw.
 *
 * @returns false, with nothing written, for undefined, a function or a symbol.
 */
export function putAnyField(s: EncodeSession, tag: number, value: unknown, verdict: KeyVerdict | undefined): boolean {
  if (value === null) {
    putEmpty(s.out, tag)
    return true
  }
  const type = typeof value
  if (type === 'undefined' || type === 'function' || type === 'symbol') return false
  if (verdict?.values === 'replace') putTextValue(s, tag, s.replace(value, verdict))
  else if (type === 'string') putTextValue(s, tag, s.checkText(value as string, verdict))
  else if (type === 'boolean') putBool(s.out, tag, value as boolean)
  else if (type === 'object') putObject(s, tag, value as object, verdict)
  else putNumeric(s, tag, value as number | bigint, verdict)
  return true
}

/**
 * Writes a key and its value as a KeyValue field.
 *
 * @param verdict That of the value, if something beside the key decides.
 * @returns false, with nothing written, for a value that `putAnyField` does not write.
 */
export function putEntryValue(
  s: EncodeSession,
  tag: number,
  entry: KeyEntry,
  value: unknown,
  verdict: KeyVerdict | undefined = entry.verdict,
): boolean {
  const { out } = s
  const start = out.position
  const content = openMessage(out, tag, 1)
  out.reserve(entry.field.length)
  out.bytes.set(entry.field, content)
  out.position = content + entry.field.length
  if (putAnyField(s, TAG_VALUE, value, verdict)) {
    closeMessage(out, content, 1)
    return true
  }
  out.position = start
  return false
}

function putObject(s: EncodeSession, tag: number, value: object, verdict: KeyVerdict | undefined): void {
  const { out, path } = s
  const start = out.position
  const depth = path.length
  if (start >= s.end) putMarker(s, tag, 'record_size')
  else if (path.includes(value)) putMarker(s, tag, 'cycle')
  else if (depth >= s.limits.depth) putMarker(s, tag, 'depth')
  else {
    path.push(value)
    try {
      putReadable(s, tag, value, verdict)
    } catch {
      out.position = start
      putMarker(s, tag, 'unreadable')
    }
    path.length = depth
  }
}

/** Writes an object by its type; throws what reading it throws. */
function putReadable(s: EncodeSession, tag: number, value: object, verdict: KeyVerdict | undefined): void {
  if (Array.isArray(value)) {
    putArray(s, tag, value, verdict)
    return
  }
  const toJson = (value as { toJSON?: unknown }).toJSON
  const plain = Object.getPrototypeOf(value)
  if ((plain === Object.prototype || plain === null) && typeof toJson !== 'function') putMap(s, tag, value)
  else if (types.isUint8Array(value)) putBytes(s, tag, value, verdict)
  else if (types.isAnyArrayBuffer(value)) putBytes(s, tag, new Uint8Array(value), verdict)
  else if (types.isDataView(value))
    putBytes(s, tag, new Uint8Array(value.buffer, value.byteOffset, value.byteLength), verdict)
  else if (ArrayBuffer.isView(value)) putArray(s, tag, value as unknown as ArrayLike<unknown>, verdict)
  else if (types.isNativeError(value)) putError(s, tag, value)
  else if (types.isMap(value)) putJsMap(s, tag, value)
  else if (types.isSet(value)) putArray(s, tag, [...firstOf(value, s.limits.elements + 1)], verdict)
  else if (types.isBoxedPrimitive(value)) putWhole(s, tag, value.valueOf(), verdict)
  else if (types.isRegExp(value)) putTextValue(s, tag, s.checkText(String(value), verdict))
  else if (types.isDate(value) && Number.isNaN(value.getTime())) putTextValue(s, tag, String(value))
  else if (typeof toJson === 'function') putWhole(s, tag, toJson.call(value, ''), verdict)
  else putMap(s, tag, value)
}

/** Writes what an object gave for itself; the empty value if that cannot be told. */
function putWhole(s: EncodeSession, tag: number, value: unknown, verdict: KeyVerdict | undefined): void {
  if (!putAnyField(s, tag, value, verdict)) putEmpty(s.out, tag)
}

function putArray(s: EncodeSession, tag: number, array: ArrayLike<unknown>, verdict: KeyVerdict | undefined): void {
  const { out } = s
  const { length } = array
  const guess = length > SMALL_ARRAY ? 2 : 1
  const value = openMessage(out, tag, guess)
  const list = openMessage(out, TAG_ARRAY, guess)
  let before: unknown
  for (let i = 0; i < length; i++) {
    if (i >= s.limits.elements || out.position >= s.end) {
      putMarker(s, TAG_MEMBER, i >= s.limits.elements ? 'elements' : 'record_size')
      break
    }
    // What cannot be told still holds its place, or all that follows would move.
    const member = array[i]
    const judged = s.judgeMember(before, member, verdict)
    // A list of two may be a name and its value, as of a header.
    putWhole(s, TAG_MEMBER, member, i === 1 && length === 2 ? s.judgeNamed(before, judged) : judged)
    before = member
  }
  closeMessage(out, list, guess)
  closeMessage(out, value, guess)
}

/** Writes the enumerable properties that an object has itself. */
function putMap(s: EncodeSession, tag: number, map: object): void {
  const start = openMap(s, tag)
  let members = 0
  for (const key in map) {
    if (!hasOwn.call(map, key)) continue
    const about = key === 'value' ? map : undefined
    if (!putMember(s, members++, key, () => (map as Record<string, unknown>)[key], about)) break
  }
  closeMap(s, start)
}

function putJsMap(s: EncodeSession, tag: number, map: ReadonlyMap<unknown, unknown>): void {
  const start = openMap(s, tag)
  let members = 0
  for (const [key, value] of map) {
    if (
      !putMember(
        s,
        members++,
        typeof key === 'string' || typeof key === 'number' ? String(key) : `[${typeof key}]`,
        () => value,
      )
    )
      break
  }
  closeMap(s, start)
}

/** Writes an error under the names that the semantic conventions give to exceptions, with its cause and own properties. */
function putError(s: EncodeSession, tag: number, error: Error): void {
  const start = openMap(s, tag)
  let members = 0
  putMember(s, members++, 'exception.type', () => error.name)
  putMember(s, members++, 'exception.message', () => error.message)
  putMember(s, members++, 'exception.stacktrace', () => error.stack)
  putMember(s, members++, 'cause', () => error.cause)
  for (const key of Object.keys(error)) {
    if (key !== 'cause' && !putMember(s, members++, key, () => (error as unknown as Record<string, unknown>)[key]))
      break
  }
  closeMap(s, start)
}

function openMap(s: EncodeSession, tag: number): number {
  openMessage(s.out, tag, 1)
  return openMessage(s.out, TAG_MAP, 1)
}

function closeMap(s: EncodeSession, start: number): void {
  closeMessage(s.out, start, 1)
  closeMessage(s.out, start - 2, 1)
}

/** What may tell by a name of its own what its `value` is. */
interface NamedValue {
  readonly name?: unknown
  readonly key?: unknown
}

/** Writes a member of a map; returns false when the map is full. */
function putMember(s: EncodeSession, index: number, key: string, read: () => unknown, about?: NamedValue): boolean {
  const full = index >= s.limits.elements
  if (full || s.lacksRoomFor(key)) {
    s.lose(full ? 'elements' : 'record_size')
    putEntryValue(s, TAG_MEMBER, s.entryOf(CUT_KEY), true)
    return false
  }
  let value: unknown
  let name: unknown
  try {
    value = read()
    if (about !== undefined) name = about.name ?? about.key
  } catch {
    s.lose('unreadable')
    value = '[unreadable]'
  }
  const entry = s.entryOf(key)
  const verdict = name === undefined ? entry.verdict : s.judgeNamed(name, entry.verdict)
  if (value !== undefined && !putEntryValue(s, TAG_MEMBER, entry, value, verdict)) s.lose('attribute_invalid')
  return true
}

function* firstOf<T>(values: Iterable<T>, count: number): Iterable<T> {
  let left = count
  for (const value of values) {
    if (left-- <= 0) return
    yield value
  }
}
