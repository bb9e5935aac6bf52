import type { EncodedHeader } from '@plutus/otlp'
import { isDiskFull } from './disk-full.ts'
import { countDirectories } from './instance-directory.ts'
import type { Entry, Ledger } from './ledger.ts'
import type { OwnPlace } from './own-place.ts'
import { discardOrdinary } from './spool-bounds.ts'
import { countClasses } from './spool-counts.ts'
import type { SpoolCounts } from './spool-counts.ts'
import { FrameWriter, readFrame } from './spool-frame.ts'
import type { SpoolKind } from './spool-frame.ts'
import type { SpoolRoom } from './spool-room.ts'

/** What a writer of a spool is made of. */
export interface SpoolWriterOptions {
  readonly root: string
  readonly place: OwnPlace
  readonly room: SpoolRoom
  readonly counts: SpoolCounts
  /** Everything that there is on disk. */
  readonly ledgers: () => readonly Ledger[]
}

// Programs that live too short to take over from one another must not fill a disk with what is not durable.
const MAX_DIRECTORIES = 64
const REFUSED = 'The endpoint refuses records that must not be lost; they are set aside on disk, see `plutus spool ls`'

/** Writes records to the journals of this process, as far as the bound and the disk let it. Throws nothing. */
export class SpoolWriter {
  readonly #options: SpoolWriterOptions
  readonly #frames = new FrameWriter()
  #hasLooked = false

  constructor(options: SpoolWriterOptions) {
    this.#options = options
  }

  /** The journal to write to, if the bound and the disk let it. */
  find(kind: SpoolKind): Ledger | undefined {
    const { root, place, room } = this.#options
    const isOrdinary = kind === 'logs' || kind === 'traces'
    if (!this.#hasLooked || (isOrdinary && place.current === undefined)) {
      const count = countDirectories(root)
      if (isOrdinary && place.current === undefined && count >= MAX_DIRECTORIES) return undefined
      // Programs that live too short to measure what others have left must not fill a disk either.
      if (!this.#hasLooked && count > MAX_DIRECTORIES) this.#hear(room.measureNow())
      this.#hasLooked = true
    }
    const isRoom = isOrdinary ? room.isForOrdinary : !room.isCrowded
    return isRoom ? place.ledger(kind) : undefined
  }

  /** Writes records of one scope as a frame. Returns its position, if it is on disk. */
  write(
    ledger: Ledger,
    scope: EncodedHeader,
    bytes: Uint8Array,
    start: number,
    end: number,
    resource?: EncodedHeader,
  ): number | undefined {
    const { place, room } = this.#options
    try {
      const frame = this.#frames.write(scope, bytes, start, end, resource)
      const position = this.#append(ledger, frame)
      room.note(frame.length)
      return position
    } catch (error) {
      place.fail(error)
      return undefined
    }
  }

  /** Keeps durable records that the endpoint refuses for good where somebody can look at them; others are lost. */
  setAside(ledger: Ledger, entry: Entry, refused: readonly (readonly [from: number, to: number])[]): void {
    if (refused.length === 0) return
    const { place, counts } = this.#options
    if (ledger.kind !== 'durable') {
      counts.lost('application', 'refused', sumOf(refused))
      return
    }
    try {
      let at = 0
      for (const { bytes } of ledger.framesOf(entry)) {
        if (refused.some(([from, to]) => at >= from && at < to)) this.#keep(bytes)
        at++ // of a durable journal each frame is one record
      }
    } catch (error) {
      place.fail(error)
    }
  }

  #keep(frame: Uint8Array): void {
    const { place, counts } = this.#options
    const target = place.ledger('refused')
    try {
      if (target !== undefined) {
        this.#append(target, frame)
        place.tell(REFUSED)
        counts.refused(1)
        return
      }
    } catch (error) {
      place.fail(error)
    }
    for (const [dataClass, count] of countClasses(readFrame(frame)?.records ?? frame)) {
      counts.lost(dataClass, 'refused', count)
    }
  }

  /** On a full disk ordinary records make room for durable ones. @throws {PlutusError} if that is not enough. */
  #append(ledger: Ledger, frame: Uint8Array): number {
    const { ledgers, counts } = this.#options
    for (;;) {
      try {
        return ledger.journal.append(frame)
      } catch (error) {
        if (ledger.kind !== 'durable' && ledger.kind !== 'refused') throw error
        if (!isDiskFull(error) || !discardOrdinary(ledgers(), counts)) throw error
      }
    }
  }

  #hear(error: unknown): void {
    if (error !== undefined) this.#options.place.fail(error)
  }
}

function sumOf(ranges: readonly (readonly [from: number, to: number])[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0)
}
