const DEFAULT_BYTES = 64 * 1024

/**
 * A growing buffer that records are encoded into, one after the other.
 *
 * It owns its `ArrayBuffer`, so what is written can be transferred to another thread.
 */
export class ByteBuffer {
  /** The bytes; those from `position` on are free. Replaced when the buffer grows. */
  bytes: Buffer
  /** A view of all of `bytes`. */
  view: DataView
  /** Where the next byte goes. */
  position = 0

  /** @param bytes size to begin with, at least 1. @defaultValue 65536 */
  constructor(bytes: number | ArrayBuffer = DEFAULT_BYTES) {
    this.bytes = Buffer.from(typeof bytes === 'number' ? new ArrayBuffer(bytes) : bytes)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Makes room for `more` bytes from `position` on. Throws a RangeError when the memory cannot be had. */
  reserve(more: number): void {
    if (this.position + more > this.bytes.length) this.#grow(this.position + more)
  }

  /** What was written from `start` up to `position`, as a view that later growth leaves behind. */
  written(start = 0): Uint8Array {
    return this.bytes.subarray(start, this.position)
  }

  #grow(needed: number): void {
    const grown = Buffer.from(new ArrayBuffer(Math.max(this.bytes.length * 2, needed)))
    grown.set(this.bytes.subarray(0, this.position))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }
}
