import { openJournal } from '@plutus/journal'
import type { EncodedHeader } from '@plutus/otlp'
import { loadBuiltin } from '../delivery/builtins.ts'
import { openAdopted, openLedger } from './adopted-directory.ts'
import type { JournalSettings } from './adopted-directory.ts'
import { closeJournals, drawName, removeDirectory, takeDirectory, takenName } from './instance-directory.ts'
import { Lease } from './lease.ts'
import type { LeaseTimes } from './lease.ts'
import type { Ledger } from './ledger.ts'
import { makePrivateDirectory } from './private-directory.ts'
import { forgetAcked } from './thread-account.ts'
import { SPOOL_KINDS, writeLabel } from './spool-frame.ts'
import type { SpoolKind } from './spool-frame.ts'

/** What the directory of one process or thread is made of. */
export interface OwnDirectoryOptions {
  readonly root: string
  readonly isThread: boolean
  readonly resource: () => EncodedHeader
  readonly journals: JournalSettings
  readonly times: LeaseTimes
  /** Somebody took the directory, or removed it. */
  readonly onLost: (own: OwnDirectory) => void
}

/** A directory whose owner is dead. */
export interface DeadDirectory {
  readonly name: string
  /** The lease by which it was found dead. */
  readonly lease: string | undefined
}

/** A directory cannot be used; the message says why, as a part of a sentence that begins with its path. */
export class UnusableDirectoryError extends Error {}

/** The directory in a spool that belongs to this process or thread. */
export class OwnDirectory {
  readonly path: string
  readonly lease: Lease
  readonly #options: OwnDirectoryOptions
  readonly #ledgers = new Map<SpoolKind, Ledger>()
  readonly #timer: NodeJS.Timeout
  #label: EncodedHeader | undefined

  private constructor(options: OwnDirectoryOptions, path: string, lease: Lease) {
    this.#options = options
    this.path = path
    this.lease = lease
    this.#timer = setInterval(() => lease.renew(), options.times.renew).unref()
  }

  /** Makes a directory. @throws if it cannot be made. */
  static make(options: OwnDirectoryOptions): OwnDirectory {
    const { root, isThread, times, onLost } = options
    const fault = makePrivateDirectory(root)
    if (fault !== undefined) throw new UnusableDirectoryError(fault)
    const { name, owner } = drawName()
    const path = `${root}/${name}`
    loadBuiltin('node:fs').mkdirSync(path, { mode: 0o700 })
    try {
      const own: OwnDirectory = new OwnDirectory(
        options,
        path,
        Lease.make(path, { owner, isThread, times }, () => onLost(own)),
      )
      return own
    } catch (error) {
      removeDirectory(path) // a full disk has room for it, but not for what is in it
      throw error
    }
  }

  /**
   * Takes the directory that a dead process left, with all that is in it, as that of this one: on a full disk, where
   * none can be made. Nothing of this takes room: names change, and the lease is written over the old one. What it
   * holds is sent from there, which makes room.
   *
   * @param spare One that could not be had, since the root had no room for another name. Moved into this one, it makes
   * room for that.
   * @returns `missed` if somebody else was faster, or not all of it can be read.
   */
  static inherit(
    options: OwnDirectoryOptions,
    { name, lease: seen }: DeadDirectory,
    spare?: DeadDirectory,
  ): OwnDirectory | 'missed' | 'full' {
    const { root, isThread, times, onLost, journals } = options
    const { renameSync } = loadBuiltin('node:fs')
    if (seen === undefined) return 'missed' // a lease to write over
    const { name: ownName, owner } = drawName()
    const held = `${root}/${takenName(ownName)}`
    if (spare !== undefined) takeDirectory(root, spare.name, `${root}/${name}/${spare.name}`, spare.lease)
    const result = takeDirectory(root, name, held, seen)
    if (result !== 'taken') return result
    try {
      if (!isReadable(held, journals)) {
        renameSync(held, `${root}/${name}`)
        return 'missed'
      }
      const lease = Lease.inherit(held, { owner, isThread, times }, () => onLost(own))
      const path = `${root}/${ownName}`
      renameSync(held, path) // fails if somebody took it since
      lease.moveTo(path)
      const own: OwnDirectory = new OwnDirectory(options, path, lease)
      own.#openLeft()
      return own
    } catch {
      return 'missed' // it waits until somebody has seen it for long enough without an owner
    }
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
    const ledger = openLedger(kind, journal, this.path)
    this.#ledgers.set(kind, ledger)
    return ledger
  }

  /** Ends writing; what is in the directory stays, unless nobody needs anything of it. Returns whether it is gone. */
  close(): boolean {
    clearInterval(this.#timer)
    return closeJournals(this.ledgers.map(({ journal }) => journal)) && removeDirectory(this.path)
  }

  /** Ends writing where somebody else has the directory now. */
  abandon(): void {
    clearInterval(this.#timer)
    for (const { journal } of this.ledgers) journal.close()
  }

  #openLeft(): void {
    for (const kind of SPOOL_KINDS) {
      if (loadBuiltin('node:fs').existsSync(`${this.path}/${kind}`)) this.ledger(kind)
    }
    forgetAcked(this.path) // it does not tell of what is written from now on
  }
}

// As Node made them: a test of the application may replace them.
const { setInterval, clearInterval } = globalThis

/** Whether this process can send everything in a directory, so that it may write there too. */
function isReadable(path: string, journals: JournalSettings): boolean {
  let isAll = true
  const { ledgers } = openAdopted(path, journals, () => (isAll = false))
  for (const { journal } of ledgers) journal.close()
  const kinds = SPOOL_KINDS.filter((kind) => loadBuiltin('node:fs').existsSync(`${path}/${kind}`))
  return isAll && ledgers.length === kinds.length
}
