import type { JournalSegment } from '@plutus/journal'
import type { Entry, Ledger } from './ledger.ts'
import { SegmentSurvey } from './segment-survey.ts'
import type { SpoolCounts, SpoolLossReason } from './spool-counts.ts'

// What one turn of the event loop may read, so that it stays short, and how many files it may delete.
const STEP_BYTES = 512 * 1024
const STEP_FILES = 8
// So long before there is no more room it is found out what is in the file that goes first.
const AHEAD_BYTES = 2 * 1024 * 1024

/** What is known of the segment of a ledger that goes next. */
const surveys = new WeakMap<Ledger, SegmentSurvey>()

/** Bytes of all files of journals. */
export function sizeOfLedgers(ledgers: readonly Ledger[]): number {
  return ledgers.reduce((sum, { journal }) => sum + journal.bytes, 0)
}

/**
 * Discards what there is no room for: ordinary records, the oldest first, until all is within `room`; then what is
 * damaged, and what an endpoint refused, until what is durable is within `durableRoom`. Records that wait to be
 * delivered and must not be lost stay. It is a part of that, as much as one turn of the event loop may do.
 */
export function discardToFit(
  ledgers: readonly Ledger[],
  { room, durableRoom }: { readonly room: number; readonly durableRoom: number },
  counts: SpoolCounts,
): FitResult {
  let bytes = sizeOfLedgers(ledgers)
  let read = 0
  let files = 0
  try {
    for (;;) {
      const ordinary = findOrdinary(ledgers)
      const next = bytes > room && ordinary !== undefined ? ordinary : bytes > durableRoom && findLeast(ledgers)
      if (next === false || next === undefined) {
        // The next one is known when its turn comes.
        if (ordinary !== undefined && bytes > room - AHEAD_BYTES) surveyOldest(ordinary)?.step(STEP_BYTES - read)
        return { isMore: false }
      }
      read += surveyOldest(next)?.step(STEP_BYTES - read) ?? 0
      if (read >= STEP_BYTES || files === STEP_FILES) return { isMore: true }
      bytes -= discard(next, counts)
      files++
    }
  } catch (error) {
    return { isMore: false, error }
  }
}

/** What became of it. */
export interface FitResult {
  /** Whether it has to be called again, in another turn. */
  readonly isMore: boolean
  /** The error of a file system that does not let it. */
  readonly error?: unknown
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
 * @returns whether it has to be called again for the rest, in another turn of the event loop.
 * @throws {PlutusError} if the file system fails.
 */
export function discardOld(ledgers: readonly Ledger[], age: AgeLimit, counts: SpoolCounts): boolean {
  // Of a clock that was set forward since the start, what it would be without that.
  const limit = Math.min(age.wall, age.monotonicWall) - age.maxAgeMillis
  let read = 0
  let files = 0
  for (const ledger of ledgers) {
    const watched = ledger.failingSince === undefined ? 0 : age.monotonic - ledger.failingSince
    if (ledger.failingSince === undefined || watched < age.maxAgeMillis * WATCHED_SHARE) continue
    for (const segment of ledger.journal.segments.slice()) {
      if (segment.createdAt >= limit) break
      const survey = surveyOf(ledger, segment)
      read += survey.step(STEP_BYTES - read)
      if (read >= STEP_BYTES || files++ === STEP_FILES) return true
      const lost = survey.countLost(ledger)
      ledger.journal.acknowledge(segment.end)
      ledger.forget(segment.end)
      tellLost(lost, 'age', counts)
    }
  }
  return false
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
  const lost = surveyOldest(ledger)?.countLost(ledger)
  const discarded = journal.discardOldest()
  if (discarded === undefined) return Infinity // nothing is left
  if (discarded.kind !== 'segment' || first === undefined || lost === undefined) return discarded.bytes
  ledger.forget(first.end)
  tellLost(lost, 'full', counts)
  return discarded.bytes
}

function surveyOldest(ledger: Ledger): SegmentSurvey | undefined {
  const [oldest] = ledger.journal.segments
  return oldest && surveyOf(ledger, oldest)
}

/** What is known of a segment, which is the one that goes next. */
function surveyOf(ledger: Ledger, segment: JournalSegment): SegmentSurvey {
  const known = surveys.get(ledger)
  if (known?.segment === segment) return known
  const survey = new SegmentSurvey(ledger.journal, segment)
  surveys.set(ledger, survey)
  return survey
}

/** What is on its way is lost only if it does not arrive. */
function tellLost(
  lost: ReadonlyMap<Entry, ReadonlyMap<string, number>>,
  reason: SpoolLossReason,
  counts: SpoolCounts,
): void {
  for (const [entry, classes] of lost) {
    const losses = [...classes].map(([dataClass, count]) => ({ dataClass, reason, count }))
    if (entry.state === 'sending') entry.gone = [...(entry.gone ?? []), ...losses]
    else counts.lostAll(losses)
  }
}
