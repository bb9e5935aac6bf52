import { loadBuiltin } from '../delivery/builtins.ts'
import { readOwnMark } from './owner-process.ts'
import type { ProcessMark } from './owner-process.ts'

/** Times of leases, in milliseconds. */
export interface LeaseTimes {
  /** How often an owner renews. */
  readonly renew: number
  /** How long after a renewal an owner writes without asking whether the directory is still its own. */
  readonly trust: number
  /** How long others must have seen a lease unchanged before they take the directory; longer than `trust`. */
  readonly dead: number
}

/** What holds unless a test is in a hurry. */
export const LEASE_TIMES: LeaseTimes = { renew: 2000, trust: 6000, dead: 10_000 }

/** Name of the file in a directory that its owner renews. */
export const LEASE_FILE = 'lease'

/** What is kept in a lease. */
export interface LeaseContent {
  readonly owner: string
  /** Whether the owner is a worker thread, which may end before its process. */
  readonly isThread: boolean
  readonly process?: ProcessMark | undefined
}

const COUNT_DIGITS = 15

/** Whose a lease is. */
export interface LeaseOptions {
  readonly owner: string
  readonly isThread: boolean
  readonly times?: LeaseTimes
  readonly now?: () => number
}

/**
 * Says that a directory has an owner who lives: a file with a counter that moves.
 *
 * Whoever has seen it unmoved for `dead` milliseconds of its own monotonic clock may take the directory by renaming it.
 * An owner that was stopped for as long notices, since it looks before it writes once `trust` is over; no clock is
 * compared with another one.
 */
export class Lease {
  #file: string
  readonly #times: LeaseTimes
  readonly #now: () => number
  readonly #content: string
  readonly #onLost: () => void
  #count = 0
  #trustedUntil = 0
  #isRenewing = false
  #isLost = false

  private constructor(directory: string, options: LeaseOptions, onLost: () => void, flag: 'wx' | 'r+') {
    const { owner, isThread, times = LEASE_TIMES, now = () => performance.now() } = options
    this.#file = `${directory}/${LEASE_FILE}`
    this.#times = times
    this.#now = now
    this.#onLost = onLost
    const content: LeaseContent = { owner, isThread, process: readOwnMark() }
    this.#content = JSON.stringify(content)
    const since = now()
    loadBuiltin('node:fs').writeFileSync(this.#file, this.#text(), { flag, mode: 0o600 })
    this.#trustedUntil = since + times.trust
  }

  /** Makes the lease of a new directory. @throws if that fails. @param onLost is told, once, that the directory is gone. */
  static make(directory: string, options: LeaseOptions, onLost: () => void): Lease {
    return new Lease(directory, options, onLost, 'wx')
  }

  /** Writes over the lease of an owner who is dead, which takes no room. @throws if that fails. */
  static inherit(directory: string, options: LeaseOptions, onLost: () => void): Lease {
    return new Lease(directory, options, onLost, 'r+')
  }

  /** The directory has another name now. */
  moveTo(directory: string): void {
    this.#file = `${directory}/${LEASE_FILE}`
  }

  /** Whether the directory is still its owner's; to be asked before each write. */
  check(): boolean {
    if (this.#now() < this.#trustedUntil) return !this.#isLost
    return !this.#isLost && this.#renewNow()
  }

  /** Whether the directory is there at this moment; to be asked before what stands in it only is believed to be kept. */
  look(): boolean {
    if (this.#isLost) return false
    try {
      loadBuiltin('node:fs').statSync(this.#file)
    } catch (error) {
      this.#settle(error, this.#now())
    }
    return !this.#isLost
  }

  /** Renews without waiting for the disk. */
  renew(): void {
    if (this.#isRenewing || this.#isLost) return
    this.#isRenewing = true
    const since = this.#now()
    loadBuiltin('node:fs').writeFile(this.#file, this.#text(), { flag: 'r+' }, (error) => {
      this.#isRenewing = false
      this.#settle(error, since)
    })
  }

  #renewNow(): boolean {
    const since = this.#now()
    try {
      loadBuiltin('node:fs').writeFileSync(this.#file, this.#text(), { flag: 'r+' })
      this.#settle(null, since)
    } catch (error) {
      this.#settle(error, since)
    }
    return !this.#isLost
  }

  #settle(error: unknown, since: number): void {
    if (error === null) this.#trustedUntil = since + this.#times.trust
    else if (isAbsent(error) && !this.#isLost) {
      this.#isLost = true
      this.#onLost()
    } // else the disk fails, and writing there will tell
  }

  /** Always of the same length: it is written over the last one. Of an owner before something may stand behind it. */
  #text(): string {
    return `${String(++this.#count).padStart(COUNT_DIGITS, '0')} ${this.#content}\n`
  }
}

/** Reads the text of a lease; `undefined` if there is none. */
export function readLease(directory: string): string | undefined {
  try {
    return loadBuiltin('node:fs').readFileSync(`${directory}/${LEASE_FILE}`, 'utf8')
  } catch {
    return undefined
  }
}

/** What a lease says of its owner; `undefined` for what is none. */
export function parseLease(text: string): LeaseContent | undefined {
  try {
    const [line = ''] = text.slice(COUNT_DIGITS).split('\n', 1)
    const content = JSON.parse(line) as LeaseContent
    return typeof content.owner === 'string' ? content : undefined
  } catch {
    return undefined
  }
}

/** Tells from what it has seen of leases which owners are dead. */
export class LeaseWatch {
  readonly #times: LeaseTimes
  readonly #now: () => number
  readonly #seen = new Map<string, { text: string | undefined; since: number; last: number }>()

  constructor(times: LeaseTimes = LEASE_TIMES, now: () => number = () => performance.now()) {
    this.#times = times
    this.#now = now
  }

  /**
   * Looks at a lease, to be called every `renew` milliseconds: whether it has moved since the last look, has been unmoved
   * for as long as it takes, or has not moved so far.
   */
  look(name: string, text: string | undefined): 'alive' | 'dead' | 'silent' {
    const now = this.#now()
    const seen = this.#seen.get(name)
    // Whoever was stopped itself in between cannot say that the other one was not.
    const isGap = seen !== undefined && now - seen.last > this.#times.trust
    if (seen === undefined || seen.text !== text || isGap) {
      this.#seen.set(name, { text, since: now, last: now })
      return seen === undefined || seen.text === text ? 'silent' : 'alive'
    }
    seen.last = now
    return now - seen.since >= this.#times.dead ? 'dead' : 'silent'
  }

  /** Forgets all but these. */
  retain(names: ReadonlySet<string>): void {
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name)
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
