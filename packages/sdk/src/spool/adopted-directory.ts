import { openJournalInSteps } from '@plutus/journal'
import type { Journal, JournalOptions } from '@plutus/journal'
import { loadBuiltin } from '../delivery/builtins.ts'
import { closeJournals, removeDirectory } from './instance-directory.ts'
import { Ledger } from './ledger.ts'
import { readLabel, SPOOL_KINDS } from './spool-frame.ts'
import type { SpoolKind } from './spool-frame.ts'
import { readAcked } from './thread-account.ts'

/** How journals of a spool are kept. */
export type JournalSettings = Pick<
  JournalOptions,
  'sync' | 'keys' | 'files' | 'maxSegmentBytes' | 'maxSegmentAgeMillis' | 'onQuarantine'
>

/** A directory that an earlier process left, taken over. */
export interface AdoptedDirectory {
  readonly path: string
  readonly ledgers: readonly Ledger[]
}

/** Opens the journals in a directory that was taken over; those that cannot be opened are told of, and left. */
export function openAdopted(
  path: string,
  journals: JournalSettings,
  onFailure: (error: unknown) => void,
): AdoptedDirectory {
  const steps = openAdoptedInSteps(path, journals, onFailure)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** The same, one file at each step: an outage of a night leaves thousands. */
export function* openAdoptedInSteps(
  path: string,
  journals: JournalSettings,
  onFailure: (error: unknown) => void,
): Generator<undefined, AdoptedDirectory> {
  const ledgers: Ledger[] = []
  for (const kind of SPOOL_KINDS) {
    const directory = `${path}/${kind}`
    if (!loadBuiltin('node:fs').existsSync(directory)) continue
    try {
      const journal = yield* openJournalInSteps({ ...journals, directory })
      // What a later version wrote is left to that.
      if (!journal.segments.every(({ label }) => readLabel(label) !== undefined)) {
        journal.close()
        continue
      }
      if (journal.unread.length > 0) onFailure(new UnreadableFilesError())
      ledgers.push(openLedger(kind, journal, path))
    } catch (error) {
      onFailure(error)
    }
  }
  return { path, ledgers }
}

/** Takes up a journal, without what the main thread has delivered for a thread that left it. */
export function openLedger(kind: SpoolKind, journal: Journal, path: string): Ledger {
  return new Ledger(kind, journal, kind === 'durable' ? readAcked(path) : 0)
}

/** Removes a directory that was taken over, unless something of it is needed. Returns whether it is gone. */
export function closeAdopted({ path, ledgers }: AdoptedDirectory): boolean {
  return closeJournals(ledgers.map(({ journal }) => journal)) && removeDirectory(path)
}

/** Files are kept that this process cannot read. */
class UnreadableFilesError extends Error {
  constructor() {
    super('Files in it have another key, or are of a later version; they are kept. See PLUTUS_SPOOL_KEY_FILE')
  }
}
