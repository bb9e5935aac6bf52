import { crc32 } from 'node:zlib'
import type { FrameCipher } from './frame-cipher.ts'

/*
 * length (4) · CRC-32 (4) · bytes. Numbers are little-endian. The length is that of the stored bytes: of an encrypted
 * frame, with its tag. The checksum starts from that of the header and the length, so it vouches for both, and bytes
 * of nothing but zeros are no frame.
 */
const CHECKSUM_AT = 4
/** Bytes before those of the frame itself. */
export const FRAME_HEAD_BYTES = 8
/** No frame has more bytes, as it was given. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024
const MAX_STORED_BYTES = MAX_FRAME_BYTES + 64

/** Writes the head of a frame whose stored bytes are given into the first bytes of a buffer. */
export function writeFrameHead(into: Buffer, stored: Uint8Array, seed: number): void {
  into.writeUInt32LE(stored.length, 0)
  into.writeUInt32LE(crc32(stored, (seed ^ stored.length) >>> 0), CHECKSUM_AT)
}

/** What decides whether bytes are a frame of a segment. */
export interface FrameRules {
  /** Checksum of the header. */
  readonly seed: number
  readonly cipher: FrameCipher | undefined
}

/** Frames found in a part of a segment. */
export interface FoundFrames {
  /** Bytes of each, decrypted. */
  readonly frames: readonly Uint8Array[]
  /** Stored size of each, head included. */
  readonly sizes: readonly number[]
  /** Whether what follows the frames found is no frame. */
  readonly isBad: boolean
  /** Bytes that the next frame needs, if it is the part that ends too early; else 0. */
  readonly missing: number
}

/**
 * Finds the frames that are whole in a part of a segment. At the end of the segment nothing may be missing: there
 * `missing` is greater than what is left, and the rest is bad.
 *
 * @param offset where the part begins in its file.
 */
export function findFrames(part: Buffer, offset: number, { seed, cipher }: FrameRules): FoundFrames {
  const frames: Uint8Array[] = []
  const sizes: number[] = []
  let at = 0
  while (at < part.length) {
    if (part.length - at < FRAME_HEAD_BYTES) return { frames, sizes, isBad: false, missing: FRAME_HEAD_BYTES }
    const size = frameSizeAt(part, at)
    if (size === 0) return { frames, sizes, isBad: true, missing: 0 }
    if (size > part.length - at) return { frames, sizes, isBad: false, missing: size }
    const stored = part.subarray(at + FRAME_HEAD_BYTES, at + size)
    const isWhole = crc32(stored, (seed ^ stored.length) >>> 0) === part.readUInt32LE(at + CHECKSUM_AT)
    const bytes = isWhole && cipher !== undefined ? cipher.open(stored, offset + at) : stored
    if (!isWhole || bytes === undefined) return { frames, sizes, isBad: true, missing: 0 }
    frames.push(bytes)
    sizes.push(size)
    at += size
  }
  return { frames, sizes, isBad: false, missing: 0 }
}

/** Counts frames by following their lengths, whatever their checksums say. What is left counts as one. */
export function countFrameHeads(part: Buffer): number {
  let count = 0
  for (let at = 0; at < part.length; count++) {
    const size = part.length - at < FRAME_HEAD_BYTES ? 0 : frameSizeAt(part, at)
    if (size === 0) return count + 1
    at += size
  }
  return count
}

/** Size of the frame that begins here, head included, by its length; 0 if no frame can have that length. */
function frameSizeAt(part: Buffer, at: number): number {
  const length = part.readUInt32LE(at)
  return length === 0 || length > MAX_STORED_BYTES ? 0 : FRAME_HEAD_BYTES + length
}
