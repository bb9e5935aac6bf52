import type { Journal, JournalSegment, Position } from '@plutus/journal'
import type { Entry, Ledger } from './ledger.ts'
import { countClasses } from './spool-counts.ts'
import { readFrame } from './spool-frame.ts'

// A journal reads so much at once. Nobody keeps it over a step.
const READ_BYTES = 64 * 1024
let memory: Buffer | undefined

/** Finds out what records are in a segment, in steps: before there is no room for it, a part in each turn of the event loop. */
export class SegmentSurvey {
  readonly segment: JournalSegment
  readonly #journal: Journal
  readonly #frames: { readonly position: Position; readonly classes: ReadonlyMap<string, number> }[] = []
  #position: Position

  constructor(journal: Journal, segment: JournalSegment) {
    this.segment = segment
    this.#journal = journal
    this.#position = Math.max(segment.start, journal.acknowledged)
  }

  /**
   * Reads on, so many bytes and the rest of the last frame; none if that is not positive.
   *
   * @returns how many bytes were read; 0 if all of it is known.
   * @throws {PlutusError} if the file system fails.
   */
  step(mostBytes: number): number {
    let bytes = 0
    if (this.#position >= this.segment.end || mostBytes <= 0) return bytes
    memory ??= Buffer.allocUnsafeSlow(READ_BYTES)
    for (const frame of this.#journal.read(this.#position, memory)) {
      if (frame.segment !== this.segment) break
      const records = readFrame(frame.bytes)?.records ?? frame.bytes
      this.#frames.push({ position: frame.position, classes: countClasses(records) })
      this.#position = frame.position
      bytes += frame.bytes.length
      if (bytes >= mostBytes) break
    }
    return bytes
  }

  /**
   * How many records of each class are lost with the segment, by what they stand in: those that nobody has but the disk,
   * and who was sent them. @throws as `step` does.
   */
  countLost(ledger: Ledger): Map<Entry, Map<string, number>> {
    this.step(Infinity)
    const lost = new Map<Entry, Map<string, number>>()
    for (const { position, classes } of this.#frames) {
      const entry = ledger.findOnDiskOnly(position)
      if (entry === undefined) continue // memory has it too
      const sums = lost.get(entry) ?? new Map<string, number>()
      lost.set(entry, sums)
      for (const [dataClass, count] of classes) sums.set(dataClass, (sums.get(dataClass) ?? 0) + count)
    }
    return lost
  }
}
