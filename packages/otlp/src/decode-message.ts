import type { FieldSchema, MessageSchema, ScalarKind } from './otlp-schema.ts'
import { DecodeFailure, WireReader, type DecodeErrorCode } from './wire-reader.ts'
import { DELIMITED, FIXED32, FIXED64, VARINT } from './wire-writer.ts'

/** Bounds on what is decoded; hostile bytes reach one of them before they cost much. */
export interface DecodeLimits {
  /** Size of the input in bytes. @defaultValue 67108864 */
  readonly maxBytes?: number
  /** Messages inside one another. @defaultValue 100 */
  readonly maxDepth?: number
  /** Messages and repeated values in all. @defaultValue 500000 */
  readonly maxElements?: number
}

/** What decoding gives: the value, or why there is none. */
export type DecodeResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: DecodeErrorCode }

type Message = Record<string, unknown>

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024
const DEFAULT_MAX_DEPTH = 100
const DEFAULT_MAX_ELEMENTS = 500_000
const WIRE_TYPES: Readonly<Record<ScalarKind | 'message', number>> = {
  string: DELIMITED,
  bytes: DELIMITED,
  id: DELIMITED,
  message: DELIMITED,
  bool: VARINT,
  int32: VARINT,
  uint32: VARINT,
  sint32: VARINT,
  int64: VARINT,
  uint64: VARINT,
  fixed32: FIXED32,
  fixed64: FIXED64,
  sfixed64: FIXED64,
  double: FIXED64,
}
const NO_BYTES = new Uint8Array(0)
// Shared, so that an empty message, which costs its sender two bytes, costs us little more.
const NO_VALUES: readonly unknown[] = Object.freeze([])

/** Decodes a message by its schema. Fields that the schema does not know are skipped; it never throws. */
export function decodeMessage<T>(schema: MessageSchema, bytes: Uint8Array, limits: DecodeLimits = {}): DecodeResult<T> {
  const { maxBytes = DEFAULT_MAX_BYTES, maxDepth = DEFAULT_MAX_DEPTH, maxElements = DEFAULT_MAX_ELEMENTS } = limits
  if (bytes.length > maxBytes) return { ok: false, code: 'too_large' }
  const decoder = new Decoder(bytes, maxElements)
  try {
    return { ok: true, value: decoder.readMessage(schema, undefined, bytes.length, maxDepth) as T }
  } catch (error) {
    // Anything else than our own failure would be exhausted memory or stack.
    return { ok: false, code: error instanceof DecodeFailure ? error.code : 'too_large' }
  }
}

class Decoder {
  readonly #reader: WireReader
  #left: number

  constructor(bytes: Uint8Array, maxElements: number) {
    this.#reader = new WireReader(bytes)
    this.#left = maxElements
  }

  /** Reads fields up to `end` into a message: a new one, or one that came in parts. */
  readMessage(schema: MessageSchema, known: Message | undefined, end: number, depth: number): Message {
    if (depth < 0) throw new DecodeFailure('too_deep')
    this.#count()
    const reader = this.#reader
    const message = known ?? emptyMessage(schema)
    while (reader.position < end) {
      const tag = reader.readTag(end)
      const field = schema[tag >>> 3]
      const wireType = tag & 7
      if (field !== undefined && wireType === WIRE_TYPES[field.kind])
        this.#readField(schema, field, message, end, depth)
      else if (field?.repeated === true && wireType === DELIMITED) this.#readPacked(field, message, end)
      else reader.skip(tag, end, depth)
    }
    return message
  }

  #readField(schema: MessageSchema, field: FieldSchema, message: Message, end: number, depth: number): void {
    const { name, kind, repeated } = field
    if (field.oneof === true) clearAlternatives(schema, field, message)
    if (repeated === true) {
      const value = kind === 'message' ? this.#readNested(field, undefined, end, depth) : this.#readScalar(kind, end)
      if (kind !== 'message') this.#count()
      valuesOf(message, name).push(value)
    } else if (kind === 'message') {
      message[name] = this.#readNested(field, message[name] as Message | undefined, end, depth)
    } else {
      message[name] = this.#readScalar(kind, end)
    }
  }

  #readNested(field: FieldSchema, known: Message | undefined, end: number, depth: number): Message {
    const nestedEnd = this.#reader.readEnd(end)
    return this.readMessage((field.message as () => MessageSchema)(), known, nestedEnd, depth - 1)
  }

  #readPacked(field: FieldSchema, message: Message, end: number): void {
    const reader = this.#reader
    const packedEnd = reader.readEnd(end)
    const values = valuesOf(message, field.name)
    while (reader.position < packedEnd) {
      this.#count()
      values.push(this.#readScalar(field.kind as ScalarKind, packedEnd))
    }
  }

  #readScalar(kind: ScalarKind, end: number): unknown {
    const reader = this.#reader
    switch (kind) {
      case 'string':
        return this.#readSlice(end).toString('utf8')
      case 'id':
        return this.#readSlice(end).toString('hex')
      case 'bytes':
        return Uint8Array.from(this.#readSlice(end))
      case 'bool':
        return reader.readVarint(end) !== 0n
      case 'int32':
        return reader.readUint32(end) | 0
      case 'uint32':
        return reader.readUint32(end)
      case 'sint32': {
        const zigzag = reader.readUint32(end)
        return (zigzag >>> 1) ^ -(zigzag & 1)
      }
      case 'int64':
        return BigInt.asIntN(64, reader.readVarint(end))
      case 'uint64':
        return reader.readVarint(end)
      case 'fixed32':
        return reader.readFixed32(end)
      case 'fixed64':
        return reader.readFixed64(end)
      case 'sfixed64':
        return BigInt.asIntN(64, reader.readFixed64(end))
      case 'double':
        return reader.readDouble(end)
    }
  }

  #readSlice(end: number): Buffer {
    const reader = this.#reader
    const sliceEnd = reader.readEnd(end)
    const slice = reader.bytes.subarray(reader.position, sliceEnd)
    reader.position = sliceEnd
    return slice
  }

  #count(): void {
    if (--this.#left < 0) throw new DecodeFailure('too_many')
  }
}

/** A message in which nothing was set yet; what is optional, and messages, are absent. */
function emptyMessage(schema: MessageSchema): Message {
  const message: Message = {}
  for (const field of Object.values(schema)) {
    if (field.repeated === true) message[field.name] = NO_VALUES
    else if (field.kind !== 'message' && field.optional !== true) message[field.name] = defaultOf(field.kind)
  }
  return message
}

function valuesOf(message: Message, name: string): unknown[] {
  if (message[name] === NO_VALUES) message[name] = []
  return message[name] as unknown[]
}

/** The value of a field that is not there. */
export function defaultOf(kind: ScalarKind): unknown {
  switch (kind) {
    case 'string':
    case 'id':
      return ''
    case 'bytes':
      return NO_BYTES
    case 'bool':
      return false
    case 'int32':
    case 'uint32':
    case 'sint32':
    case 'fixed32':
    case 'double':
      return 0
    case 'int64':
    case 'uint64':
    case 'fixed64':
    case 'sfixed64':
      return 0n
  }
}

function clearAlternatives(schema: MessageSchema, chosen: FieldSchema, message: Message): void {
  for (const field of Object.values(schema)) if (field.oneof === true && field !== chosen) delete message[field.name]
}
