import { ERROR_CODES } from '@plutus/conventions'
import type { JournalSettings } from './adopted-directory.ts'
import { isDiskFull } from './disk-full.ts'
import type { Ledger } from './ledger.ts'
import { OwnDirectory, UnusableDirectoryError } from './own-directory.ts'
import type { DeadDirectory, OwnDirectoryOptions } from './own-directory.ts'
import { codeOf } from './private-directory.ts'
import type { SpoolKind } from './spool-frame.ts'
import type { SpoolOptions, SpoolTimes } from './spool-options.ts'

/** What the place of a process is made of. */
export interface OwnPlaceOptions extends Pick<SpoolOptions, 'root' | 'isThread' | 'resource' | 'warn'> {
  readonly journals: JournalSettings
  readonly times: SpoolTimes
  /** The directory was removed or taken, with what had been taken over into it. */
  readonly onLost: () => void
}

/** Finds this process a directory to write to, another one when that is lost, and time when the disk fails. Throws nothing. */
export class OwnPlace {
  readonly #options: OwnPlaceOptions
  #own: OwnDirectory | undefined
  /** When a disk that failed is tried again, by the monotonic clock. */
  #brokenUntil = 0
  #isDiskFull = false
  /** A directory that could not be had, since there is no room for another name. */
  #spare: DeadDirectory | undefined
  #told: string | undefined

  constructor(options: OwnPlaceOptions) {
    this.#options = options
  }

  /** The directory, if it has been made. */
  get current(): OwnDirectory | undefined {
    return this.#own
  }

  /** Whether the disk has no room, as far as it is known: nobody has tried since. */
  get isDiskFull(): boolean {
    return this.#isDiskFull
  }

  /** The directory, made if need be; nothing while the disk fails, unless there is one that takes what costs no room. */
  find(): OwnDirectory | undefined {
    return this.#own ?? this.#open()
  }

  /** Whether a journal stands in the directory, and that has been neither removed nor taken. */
  isThere(ledger: Ledger): boolean {
    return this.#own?.ledgers.includes(ledger) === true && this.#own.lease.look()
  }

  /** The journal to write to; nothing while the disk fails. */
  ledger(kind: SpoolKind): Ledger | undefined {
    // Asked for before each write: what was taken away meanwhile must not be written to.
    if (this.#own?.lease.check() === false) this.#own = undefined
    try {
      return this.#isWell() ? this.find()?.ledger(kind) : undefined
    } catch (error) {
      this.fail(error)
      return undefined
    }
  }

  /** On a full disk, has a directory whose owner is dead be that of this process. Returns its path, if it is. */
  inherit(dead: DeadDirectory): string | undefined {
    if (this.#own !== undefined || !this.#isDiskFull) return undefined
    const own = OwnDirectory.inherit(this.#directoryOptions(), dead, this.#spare)
    this.#spare = own === 'full' ? dead : undefined
    if (typeof own === 'string') return undefined
    this.#own = own
    this.tryAgain() // what is ordinary in it makes room
    return own.path
  }

  /** There may be room now. */
  tryAgain(): void {
    if (this.#isDiskFull) this.#brokenUntil = 0
  }

  /** A disk that failed is tried again at the next write: there will not be another time. */
  tryForTheLastTime(): void {
    this.#brokenUntil = 0
  }

  /** Takes an error of the disk: it is told, and left alone for a while. */
  fail(error: unknown): void {
    const isVanished = error instanceof Error && 'code' in error && error.code === 'PLUTUS_JOURNAL_VANISHED'
    if (isVanished && this.#own !== undefined) {
      this.#lose(this.#own)
      return
    }
    this.#brokenUntil = performance.now() + this.#options.times.mend
    this.#isDiskFull = isDiskFull(error)
    this.tell(`Unsent telemetry is kept in memory only, see PLUTUS_SPOOL_DIR. ${this.#explain(error)}`)
  }

  /** Tells a line, unless it was the last one. */
  tell(line: string): void {
    if (this.#told === line) return
    this.#told = line
    this.#options.warn(line)
  }

  /** Tells that something cannot be read: it stands in the directory, which tells one line for all of it where it is gone. */
  tellUnreadable(error: unknown): void {
    if (this.#own?.lease.look() === true) this.tell(`The spool cannot be read. ${messageOf(error)}`)
  }

  /** Ends writing, and removes what is empty. */
  close(): void {
    const own = this.#own
    this.#own = undefined
    own?.close()
  }

  #open(): OwnDirectory | undefined {
    if (!this.#isWell()) return undefined
    try {
      this.#own = OwnDirectory.make(this.#directoryOptions())
    } catch (error) {
      this.fail(error)
    }
    return this.#own
  }

  #directoryOptions(): OwnDirectoryOptions {
    return { ...this.#options, onLost: (own: OwnDirectory) => this.#lose(own) }
  }

  #isWell(): boolean {
    if (this.#brokenUntil !== 0 && performance.now() < this.#brokenUntil) return false
    this.#brokenUntil = 0
    this.#isDiskFull = false
    return true
  }

  /** The directory was removed, or taken by somebody who found its owner silent: there will be another one. */
  #lose(own: OwnDirectory): void {
    own.abandon()
    if (this.#own === own) this.#own = undefined
    this.#options.onLost()
    this.tell('The directory of the spool is gone, so another one is made')
  }

  #explain(error: unknown): string {
    const { root } = this.#options
    if (error instanceof UnusableDirectoryError) return `${root} cannot be used: ${error.message}`
    if (!isDiskFull(error)) return messageOf(error)
    // The same whatever was tried, so that it is told once.
    const code = codeOf(error instanceof Error && error.cause !== undefined ? error.cause : error)
    return `The disk of ${root} is full (${code}). ${ERROR_CODES.PLUTUS_JOURNAL_FULL.wayOut}`
  }
}

/** What an error says. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error'
}
