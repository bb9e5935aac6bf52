import type { JournalSegment } from '@plutus/journal'
import type { Ledger } from './ledger.ts'
import { countClasses } from './spool-counts.ts'
import type { SpoolCounts, SpoolLossReason } from './spool-counts.ts'
import { readFrame } from './spool-frame.ts'

/** Bytes of all files of journals. */
export function sizeOfLedgers(ledgers: readonly Ledger[]): number {
  return ledgers.reduce((sum, { journal }) => sum + journal.bytes, 0)
}

/**
 * Discards what there is no room for: ordinary records, the oldest first, until all is within `room`; then what is
 * damaged, and what an endpoint refused, until what is durable is within `durableRoom`. Records that wait to be
 * delivered and must not be lost stay.
 *
 * @returns the error of a file system that does not let it.
 */
export function discardToFit(
  ledgers: readonly Ledger[],
  { room, durableRoom }: { readonly room: number; readonly durableRoom: number },
  counts: SpoolCounts,
): unknown {
  let bytes = sizeOfLedgers(ledgers)
  try {
    for (let oldest = findOrdinary(ledgers); bytes > room && oldest !== undefined; oldest = findOrdinary(ledgers)) {
      bytes -= discard(oldest, counts)
    }
    for (let next = findLeast(ledgers); bytes > durableRoom && next !== undefined; next = findLeast(ledgers)) {
      bytes -= discard(next, counts)
    }
    return undefined
  } catch (error) {
    return error
  }
}

/** Discards the oldest ordinary records. Returns whether there were any. @throws {PlutusError} if the file system fails. */
export function discardOrdinary(ledgers: readonly Ledger[], counts: SpoolCounts): boolean {
  const oldest = findOrdinary(ledgers)
  return oldest !== undefined && discard(oldest, counts) < Infinity
}

/** How long records wait, and what the clocks say. */
export interface AgeLimit {
  readonly maxAgeMillis: number
  /** The wall clock. */
  readonly wall: number
  /** What the wall clock of the start and the monotonic one make of it. @defaultValue those of the process */
  readonly monotonicWall: number
  /** The monotonic clock. */
  readonly monotonic: number
}

// A wall clock that is wrong when a process starts is mostly set right within minutes.
const WATCHED_SHARE = 1 / 8

/**
 * Gives up what has waited for too long; nothing that was set aside, and nothing before this process has tried in vain,
 * by its monotonic clock, for an eighth of that time: a wall clock that steps, or was wrong when records were written,
 * or is wrong now, deletes nothing at once.
 *
 * @throws {PlutusError} if the file system fails.
 */
export function discardOld(ledgers: readonly Ledger[], age: AgeLimit, counts: SpoolCounts): void {
  // Of a clock that was set forward since the start, what it would be without that.
  const limit = Math.min(age.wall, age.monotonicWall) - age.maxAgeMillis
  for (const ledger of ledgers) {
    const watched = ledger.failingSince === undefined ? 0 : age.monotonic - ledger.failingSince
    if (ledger.failingSince === undefined || watched < age.maxAgeMillis * WATCHED_SHARE) continue
    for (const segment of ledger.journal.segments.slice()) {
      if (segment.createdAt >= limit) break
      const lost = countLost(ledger, segment)
      ledger.journal.acknowledge(segment.end)
      ledger.forget(segment.end)
      tellLost(lost, 'age', counts)
    }
  }
}

function findOrdinary(ledgers: readonly Ledger[]): Ledger | undefined {
  return findOldest(ledgers.filter(({ kind }) => kind === 'logs' || kind === 'traces'))
}

/** What is of least use among what is durable: bytes that are damaged, then what an endpoint refused. */
function findLeast(ledgers: readonly Ledger[]): Ledger | undefined {
  const damaged = ledgers.find(({ journal }) => journal.quarantined.files > 0)
  return damaged ?? findOldest(ledgers.filter(({ kind }) => kind === 'refused'))
}

function findOldest(ledgers: readonly Ledger[]): Ledger | undefined {
  let oldest: Ledger | undefined
  for (const ledger of ledgers) {
    if (ledger.journal.bytes === 0) continue
    if (oldest === undefined || birthOf(ledger) < birthOf(oldest)) oldest = ledger
  }
  return oldest
}

/** Files that were set aside are older than all others. */
function birthOf({ journal }: Ledger): number {
  return journal.quarantined.files + journal.unread.length > 0 ? 0 : (journal.segments[0]?.createdAt ?? 0)
}

/** Discards the oldest file of a journal, counts what is lost with it, and returns its bytes. */
function discard(ledger: Ledger, counts: SpoolCounts): number {
  const { journal } = ledger
  const [first] = journal.segments
  const lost = first && countLost(ledger, first)
  const discarded = journal.discardOldest()
  if (discarded === undefined) return Infinity // nothing is left
  if (discarded.kind !== 'segment' || first === undefined || lost === undefined) return discarded.bytes
  ledger.forget(first.end)
  tellLost(lost, 'full', counts)
  return discarded.bytes
}

/** How many records of each class are lost with the first segment of a journal. */
function countLost(ledger: Ledger, { name }: JournalSegment): Map<string, number> {
  const lost = new Map<string, number>()
  for (const { bytes, position, segment } of ledger.journal.read()) {
    if (segment.name !== name) break
    if (!ledger.isOnDiskOnly(position)) continue // memory has it too
    const records = readFrame(bytes)?.records ?? bytes
    for (const [dataClass, count] of countClasses(records)) lost.set(dataClass, (lost.get(dataClass) ?? 0) + count)
  }
  return lost
}

function tellLost(lost: ReadonlyMap<string, number>, reason: SpoolLossReason, counts: SpoolCounts): void {
  for (const [dataClass, count] of lost) counts.lost(dataClass, reason, count)
}
