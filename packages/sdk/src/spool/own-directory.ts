import { openJournal } from '@plutus/journal'
import type { JournalOptions } from '@plutus/journal'
import type { EncodedHeader } from '@plutus/otlp'
import { loadBuiltin } from '../delivery/builtins.ts'
import { Lease, LEASE_FILE } from './lease.ts'
import type { LeaseTimes } from './lease.ts'
import { Ledger } from './ledger.ts'
import { findFault, makePrivateDirectory } from './private-directory.ts'
import { ACKED_FILES, readAcked } from './thread-account.ts'
import { readLabel, SPOOL_KINDS, writeLabel } from './spool-frame.ts'
import type { SpoolKind } from './spool-frame.ts'

/** How journals of a spool are kept. */
export type JournalSettings = Pick<JournalOptions, 'sync' | 'keys' | 'files' | 'onQuarantine'>

/** What the directory of one process or thread is made of. */
export interface OwnDirectoryOptions {
  readonly root: string
  readonly isThread: boolean
  readonly resource: () => EncodedHeader
  readonly journals: JournalSettings
  readonly times: LeaseTimes
  /** Somebody took the directory, or removed it. */
  readonly onLost: () => void
}

/** A directory cannot be used; the message says why, as a part of a sentence that begins with its path. */
export class UnusableDirectoryError extends Error {}

/** Files are kept that this process cannot read. */
class UnreadableFilesError extends Error {
  constructor() {
    super('Files in it have another key, or are of a later version; they are kept. See PLUTUS_SPOOL_KEY_FILE')
  }
}

/** Names of the directories of processes: when they were made, and what tells them apart. */
export const INSTANCE = /^\d{13,}-[\da-f]{16}(?:\.gone)*$/

/** The directory in a spool that belongs to this process or thread. */
export class OwnDirectory {
  readonly path: string
  readonly lease: Lease
  readonly #options: OwnDirectoryOptions
  readonly #ledgers = new Map<SpoolKind, Ledger>()
  readonly #timer: NodeJS.Timeout
  #label: EncodedHeader | undefined

  /** @throws if it cannot be made. */
  constructor(options: OwnDirectoryOptions) {
    this.#options = options
    const { root, isThread, times, onLost } = options
    const fault = makePrivateDirectory(root)
    if (fault !== undefined) throw new UnusableDirectoryError(fault)
    const owner = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex')
    this.path = `${root}/${Date.now()}-${owner}`
    loadBuiltin('node:fs').mkdirSync(this.path, { mode: 0o700 })
    try {
      this.lease = new Lease(this.path, { owner, isThread, times }, onLost)
    } catch (error) {
      removeDirectory(this.path) // a full disk has room for it, but not for what is in it
      throw error
    }
    this.#timer = setInterval(() => this.lease.renew(), times.renew).unref()
  }

  /** Journals that hold something, or may. */
  get ledgers(): readonly Ledger[] {
    return SPOOL_KINDS.flatMap((kind) => this.#ledgers.get(kind) ?? [])
  }

  /** The journal of a kind, and what is known of it. @throws if it cannot be opened. */
  ledger(kind: SpoolKind): Ledger {
    const known = this.#ledgers.get(kind)
    if (known !== undefined) return known
    this.#label ??= this.#options.resource()
    const journal = openJournal({
      ...this.#options.journals,
      directory: `${this.path}/${kind}`,
      label: writeLabel(kind, this.#label),
    })
    const ledger = new Ledger(kind, journal)
    this.#ledgers.set(kind, ledger)
    return ledger
  }

  /** Ends writing; what is in the directory stays, unless nobody needs anything of it. */
  close(): void {
    clearInterval(this.#timer)
    if (closeJournals(this.ledgers)) removeDirectory(this.path)
  }

  /** Ends writing where somebody else has the directory now. */
  abandon(): void {
    clearInterval(this.#timer)
    for (const { journal } of this.ledgers) journal.close()
  }
}

// As Node made them: a test of the application may replace them.
const { setInterval, clearInterval } = globalThis

/** How many processes have a directory, or have left one. */
export function countDirectories(root: string): number {
  try {
    return loadBuiltin('node:fs')
      .readdirSync(root)
      .filter((name) => INSTANCE.test(name)).length
  } catch {
    return 0
  }
}

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
  const ledgers: Ledger[] = []
  for (const kind of SPOOL_KINDS) {
    const directory = `${path}/${kind}`
    if (!loadBuiltin('node:fs').existsSync(directory)) continue
    try {
      const journal = openJournal({ ...journals, directory })
      // What a later version wrote is left to that.
      if (!journal.segments.every(({ label }) => readLabel(label) !== undefined)) {
        journal.close()
        continue
      }
      if (kind === 'durable') journal.acknowledge(readAcked(path))
      if (journal.unread.length > 0) onFailure(new UnreadableFilesError())
      ledgers.push(new Ledger(kind, journal))
    } catch (error) {
      onFailure(error)
    }
  }
  return { path, ledgers }
}

/** Removes a directory that was taken over, unless something of it is needed. Returns whether it is gone. */
export function closeAdopted({ path, ledgers }: AdoptedDirectory): boolean {
  return closeJournals(ledgers) && removeDirectory(path)
}

/** Takes a directory whose owner is dead; of those who try only one gets it. */
export function takeDirectory(root: string, name: string, into: string, seen: string | undefined): string | undefined {
  const { renameSync, readFileSync, readdirSync } = loadBuiltin('node:fs')
  const path = `${into}/${name}`
  try {
    if (findFault(`${root}/${name}`) !== undefined) return undefined
    renameSync(`${root}/${name}`, path)
  } catch {
    return undefined // somebody else was faster
  }
  let text: string | undefined
  try {
    text = readFileSync(`${path}/${LEASE_FILE}`, 'utf8')
  } catch {
    text = undefined
  }
  try {
    if (text !== seen) {
      renameSync(path, `${root}/${name}`) // its owner lives after all
      return undefined
    }
    // What it had taken over itself.
    for (const inner of readdirSync(path)) if (INSTANCE.test(inner)) renameSync(`${path}/${inner}`, `${root}/${inner}`)
  } catch {
    // It stays where it is, and is found there by whoever takes over the directory that it is in.
  }
  return path
}

function closeJournals(ledgers: readonly Ledger[]): boolean {
  let isAllGone = true
  for (const { journal } of ledgers) {
    try {
      isAllGone = journal.closeAndRemove() && isAllGone
    } catch {
      isAllGone = false
    }
  }
  return isAllGone
}

/** Removes a directory with nothing but a lease in it. */
function removeDirectory(path: string): boolean {
  const { unlinkSync, rmdirSync, readdirSync, renameSync } = loadBuiltin('node:fs')
  try {
    const names = readdirSync(path)
    if (!names.every((name) => name === LEASE_FILE || ACKED_FILES.includes(name))) return false
    // In one step, so that nobody finds it without its lease.
    const gone = `${path}.gone`
    renameSync(path, gone)
    for (const name of names) unlinkSync(`${gone}/${name}`)
    rmdirSync(gone)
    return true
  } catch {
    return false
  }
}
