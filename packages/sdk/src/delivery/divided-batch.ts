import { divideBatch, recordBytesOf } from './packed-batch.ts'
import type { PackedBatch } from './packed-batch.ts'
import type { RequestSize } from './request-size.ts'
import type { Divisibility } from './transport.ts'

/** What is sent of a batch in one request. */
export interface BatchPart {
  readonly batch: PackedBatch
  /** Whether it comes from what was refused for something else than its size: it is not divided for that again. */
  readonly isHalf: boolean
  /** Whether it is one record that is as large as another one that was refused by itself. */
  readonly isHopeless: boolean
}

/**
 * A batch in as many requests as its endpoint makes necessary, in the order of its records. What is too large is divided
 * until it is taken or a single record; what is refused for something else, once.
 */
export class DividedBatch {
  readonly #size: RequestSize
  readonly #parts: BatchPart[]
  /** Bytes of the smallest record that was refused by itself: an endpoint that takes none is asked a few times, not by each. */
  #refusedBytes = Infinity

  /** @param size What is known of the endpoint, which learns from it. */
  constructor(batch: PackedBatch, size: RequestSize) {
    this.#size = size
    this.#parts = [{ batch, isHalf: false, isHopeless: false }]
  }

  /** Takes the next part; one that is known to be too large is divided before. */
  next(): BatchPart | undefined {
    for (;;) {
      const part = this.#parts.shift()
      if (part === undefined) return undefined
      const bytes = recordBytesOf(part.batch)
      const isRefused = bytes >= this.#refusedBytes
      if (!isRefused && bytes <= this.#size.mostBytes) return part
      if (!this.#divide(part, part.isHalf)) return { ...part, isHopeless: isRefused }
    }
  }

  /** The endpoint has taken a part. */
  taken({ batch }: BatchPart): void {
    this.#size.taken(recordBytesOf(batch))
  }

  /** The endpoint has refused a part. Returns whether smaller ones follow in its place. */
  refused(part: BatchPart, how: Divisibility): boolean {
    if (how === 'once') return !part.isHalf && this.#divide(part, true)
    const bytes = recordBytesOf(part.batch)
    if (this.#divide(part, part.isHalf)) {
      this.#size.refused(bytes)
      return true
    }
    this.#refusedBytes = Math.min(this.#refusedBytes, bytes)
    return false
  }

  #divide({ batch }: BatchPart, isHalf: boolean): boolean {
    const halves = divideBatch(batch)
    this.#parts.unshift(...halves.map((half) => ({ batch: half, isHalf, isHopeless: false })))
    return halves.length > 0
  }
}
