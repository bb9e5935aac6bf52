import { DELIMITED, FIXED32, FIXED64, VARINT } from './wire-writer.ts'

/**
 * What is wrong with bytes that cannot be decoded.
 *
 * - `truncated`: they end inside a field
 * - `malformed`: they break the rules of protobuf or JSON
 * - `too_large`, `too_deep`, `too_many`: they exceed a bound of `DecodeLimits`
 */
export type DecodeErrorCode = 'truncated' | 'malformed' | 'too_large' | 'too_deep' | 'too_many'

/** Ends a decoding; it does not leave the room. */
export class DecodeFailure extends Error {
  readonly code: DecodeErrorCode

  constructor(code: DecodeErrorCode) {
    super(code)
    this.code = code
  }
}

const START_GROUP = 3
const END_GROUP = 4
const MAX_VARINT_SHIFT = 63
const MAX_FIELD_NUMBER = 2 ** 29 - 1

/** Reads protobuf from bytes within bounds; throws DecodeFailure, and never reads or allocates past the end. */
export class WireReader {
  readonly bytes: Buffer
  position = 0
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Reads a varint of up to 64 bits; what does not fit is cut off, as protobuf wants it. */
  readVarint(end: number): bigint {
    let low = 0
    let value = 0n
    for (let shift = 0; shift <= MAX_VARINT_SHIFT; shift += 7) {
      if (this.position >= end) throw new DecodeFailure('truncated')
      const byte = this.bytes[this.position++] as number
      if (shift < 28) low += (byte & 0x7f) << shift
      else value += BigInt(byte & 0x7f) << BigInt(shift)
      if (byte < 0x80) return BigInt.asUintN(64, value + BigInt(low))
    }
    throw new DecodeFailure('malformed')
  }

  /** Reads a varint of which the lower 32 bits count. */
  readUint32(end: number): number {
    let value = 0
    for (let shift = 0; shift <= MAX_VARINT_SHIFT; shift += 7) {
      if (this.position >= end) throw new DecodeFailure('truncated')
      const byte = this.bytes[this.position++] as number
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new DecodeFailure('malformed')
  }

  /** Reads the length of what follows, and returns where that ends. */
  readEnd(end: number): number {
    const length = this.readUint32(end)
    if (length > end - this.position) throw new DecodeFailure('truncated')
    return this.position + length
  }

  readFixed32(end: number): number {
    this.#need(4, end)
    return this.#view.getUint32(this.position - 4, true)
  }

  readFixed64(end: number): bigint {
    this.#need(8, end)
    return this.#view.getBigUint64(this.position - 8, true)
  }

  readDouble(end: number): number {
    this.#need(8, end)
    return this.#view.getFloat64(this.position - 8, true)
  }

  /** Reads a tag: number of the field times eight, plus its wire type. */
  readTag(end: number): number {
    const tag = this.readUint32(end)
    if (tag >>> 3 === 0 || tag >>> 3 > MAX_FIELD_NUMBER) throw new DecodeFailure('malformed')
    return tag
  }

  /** Skips a field that is not known, with at most `depth` groups inside one another. */
  skip(tag: number, end: number, depth: number): void {
    switch (tag & 7) {
      case VARINT:
        this.readUint32(end)
        return
      case FIXED64:
        this.#need(8, end)
        return
      case DELIMITED:
        this.position = this.readEnd(end)
        return
      case FIXED32:
        this.#need(4, end)
        return
      case START_GROUP:
        this.#skipGroup(tag >>> 3, end, depth)
        return
      default:
        throw new DecodeFailure('malformed')
    }
  }

  #skipGroup(number: number, end: number, depth: number): void {
    if (depth <= 0) throw new DecodeFailure('too_deep')
    for (;;) {
      const tag = this.readTag(end)
      if ((tag & 7) !== END_GROUP) this.skip(tag, end, depth - 1)
      else if (tag >>> 3 === number) return
      else throw new DecodeFailure('malformed')
    }
  }

  #need(bytes: number, end: number): void {
    if (bytes > end - this.position) throw new DecodeFailure('truncated')
    this.position += bytes
  }
}
