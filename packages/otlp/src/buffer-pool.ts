import { ByteBuffer } from './byte-buffer.ts'

/** Sizes of a buffer pool. */
export interface BufferPoolOptions {
  /** Size of each buffer in bytes. @defaultValue 491520 */
  readonly bufferBytes?: number
  /** How many free buffers to keep; more are left to the garbage collector. @defaultValue 4 */
  readonly maxFree?: number
}

/** Lends buffers and takes them back, so that a steady load allocates none. */
export interface BufferPool {
  /** An empty buffer: a free one, or a new one when none is free. */
  acquire(): ByteBuffer
  /** Takes back a buffer, or the memory of one that was transferred to another thread and came back. */
  release(buffer: ByteBuffer | ArrayBuffer): void
}

// A request costs more than its bytes, so that few large ones are cheaper. Two such buffers fit the smallest bound of all that
// waits, and a request of one fits what many a proxy takes: 1 MiB.
const DEFAULT_BUFFER_BYTES = 480 * 1024
const DEFAULT_MAX_FREE = 4

/**
 * Creates a pool of equally sized buffers.
 *
 * A buffer that grew, was detached, or is one too many is not kept.
 */
export function createBufferPool(options: BufferPoolOptions = {}): BufferPool {
  const { bufferBytes = DEFAULT_BUFFER_BYTES, maxFree = DEFAULT_MAX_FREE } = options
  const free: ByteBuffer[] = []
  return {
    acquire: () => free.pop() ?? new ByteBuffer(bufferBytes),
    release: (returned) => {
      const size = returned instanceof ByteBuffer ? returned.bytes.length : returned.byteLength
      // A detached buffer has no bytes left; a grown one would keep the pool larger than its bound.
      if (size !== bufferBytes || free.length >= maxFree) return
      const buffer = returned instanceof ByteBuffer ? returned : new ByteBuffer(returned)
      if (free.some(({ bytes }) => bytes.buffer === buffer.bytes.buffer)) return
      buffer.position = 0
      free.push(buffer)
    },
  }
}
