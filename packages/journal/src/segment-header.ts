import { crc32 } from 'node:zlib'

/*
 * magic (7) · version (1) · size of the header (4) · birthday (8, a double) · key id (8) · salt (16) · label · CRC-32 (4)
 *
 * Numbers are little-endian. The checksum covers all before it, and every frame of the segment is bound to it: bytes of
 * another segment that a file system puts here after a power loss are no frames.
 */
const MAGIC = Buffer.from('PLUTUSJ')
const VERSION = 1
const VERSION_AT = MAGIC.length
const SIZE_AT = 8
const CREATED_AT = 12
const KEY_ID_AT = 20
const SALT_AT = 28
const LABEL_AT = 44
const CHECKSUM_BYTES = 4

/** Bytes of `SegmentHeader.keyId`. */
export const KEY_ID_BYTES = SALT_AT - KEY_ID_AT
/** Bytes of `SegmentHeader.salt`. */
export const SALT_BYTES = LABEL_AT - SALT_AT
export const MAX_LABEL_BYTES = 65_535
/** No header is longer. */
export const MAX_HEADER_BYTES = LABEL_AT + MAX_LABEL_BYTES + CHECKSUM_BYTES

const NO_KEY = new Uint8Array(KEY_ID_BYTES)

/** What stands at the head of a segment. */
export interface SegmentHeader {
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** Which key encrypts the frames; undefined if none does. */
  readonly keyId?: Uint8Array | undefined
  /** Random bytes: no two segments have the same. */
  readonly salt: Uint8Array
  readonly label: Uint8Array
}

/** A header that was read. */
export interface ReadHeader extends SegmentHeader {
  /** Bytes of the header, which is where the first frame begins. */
  readonly size: number
  /** The bytes as they stand in the file. */
  readonly bytes: Buffer
  /** Checksum of the header: what the checksum of each frame starts from. */
  readonly seed: number
}

/** Writes a header. */
export function encodeHeader({ createdAt, keyId = NO_KEY, salt, label }: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(LABEL_AT + label.length + CHECKSUM_BYTES)
  bytes.set(MAGIC)
  bytes[VERSION_AT] = VERSION
  bytes.writeUInt32LE(bytes.length, SIZE_AT)
  bytes.writeDoubleLE(createdAt, CREATED_AT)
  bytes.set(keyId, KEY_ID_AT)
  bytes.set(salt, SALT_AT)
  bytes.set(label, LABEL_AT)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -CHECKSUM_BYTES)), bytes.length - CHECKSUM_BYTES)
  return bytes
}

/** Reads the header from the first bytes of a file: `unknown` is one of another version, `bad` is none. */
export function decodeHeader(bytes: Buffer): ReadHeader | 'unknown' | 'bad' {
  if (bytes.length < SIZE_AT || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return 'bad'
  if (bytes[VERSION_AT] !== VERSION) return 'unknown'
  if (bytes.length < LABEL_AT + CHECKSUM_BYTES) return 'bad'
  const size = bytes.readUInt32LE(SIZE_AT)
  if (size < LABEL_AT + CHECKSUM_BYTES || size > Math.min(bytes.length, MAX_HEADER_BYTES)) return 'bad'
  const header = Buffer.from(bytes.subarray(0, size)) // what was read around it need not stay
  const seed = header.readUInt32LE(size - CHECKSUM_BYTES)
  if (crc32(header.subarray(0, -CHECKSUM_BYTES)) !== seed) return 'bad'
  const keyId = header.subarray(KEY_ID_AT, SALT_AT)
  return {
    createdAt: header.readDoubleLE(CREATED_AT),
    keyId: keyId.equals(NO_KEY) ? undefined : keyId,
    salt: header.subarray(SALT_AT, LABEL_AT),
    label: header.subarray(LABEL_AT, -CHECKSUM_BYTES),
    size,
    bytes: header,
    seed,
  }
}
