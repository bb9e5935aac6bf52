import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib'
import type { Transform } from 'node:stream'

/** How files of the archive are compressed. */
export const COMPRESSIONS = ['gzip', 'zstd'] as const

/** One of `COMPRESSIONS`. */
export type Compression = (typeof COMPRESSIONS)[number]

const ENDINGS: Readonly<Record<Compression, string>> = { gzip: '.gz', zstd: '.zst' }
// gzip has a checksum of what it holds by itself.
const ZSTD = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }

/** Name of a rotated file once it is compressed. */
export function compressedName(name: string, compression: Compression): string {
  return `${name}${ENDINGS[compression]}`
}

/** How a file is compressed, by its name. */
export function compressionOf(name: string): Compression | undefined {
  return COMPRESSIONS.find((one) => name.endsWith(ENDINGS[one]))
}

/** Name of a file before it was compressed. */
export function plainName(name: string): string {
  const compression = compressionOf(name)
  return compression === undefined ? name : name.slice(0, -ENDINGS[compression].length)
}

/** A stream that compresses. */
export function createCompressor(compression: Compression): Transform {
  return compression === 'gzip' ? createGzip() : createZstdCompress(ZSTD)
}

/** A stream that gives back what was compressed, and fails where that was damaged. */
export function createDecompressor(compression: Compression): Transform {
  return compression === 'gzip' ? createGunzip() : createZstdDecompress()
}
