import { createBufferPool } from '@plutus/otlp'
import type { BufferPool, ByteBuffer, EncodedHeader } from '@plutus/otlp'
import type { RecordBuffer } from '../record-buffer.ts'
import type { TraceFate } from './trace-fate.ts'

/** Records of one trace and scope that stand beside one another in the ring. */
export interface RingPart {
  readonly fate: TraceFate
  /** Where they go if the trace is kept. */
  readonly sink: RecordBuffer
  readonly scope: EncodedHeader
  slab: Slab
  start: number
  end: number
  records: number
}

/** How a ring is bounded, and who makes room in it. */
export interface TraceRingOptions {
  /** Memory that it may take, at least 8 times 4096 bytes. */
  readonly maxBytes: number
  /** Frees what may go first. @returns whether there was anything. */
  readonly freeIdle: () => boolean
  /** Frees everything of a trace that is still open, since there is no room for it. */
  readonly freeOpen: (fate: TraceFate) => void
}

/** Memory that records are encoded into; free again when none of them is held any more. */
interface Slab {
  readonly buffer: ByteBuffer
  /** What was put in, in its order; a part that is not held any more has no records. */
  readonly parts: RingPart[]
  /** Bytes of what is held. */
  live: number
  /** Memory as it was counted last. */
  counted: number
}

const MAX_SLAB_BYTES = 256 * 1024
const SLABS = 8
// What a part takes beside its bytes, roughly.
const PART_BYTES = 96
// A slab is full before the next record would make its buffer grow.
const FULL = 0.94

/**
 * Holds the encoded records of traces that may yet be dropped, in slabs that are filled one after the other. Where a new
 * one would exceed the bound, the oldest is emptied: what little is left in it moves, and otherwise has to go.
 */
export class TraceRing {
  readonly #options: TraceRingOptions
  readonly #slabBytes: number
  readonly #pool: BufferPool
  /** The oldest first; the last one is being filled. */
  #slabs: Slab[] = []
  #bytes = 0

  constructor(options: TraceRingOptions) {
    this.#options = options
    this.#slabBytes = Math.min(MAX_SLAB_BYTES, Math.floor(options.maxBytes / SLABS))
    this.#pool = createBufferPool({ bufferBytes: this.#slabBytes, maxFree: 2 })
  }

  /** Memory that it takes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Buffer that the next record is encoded into, at its position. */
  open(): ByteBuffer {
    const last = this.#slabs.at(-1)
    if (last !== undefined && !this.#isFull(last)) return last.buffer
    return this.#addSlab().buffer
  }

  /** Takes the record that was encoded from `start` on into the buffer that `open` gave. */
  close(fate: TraceFate, sink: RecordBuffer, scope: EncodedHeader, start: number): void {
    const slab = this.#slabs.at(-1) as Slab
    const end = slab.buffer.position
    slab.live += end - start
    const last = fate.parts.at(-1)
    // A scope is of one signal, and so of one sink.
    if (last?.slab === slab && last.end === start && last.scope === scope) {
      last.end = end
      last.records++
    } else {
      const part: RingPart = { fate, sink, scope, slab, start, end, records: 1 }
      fate.parts.push(part)
      slab.parts.push(part)
    }
    const grown = slab.buffer.bytes.length - slab.counted
    if (grown === 0) return
    // A record that is larger than the room that was left.
    slab.counted += grown
    this.#bytes += grown
    this.#makeRoom(0)
  }

  /** Lets go of everything of a trace. */
  free(fate: TraceFate): void {
    for (const part of fate.parts) this.#release(part)
    fate.parts = []
  }

  #release(part: RingPart): void {
    const { slab } = part
    slab.live -= part.end - part.start
    part.records = 0
    if (slab.live === 0) this.#retire(slab)
  }

  /** Gives back a slab that holds nothing; the one that is being filled begins anew. */
  #retire(slab: Slab): void {
    slab.parts.length = 0
    if (slab === this.#slabs.at(-1) && slab.counted === this.#slabBytes) {
      slab.buffer.position = 0
      return
    }
    const at = this.#slabs.indexOf(slab)
    if (at === -1) return
    this.#slabs.splice(at, 1)
    this.#bytes -= slab.counted
    this.#pool.release(slab.buffer)
  }

  #isFull({ buffer, parts }: Slab): boolean {
    return buffer.position + parts.length * PART_BYTES > this.#slabBytes * FULL
  }

  #addSlab(): Slab {
    const last = this.#slabs.at(-1)
    const buffer = this.#pool.acquire()
    const slab: Slab = { buffer, parts: [], live: 0, counted: buffer.bytes.length }
    this.#slabs.push(slab)
    this.#bytes += slab.counted
    if (last?.live === 0) this.#retire(last)
    // The oldest may have to be emptied into this one, so it is there before there is room for it.
    this.#makeRoom(this.#slabBytes)
    return this.#slabs.at(-1) as Slab
  }

  /** Empties slabs until `spare` bytes are left. */
  #makeRoom(spare: number): void {
    while (this.#bytes + spare > this.#options.maxBytes) {
      if (this.#options.freeIdle()) continue
      const oldest = this.#slabs[0]
      if (oldest === undefined || this.#bytes <= this.#slabBytes) return
      this.#empty(oldest)
    }
  }

  #empty(slab: Slab): void {
    const target = this.#slabs.at(-1) as Slab
    const held = slab.parts.filter(({ records }) => records > 0)
    const isSmall = slab.live * 2 <= this.#slabBytes && target !== slab
    const fits = target.buffer.position + slab.live + held.length * PART_BYTES <= this.#slabBytes * FULL
    if (!isSmall || !fits) {
      for (const { fate } of held) {
        if (fate.parts.length > 0) this.#options.freeOpen(fate)
        this.free(fate)
      }
      if (this.#slabs.includes(slab)) this.#retire(slab)
      return
    }
    for (const part of held) this.#move(part, target)
    this.#retire(slab)
  }

  #move(part: RingPart, target: Slab): void {
    const { slab, start, end } = part
    const { buffer } = target
    const to = buffer.position
    buffer.bytes.set(slab.buffer.bytes.subarray(start, end), to)
    buffer.position += end - start
    slab.live -= end - start
    target.live += end - start
    part.slab = target
    part.start = to
    part.end = buffer.position
    target.parts.push(part)
  }
}
