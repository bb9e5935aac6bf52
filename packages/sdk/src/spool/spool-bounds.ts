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
 * Discards what there is no room for: ordinary records first, the oldest before the others, then what an endpoint
 * refused, durable ones last. Returns the error of a file system that does not let it.
 */
export function discardToFit(ledgers: readonly Ledger[], maxBytes: number, counts: SpoolCounts): unknown {
  let bytes = sizeOfLedgers(ledgers)
  while (bytes > maxBytes) {
    try {
      const oldest = findOldest(ledgers)
      if (oldest === undefined) return undefined
      bytes -= discard(oldest, counts)
    } catch (error) {
      return error
    }
  }
  return undefined
}

/** Discards the oldest ordinary records. Returns whether there were any. @throws {PlutusError} if the file system fails. */
export function discardOrdinary(ledgers: readonly Ledger[], counts: SpoolCounts): boolean {
  const oldest = findOldest(ledgers.filter(({ kind }) => kind !== 'durable' && kind !== 'refused'))
  return oldest !== undefined && discard(oldest, counts) < Infinity
}

/**
 * Gives up what has waited for too long; nothing that has not been tried, and nothing that was set aside.
 *
 * @throws {PlutusError} if the file system fails.
 */
export function discardOld(ledgers: readonly Ledger[], maxAgeMillis: number, counts: SpoolCounts): void {
  // Nothing ages by a clock that was set forward since this process began.
  const limit = Math.min(Date.now(), performance.timeOrigin + performance.now()) - maxAgeMillis
  for (const ledger of ledgers) {
    if (!ledger.wasTried) continue
    for (const segment of ledger.journal.segments.slice()) {
      if (segment.createdAt >= limit) break
      const lost = countLost(ledger, segment)
      ledger.journal.acknowledge(segment.end)
      ledger.forget(segment.end)
      tellLost(lost, 'age', counts)
    }
  }
}

const FIRST_TO_GO = [['logs', 'traces'], ['refused'], ['durable']] as const

function findOldest(ledgers: readonly Ledger[]): Ledger | undefined {
  for (const kinds of FIRST_TO_GO) {
    let oldest: Ledger | undefined
    for (const ledger of ledgers) {
      if (!(kinds as readonly string[]).includes(ledger.kind) || ledger.journal.bytes === 0) continue
      if (oldest === undefined || birthOf(ledger) < birthOf(oldest)) oldest = ledger
    }
    if (oldest !== undefined) return oldest
  }
  return undefined
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
