import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

// The format of bbolt, which a collector keeps its queues in: pages of one size, two of them with the same facts in turn.
const MAGIC = 0xed0cdaed
const VERSION = 2
const META_BYTES = 64
const CHECKED_BYTES = 56
const HEADER_BYTES = 16
const ELEMENT_BYTES = 16
const BUCKET_BYTES = 16
const [BRANCH, LEAF, META, FREELIST] = [0x01, 0x02, 0x04, 0x10] as const
const NO_FREELIST = 0xffff_ffff_ffff_ffffn
const SIZES_OF_PAGES = [4096, 8192, 16_384, 65_536, 1024, 2048, 32_768]
const MAX_DEPTH = 64

/** Reads bytes of a file; fewer where it ends. */
type Read = (position: number, length: number) => Buffer

interface Meta {
  readonly pageBytes: number
  readonly root: number
  readonly freelist: bigint
  readonly pages: number
  readonly transaction: bigint
}

/**
 * Tells what is wrong with a queue file of a collector, with which the collector would not start; `undefined` if nothing is.
 *
 * Reads what leads to the records, not the records: a gigabyte takes milliseconds.
 */
export function inspectQueueFile(path: string): string | undefined {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    if (size === 0) return undefined // a collector makes it anew
    const read: Read = (position, length) => {
      const buffer = Buffer.alloc(length)
      return buffer.subarray(0, readSync(file, buffer, 0, length, position))
    }
    const meta = readMeta(read)
    if (meta === undefined) return 'it has no valid first page'
    if (meta.pages * meta.pageBytes > size) return 'it was cut off'
    return new Tree(read, meta).findFault()
  } finally {
    closeSync(file)
  }
}

/** The newer of the two valid descriptions at the start of the file. */
function readMeta(read: Read): Meta | undefined {
  const first = parseMeta(read(0, HEADER_BYTES + META_BYTES))
  // Where the first is broken, nothing tells the size of a page.
  const sizes = first === undefined ? SIZES_OF_PAGES : [first.pageBytes]
  const second = sizes
    .map((bytes) => parseMeta(read(bytes, HEADER_BYTES + META_BYTES)))
    .find((meta) => meta !== undefined)
  if (first === undefined || second === undefined) return first ?? second
  return first.transaction > second.transaction ? first : second
}

function parseMeta(page: Buffer): Meta | undefined {
  if (page.length < HEADER_BYTES + META_BYTES || page.readUInt16LE(8) !== META) return undefined
  const meta = page.subarray(HEADER_BYTES)
  if (meta.readUInt32LE(0) !== MAGIC || meta.readUInt32LE(4) !== VERSION) return undefined
  if (meta.readBigUInt64LE(CHECKED_BYTES) !== hashFnv1a(meta.subarray(0, CHECKED_BYTES))) return undefined
  return {
    pageBytes: meta.readUInt32LE(8),
    root: Number(meta.readBigUInt64LE(16)),
    freelist: meta.readBigUInt64LE(32),
    pages: Number(meta.readBigUInt64LE(40)),
    transaction: meta.readBigUInt64LE(48),
  }
}

class Tree {
  readonly #read: Read
  readonly #meta: Meta

  constructor(read: Read, meta: Meta) {
    this.#read = read
    this.#meta = meta
  }

  findFault(): string | undefined {
    const { freelist, root } = this.#meta
    if (freelist !== NO_FREELIST && this.#header(Number(freelist))?.flags !== FREELIST) {
      return `page ${freelist} is not the list of free pages`
    }
    return this.#findFaultBelow(root, 0)
  }

  #findFaultBelow(id: number, depth: number): string | undefined {
    const header = this.#header(id)
    const isTree = header !== undefined && (header.flags === BRANCH || header.flags === LEAF)
    if (!isTree || depth > MAX_DEPTH) return `page ${id} is damaged`
    const start = id * this.#meta.pageBytes
    const elements = this.#read(start + HEADER_BYTES, header.count * ELEMENT_BYTES)
    for (let i = 0; i < header.count; i++) {
      const at = i * ELEMENT_BYTES
      const child =
        header.flags === BRANCH
          ? Number(elements.readBigUInt64LE(at + 8))
          : this.#bucketIn(elements, at, start, header.bytes)
      if (child === undefined) return `page ${id} is damaged`
      const fault = child === 0 ? undefined : this.#findFaultBelow(child, depth + 1)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  /** First page of a bucket that an entry of a leaf holds, 0 if it holds none, `undefined` if it leads out of its page. */
  #bucketIn(elements: Buffer, at: number, start: number, bytes: number): number | undefined {
    const [flags, position, keyBytes, valueBytes] = [0, 4, 8, 12].map((offset) =>
      elements.readUInt32LE(at + offset),
    ) as [number, number, number, number]
    const key = HEADER_BYTES + at + position
    if (key + keyBytes + valueBytes > bytes) return undefined
    if ((flags & 1) === 0) return 0
    if (valueBytes < BUCKET_BYTES) return undefined
    return Number(this.#read(start + key + keyBytes, BUCKET_BYTES).readBigUInt64LE(0))
  }

  /** What stands at the start of a page; `undefined` if that is not the page it should be. */
  #header(id: number): { flags: number; count: number; bytes: number } | undefined {
    const { pageBytes, pages } = this.#meta
    if (id < 2 || id >= pages) return undefined
    const page = this.#read(id * pageBytes, HEADER_BYTES)
    const overflow = page.readUInt32LE(12)
    const bytes = (overflow + 1) * pageBytes
    const count = page.readUInt16LE(10)
    if (page.readBigUInt64LE(0) !== BigInt(id) || id + overflow >= pages) return undefined
    if (HEADER_BYTES + count * ELEMENT_BYTES > bytes && page.readUInt16LE(8) !== FREELIST) return undefined
    return { flags: page.readUInt16LE(8), count, bytes }
  }
}

function hashFnv1a(bytes: Buffer): bigint {
  let hash = 0xcbf2_9ce4_8422_2325n
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100_0000_01b3n)
  return hash
}
