import type { InspectedSegment } from '@plutus/journal'
import { countSpooled } from '@plutus/sdk'
import type { InspectedPart, InspectedSpoolJournal } from '@plutus/sdk'

/** What one part of a spool has of one class in one state. */
export interface SpoolCount {
  /** A class of log records, or `spans`; `unknown` where that cannot be read. */
  readonly holds: string
  /**
   * `waiting` to be sent, or `refused` by the endpoint for good; or it cannot be read: `damaged`, `quarantined` since it
   * was damaged, `locked` for want of a key, of an `unknown` version.
   */
  readonly state: 'waiting' | 'refused' | Exclude<InspectedSegment['state'], 'good'>
  readonly records: number
  readonly bytes: number
  /** Milliseconds since 1970, by the clock of the writer. */
  readonly oldest: number
}

/** Counts what nobody has taken yet from a part, and what of it cannot be read. */
export function countPart({ journals }: InspectedPart): SpoolCount[] {
  const counts = new Map<string, SpoolCount>()
  for (const count of journals.flatMap((journal) => [...countFrames(journal), ...countUnreadable(journal)])) {
    const key = `${count.state} ${count.holds}`
    const sum = counts.get(key)
    counts.set(key, sum === undefined ? count : add(sum, count))
  }
  return [...counts.values()]
}

function add(one: SpoolCount, other: SpoolCount): SpoolCount {
  return {
    ...one,
    records: one.records + other.records,
    bytes: one.bytes + other.bytes,
    oldest: Math.min(one.oldest, other.oldest),
  }
}

function* countFrames({ kind, inspection }: InspectedSpoolJournal): Iterable<SpoolCount> {
  const state = kind === 'refused' ? 'refused' : 'waiting'
  for (const frame of inspection.frames()) {
    if (frame.isAcknowledged) continue
    const classes = countSpooled(frame)
    if (classes.size === 0) classes.set('unknown', 1)
    const records = [...classes.values()].reduce((sum, count) => sum + count, 0)
    for (const [holds, count] of classes) {
      // What several classes share is divided by their records.
      const bytes = Math.round((frame.bytes.length * count) / records)
      yield { holds, state, records: count, bytes, oldest: frame.segment.createdAt }
    }
  }
}

function* countUnreadable({ inspection }: InspectedSpoolJournal): Iterable<SpoolCount> {
  for (const { state, frames, bytes, badBytes, badFrames, createdAt: oldest } of inspection.segments) {
    if (state === 'damaged') yield { holds: 'unknown', state, records: badFrames, bytes: badBytes, oldest }
    else if (state !== 'good') yield { holds: 'unknown', state, records: frames, bytes, oldest }
  }
}
