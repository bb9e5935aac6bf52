import type { Ledger } from './ledger.ts'
import { discardToFit, sizeOfLedgers } from './spool-bounds.ts'
import type { SpoolCounts } from './spool-counts.ts'
import { measureDirectories, measureDirectoriesNow } from './spool-size.ts'
import type { SpoolSize } from './spool-size.ts'

/** What a room is made of. */
export interface SpoolRoomOptions {
  readonly root: string
  readonly maxBytes: number
  readonly counts: SpoolCounts
  /** What belongs to this process. */
  readonly ledgers: () => readonly Ledger[]
  /** Whether a directory in the root belongs to this process, by its name. */
  readonly isOurs: (name: string) => boolean
  /** There is no room for durable records any more. */
  readonly onCrowded: () => void
  /** The file system does not let make room, in a turn of its own. */
  readonly onFailure: (error: unknown) => void
}

// So much may be written before the bound is looked at again.
const LOOK_BYTES = 256 * 1024
// As Node made it: a test of the application may replace it.
const { setTimeout } = globalThis

/**
 * Holds all processes of a root together to a bound. Each drops what is ordinary of its own, and of the dead, while all
 * of it exceeds the bound. Durable records are never dropped for it: once these alone reach the bound, none is added.
 */
export class SpoolRoom {
  readonly #options: SpoolRoomOptions
  #others = new Map<string, SpoolSize>()
  #isMeasuring = false
  #unlooked = 0
  #isCrowded = false
  #isFitting = false

  constructor(options: SpoolRoomOptions) {
    this.#options = options
  }

  /** Whether there is no room for durable records, as far as it is known. */
  get isCrowded(): boolean {
    return this.#isCrowded
  }

  /** Whether there may be room for ordinary records, which make room for one another. */
  get isForOrdinary(): boolean {
    return !this.#isCrowded && this.#othersBytes('bytes') < this.#options.maxBytes
  }

  /** So much was written. */
  note(bytes: number): void {
    this.#unlooked += bytes
  }

  /** Looks at the bound if enough was written since the last time. Returns the error of a disk that does not let it. */
  look(): unknown {
    return this.#unlooked >= LOOK_BYTES ? this.fit() : undefined
  }

  /** Drops what there is no room for. Returns the error of a file system that does not let it. */
  fit(): unknown {
    this.#unlooked = 0
    const { ledgers, maxBytes, counts, onCrowded } = this.#options
    const own = ledgers()
    const room = maxBytes - this.#othersBytes('bytes')
    const durableRoom = maxBytes - this.#othersBytes('durableBytes')
    const { isMore, error } = discardToFit(own, { room, durableRoom }, counts)
    this.#isCrowded = !isMore && sizeOfLedgers(own) > durableRoom
    if (this.#isCrowded) onCrowded()
    if (isMore) this.#fitNext()
    return error
  }

  /** Finds out what others have, without waiting for the disk, and makes room if need be. */
  async measure(): Promise<unknown> {
    if (this.#isMeasuring) return undefined
    this.#isMeasuring = true
    const { root, isOurs } = this.#options
    this.#others = await measureDirectories(root, (name) => !isOurs(name))
    this.#isMeasuring = false
    return this.fit()
  }

  /** The same at once. */
  measureNow(): unknown {
    this.#others = measureDirectoriesNow(this.#options.root, this.#options.maxBytes)
    return this.fit()
  }

  /** Drops the rest in a turn of its own. */
  #fitNext(): void {
    if (this.#isFitting) return
    this.#isFitting = true
    setTimeout(() => {
      this.#isFitting = false
      const error = this.fit()
      if (error !== undefined) this.#options.onFailure(error)
    }, 0).unref()
  }

  /** What was taken over since it was measured is counted with what is ours. */
  #othersBytes(which: keyof SpoolSize): number {
    let sum = 0
    for (const [name, size] of this.#others) if (!this.#options.isOurs(name)) sum += size[which]
    return sum
  }
}
