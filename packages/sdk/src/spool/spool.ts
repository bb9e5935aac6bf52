import { NODE_FILES } from '@plutus/journal'
import type { JournalFiles, SyncPolicy } from '@plutus/journal'
import type { Meter } from '@opentelemetry/api'
import type { EncodedHeader } from '@plutus/otlp'
import type { Outcome } from '../delivery/losses.ts'
import { runsOf } from '../delivery/packed-batch.ts'
import type { PackedBatch } from '../delivery/packed-batch.ts'
import type { Signal } from '../delivery/settings.ts'
import { Adoption } from './adoption.ts'
import { Ledger } from './ledger.ts'
import type { Entry } from './ledger.ts'
import { LEASE_TIMES } from './lease.ts'
import type { LeaseTimes } from './lease.ts'
import { countDirectories, INSTANCE, OwnDirectory, UnusableDirectoryError } from './own-directory.ts'
import type { JournalSettings } from './own-directory.ts'
import { Replay } from './replay.ts'
import { SlowDisk } from './slow-disk.ts'
import { discardOld, discardOrdinary, discardToFit, sizeOfLedgers } from './spool-bounds.ts'
import { SpoolCounts } from './spool-counts.ts'
import { FrameWriter } from './spool-frame.ts'
import { readAcked, ThreadAccount } from './thread-account.ts'
import type { ThreadPlace } from './thread-account.ts'
import { judge } from './verdict.ts'

/** What a spool is made of. */
export interface SpoolOptions {
  /** Absolute path of the directory that the processes of a service share; each has one of its own in it. */
  readonly root: string
  /** Bytes that the files of this process, and of those that it has taken over, may have. */
  readonly maxBytes: number
  /** Age from which records that cannot be delivered are given up. */
  readonly maxAgeMillis: number
  readonly sync: SyncPolicy
  /** Keys of 32 bytes; the first encrypts. */
  readonly keys?: readonly Uint8Array[] | undefined
  /** What the records of this process come from. */
  readonly resource: () => EncodedHeader
  /** Whether this is a worker thread of the application, which may end before its process. */
  readonly isThread: boolean
  /** Sends what was read from disk; settles with what became of it. Never rejects. */
  readonly send: (batch: PackedBatch) => Promise<readonly Outcome[]>
  /** Whether what is on disk has to wait for what is in memory. */
  readonly isBusy: (signal: Signal) => boolean
  readonly warn: (line: string) => void
  /** Measures `plutus.spool.*`. @defaultValue nothing does */
  readonly meter?: Pick<Meter, 'createCounter'> | undefined
  /** @defaultValue what is right for services */
  readonly times?: Partial<SpoolTimes> | undefined
  /** Calls to the file system, for tests of faults. */
  readonly files?: JournalFiles | undefined
}

/** Times of a spool, in milliseconds. */
export interface SpoolTimes extends LeaseTimes {
  /** How long acknowledgements are gathered. */
  readonly acknowledge: number
  /** How long what could not be sent waits. */
  readonly retry: number
  /** How long a spool whose disk failed waits before it tries again. */
  readonly mend: number
  /** How often the directories of other processes are looked for. */
  readonly scan: number
}

/** Records of one batch that are on disk too, as a number. */
export type Ticket = number

const TIMES: SpoolTimes = { ...LEASE_TIMES, acknowledge: 100, retry: 15_000, mend: 30_000, scan: 30_000 }
// Where a write takes so long on average, nobody waits for it.
const SLOW_MILLIS = 1
const SLOW_HOLD_MILLIS = 10_000
const SLOW =
  'The disk of the spool is slow, so nobody waits for it: what is recorded is on disk a moment later; see PLUTUS_SPOOL_DIR'
const FAST = 'The disk of the spool is fast again: what must survive is on disk at once'
// Programs that live too short to take over from one another must not fill a disk with what is not durable.
const MAX_DIRECTORIES = 64
// So much may be written before the bound is looked at again.
const LOOK_BYTES = 256 * 1024

// As Node made them: a test of the application may replace them.
const { setInterval, setTimeout, clearTimeout } = globalThis

/** Keeps on disk what must survive the process, and sends what an earlier process left. Throws nothing. */
export class Spool {
  readonly counts: SpoolCounts
  readonly #options: SpoolOptions
  readonly #times: SpoolTimes
  readonly #journals: JournalSettings
  readonly #writer = new FrameWriter()
  readonly #adoption: Adoption
  readonly #disk: SlowDisk
  /** What worker threads have on disk, by directory. */
  readonly #threads = new Map<string, ThreadAccount>()
  readonly #replay: Replay
  #own: OwnDirectory | undefined
  readonly #tickets = new Map<Ticket, Stored>()
  #lastTicket = 0
  /** Durable records since the last ticket. */
  #open: OpenRecords | undefined
  #unlooked = 0
  /** When a disk that failed is tried again, by the monotonic clock. */
  #brokenUntil = 0
  #told: string | undefined
  #acknowledging: NodeJS.Timeout | undefined
  #isWatching = false

  constructor(options: SpoolOptions) {
    this.#options = options
    this.#times = { ...TIMES, ...options.times }
    this.counts = new SpoolCounts(options.warn, options.meter)
    this.#disk = new SlowDisk({
      files: options.files ?? NODE_FILES,
      limitMillis: SLOW_MILLIS,
      holdMillis: SLOW_HOLD_MILLIS,
      now: () => performance.now(),
      onChange: (isSlow) => this.#tell(isSlow ? SLOW : FAST),
      onError: (error) => this.#fail(error),
    })
    this.#journals = {
      sync: options.sync,
      files: this.#disk.files,
      ...(options.keys && { keys: options.keys }),
      onQuarantine: ({ name, bytes, frames }) => {
        this.counts.lost('unknown', 'damaged', frames)
        options.warn(`${bytes} bytes of the spool are damaged and were set aside, in ${name}`)
      },
    }
    this.#replay = new Replay({
      ledgers: () => this.#ledgers,
      send: options.send,
      isBusy: options.isBusy,
      onSettled: (ledger, entry, batch, outcomes) => this.#settleReplayed(ledger, entry, batch, outcomes),
      onFailure: (error) => this.#tell(`The spool cannot be read. ${messageOf(error)}`),
    })
    this.#adoption = new Adoption({
      root: options.root,
      times: this.#times,
      journals: this.#journals,
      own: () => this.#openOwn()?.path,
      ownPath: () => this.#own?.path,
      onAdopted: () => {
        this.#fit()
        this.#replay.wake()
      },
      onFailure: (error) => this.#tell(`The spool cannot be read. ${messageOf(error)}`),
    })
  }

  /** Looks for what earlier processes left, from now on now and then; a thread looks for what was delivered for it. */
  begin(): void {
    if (this.#isWatching) return
    this.#isWatching = true
    if (this.#options.isThread) {
      setInterval(() => this.#hearDelivered(), this.#times.renew).unref()
      return
    }
    this.#adoption.begin()
    setInterval(() => this.#discardOld(), this.#times.scan).unref()
  }

  /** Writes a durable record, `bytes` from `start` to `end`; it is on disk when this returns, if anything can be. */
  append(scope: EncodedHeader, bytes: Uint8Array, start: number, end: number): void {
    const ledger = this.#openLedger('durable')
    const open = (this.#open ??= { ledger, start: ledger?.journal.end ?? 0, end: 0, stored: 0, missing: 0 })
    const before = ledger?.journal.end ?? 0
    const position = ledger && this.#write(ledger, scope, bytes, start, end)
    if (position !== undefined && ledger === open.ledger) {
      open.end = position
      open.stored++
    } else {
      open.missing++
      // In another directory than the first records of its batch: it is sent from there too, rather twice than never.
      if (position !== undefined) ledger?.add(before, position, 'disk')
    }
    if (this.#unlooked >= LOOK_BYTES) this.#fit()
  }

  /** Gives the batch of what was appended since the last call the number by which it is known here. */
  seal(): Ticket | undefined {
    const open = this.#open
    this.#open = undefined
    if (open?.ledger === undefined || open.end === 0) return undefined
    const entry = open.ledger.add(open.start, open.end, 'memory')
    const ticket = ++this.#lastTicket
    this.#tickets.set(ticket, { ledger: open.ledger, entry, missing: open.missing })
    this.counts.stored('logs', 'durable', open.stored)
    return ticket
  }

  /** Where the records of a ticket stand, for the main thread, which delivers them. */
  placeOf(ticket: Ticket): ThreadPlace | undefined {
    const stored = this.#tickets.get(ticket)
    if (stored === undefined || this.#own === undefined || stored.missing > 0) return undefined
    return { directory: this.#own.path, start: stored.entry.start, end: stored.entry.end }
  }

  /** The main thread delivers the batch with a ticket. */
  handOver(ticket: Ticket): void {
    this.#tickets.delete(ticket)
  }

  /** Gives a batch of a worker thread the number by which it is known here. */
  takeOver({ directory, start, end }: ThreadPlace): Ticket | undefined {
    const name = directory.slice(this.#options.root.length + 1)
    if (directory !== `${this.#options.root}/${name}` || !INSTANCE.test(name)) return undefined
    const account = this.#threads.get(directory) ?? new ThreadAccount(directory)
    this.#threads.set(directory, account)
    const ticket = ++this.#lastTicket
    this.#tickets.set(ticket, { ledger: account, entry: account.add(start, end), missing: 0 })
    return ticket
  }

  /** Takes what became of a batch with a ticket. Returns what is to be counted of it: what is on disk is not lost. */
  settle(ticket: Ticket, outcomes: readonly Outcome[]): readonly Outcome[] {
    const stored = this.#tickets.get(ticket)
    if (stored === undefined) return outcomes
    this.#tickets.delete(ticket)
    const { ledger, entry, missing } = stored
    const verdict = judge(outcomes)
    // What is refused for good is set aside by who has the journal.
    if (verdict.isSettled && !(ledger instanceof ThreadAccount && verdict.refused.length > 0)) {
      if (missing === 0 && !(ledger instanceof ThreadAccount)) this.#setAside(ledger, entry, verdict.refused)
      this.#finish(ledger, entry)
      return missing === 0 ? verdict.counted : outcomes
    }
    if (isCut(stored)) {
      this.#finish(ledger, entry)
      return outcomes
    }
    this.#leave(ledger, entry)
    const reason = outcomes.find((outcome) => outcome.reason !== undefined)?.reason
    return missing === 0 || reason === undefined ? verdict.counted : [...verdict.counted, { reason, count: missing }]
  }

  /** Memory has no room for a batch with a ticket any more: from now on it waits on disk. Returns whether it does. */
  release(ticket: Ticket): boolean {
    const stored = this.#tickets.get(ticket)
    if (stored === undefined) return false
    this.#tickets.delete(ticket)
    if (isCut(stored)) {
      this.#finish(stored.ledger, stored.entry)
      return false
    }
    this.#leave(stored.ledger, stored.entry)
    return stored.missing === 0
  }

  /** Writes an ordinary batch that memory cannot keep. Returns whether it is on disk now. */
  keep(batch: PackedBatch): boolean {
    const { signal, records, bytes, scopes } = batch
    if (signal === 'metrics' || batch.resource !== undefined) return false
    if (this.#own === undefined && countDirectories(this.#options.root) >= MAX_DIRECTORIES) return false
    const ledger = this.#openLedger(signal)
    if (ledger === undefined) return false
    const start = ledger.journal.end
    for (const { scope, start: from, end } of runsOf(batch)) {
      if (this.#write(ledger, scopes[scope] as EncodedHeader, bytes, from, end) === undefined) return false
    }
    ledger.add(start, ledger.journal.end, 'disk')
    if (this.#unlooked >= LOOK_BYTES) this.#fit()
    this.counts.stored(signal, 'ordinary', records)
    this.#replay.wake()
    return true
  }

  /** The endpoint takes telemetry again: what waits on disk is sent. */
  wake(): void {
    this.#replay.wake()
  }

  /** The process may end: what has been delivered is acknowledged, and what is empty removed. */
  finish(): void {
    this.#disk.settle()
    if (this.#options.isThread) this.#hearDelivered()
    this.#acknowledge()
    this.counts.report()
    const own = this.#own
    if (own === undefined || this.#adoption.adopted.length > 0) return
    if (this.#open !== undefined || own.ledgers.some((ledger) => !ledger.isDone)) return
    this.#own = undefined
    own.close()
  }

  /** Bytes of all files, and the age of the oldest segment. */
  get state(): { readonly bytes: number; readonly ageSeconds: number } {
    const births = this.#ledgers.flatMap(({ journal }) => journal.segments[0]?.createdAt ?? [])
    const oldest = Math.min(...births, Date.now())
    return { bytes: sizeOfLedgers(this.#ledgers), ageSeconds: (Date.now() - oldest) / 1000 }
  }

  /** Everything that there is on disk, what is to be sent first at the front. */
  get #ledgers(): readonly Ledger[] {
    return [...this.#adoption.adopted.flatMap(({ ledgers }) => ledgers), ...(this.#own?.ledgers ?? [])]
  }

  #write(ledger: Ledger, scope: EncodedHeader, bytes: Uint8Array, start: number, end: number): number | undefined {
    try {
      const frame = this.#writer.write(scope, bytes, start, end)
      const position = this.#append(ledger, frame)
      this.#unlooked += frame.length
      return position
    } catch (error) {
      this.#fail(error)
      return undefined
    }
  }

  /** On a full disk ordinary records make room for durable ones. @throws {PlutusError} if that is not enough. */
  #append(ledger: Ledger, frame: Uint8Array): number {
    try {
      return ledger.journal.append(frame)
    } catch (error) {
      if (ledger.kind !== 'durable' || !isFull(error)) throw error
      if (!discardOrdinary(this.#ledgers, this.counts)) throw error
      return ledger.journal.append(frame)
    }
  }

  #openLedger(kind: 'durable' | 'logs' | 'traces' | 'refused'): Ledger | undefined {
    // Asked for before each write: what was taken away meanwhile must not be written to.
    if (this.#own?.lease.check() === false) this.#own = undefined
    try {
      return this.#openOwn()?.ledger(kind)
    } catch (error) {
      this.#fail(error)
      return undefined
    }
  }

  #openOwn(): OwnDirectory | undefined {
    if (this.#own !== undefined) return this.#brokenUntil === 0 || this.#isMended() ? this.#own : undefined
    if (this.#brokenUntil !== 0 && !this.#isMended()) return undefined
    const { root, isThread, resource } = this.#options
    try {
      const own: OwnDirectory = new OwnDirectory({
        root,
        isThread,
        resource,
        journals: this.#journals,
        times: this.#times,
        onLost: () => this.#lose(own),
      })
      this.#own = own
      return own
    } catch (error) {
      this.#fail(error)
      return undefined
    }
  }

  #isMended(): boolean {
    if (performance.now() < this.#brokenUntil) return false
    this.#brokenUntil = 0
    return true
  }

  /** The directory was removed, or taken by somebody who found its owner silent: there will be another one. */
  #lose(own: OwnDirectory): void {
    own.abandon()
    if (this.#own === own) this.#own = undefined
    this.#tell('The directory of the spool is gone, so another one is made')
  }

  #fail(error: unknown): void {
    const isVanished = error instanceof Error && 'code' in error && error.code === 'PLUTUS_JOURNAL_VANISHED'
    if (isVanished && this.#own !== undefined) {
      this.#lose(this.#own)
      return
    }
    this.#brokenUntil = performance.now() + this.#times.mend
    const why =
      error instanceof UnusableDirectoryError
        ? `${this.#options.root} cannot be used: ${error.message}`
        : messageOf(error)
    this.#tell(`Unsent telemetry is kept in memory only, see PLUTUS_SPOOL_DIR. ${why}`)
  }

  #tell(line: string): void {
    if (this.#told === line) return
    this.#told = line
    this.#options.warn(line)
  }

  /** What could not be sent waits where it is. */
  #leave(ledger: Ledger | ThreadAccount, entry: Entry): void {
    if (ledger instanceof ThreadAccount) return // the thread has it, or who takes over from it
    ledger.wasTried = true
    entry.state = 'disk'
    entry.retryAt = performance.now() + this.#times.retry
    this.#replay.wake()
  }

  #settleReplayed(ledger: Ledger, entry: Entry, { signal, records }: PackedBatch, outcomes: readonly Outcome[]): void {
    const verdict = judge(outcomes)
    if (!verdict.isSettled) return this.#leave(ledger, entry)
    this.#setAside(ledger, entry, verdict.refused)
    this.counts.replayed(signal, records)
    this.#finish(ledger, entry)
  }

  /** Keeps records that the endpoint refuses for good where somebody can look at them. */
  #setAside(ledger: Ledger, entry: Entry, refused: readonly (readonly [from: number, to: number])[]): void {
    if (refused.length === 0) return
    let count = 0
    try {
      for (const [from, to] of refused) count += this.#copyRefused(ledger, entry, from, to)
      this.counts.refused(count)
    } catch (error) {
      this.#fail(error)
    }
  }

  #copyRefused(ledger: Ledger, entry: Entry, from: number, to: number): number {
    const target = ledger.kind === 'durable' ? this.#openLedger('refused') : undefined
    let at = 0
    for (const { bytes } of ledger.framesOf(entry)) {
      if (at >= from && at < to) target?.journal.append(bytes)
      at++ // of a durable journal each frame is one record
    }
    this.#tell('The endpoint refuses records that must not be lost; they are set aside on disk, see `plutus spool ls`')
    return to - from
  }

  #hearDelivered(): void {
    const own = this.#own
    if (own === undefined) return
    own.ledger('durable').finishUpTo(readAcked(own.path))
    this.#acknowledge()
  }

  #finish(ledger: Ledger | ThreadAccount, entry: Entry): void {
    ledger.finish(entry)
    this.#acknowledging ??= setTimeout(() => this.#acknowledge(), this.#times.acknowledge).unref()
  }

  #acknowledge(): void {
    clearTimeout(this.#acknowledging)
    this.#acknowledging = undefined
    for (const ledger of this.#ledgers) {
      try {
        ledger.acknowledge()
      } catch (error) {
        this.#fail(error)
      }
    }
    for (const [directory, account] of this.#threads) if (!account.acknowledge()) this.#threads.delete(directory)
    this.#adoption.release()
  }

  #fit(): void {
    this.#unlooked = 0
    const kept = discardToFit(this.#ledgers, this.#options.maxBytes, this.counts)
    if (kept !== undefined) this.#fail(kept)
  }

  #discardOld(): void {
    try {
      discardOld(this.#ledgers, this.#options.maxAgeMillis, this.counts)
    } catch (error) {
      this.#tell(`The spool cannot be read. ${messageOf(error)}`)
    }
  }
}

/** Whether the disk, being full, has not kept all of a batch until memory let go of it. */
function isCut({ ledger, entry }: Stored): boolean {
  return ledger instanceof Ledger && ledger.isCut(entry)
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'PLUTUS_JOURNAL_FULL'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error'
}

/** A batch that is on disk. */
interface Stored {
  readonly ledger: Ledger | ThreadAccount
  readonly entry: Entry
  /** Records of it that are not. */
  readonly missing: number
}

interface OpenRecords {
  readonly ledger: Ledger | undefined
  readonly start: number
  end: number
  stored: number
  missing: number
}
