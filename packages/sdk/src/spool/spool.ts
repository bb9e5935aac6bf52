import { NODE_FILES } from '@plutus/journal'
import { findRecordEnd } from '@plutus/otlp'
import type { EncodedHeader } from '@plutus/otlp'
import type { Outcome } from '../delivery/losses.ts'
import { runsOf } from '../delivery/packed-batch.ts'
import type { PackedBatch } from '../delivery/packed-batch.ts'
import type { Signal } from '../delivery/settings.ts'
import type { JournalSettings } from './adopted-directory.ts'
import { Adoption } from './adoption.ts'
import { INSTANCE } from './instance-directory.ts'
import { Ledger } from './ledger.ts'
import type { Entry } from './ledger.ts'
import { OwnPlace } from './own-place.ts'
import { Replay } from './replay.ts'
import { SlowDisk } from './slow-disk.ts'
import { discardOld, sizeOfLedgers } from './spool-bounds.ts'
import { SpoolCounts } from './spool-counts.ts'
import { findFrameEnd } from './spool-frame.ts'
import { SPOOL_TIMES } from './spool-options.ts'
import type { SpoolOptions, SpoolTimes } from './spool-options.ts'
import { SpoolRoom } from './spool-room.ts'
import { SpoolWriter } from './spool-writer.ts'
import { readAcked, ThreadAccount } from './thread-account.ts'
import type { ThreadPlace } from './thread-account.ts'
import { judge } from './verdict.ts'

/** Records of one batch that are on disk too, as a number. */
export type Ticket = number

// Where a write takes so long on average, nobody waits for it.
const SLOW_MILLIS = 1
const SLOW_HOLD_MILLIS = 10_000
const SLOW =
  'The disk of the spool is slow, so nobody waits for it: what is recorded is on disk a moment later; see PLUTUS_SPOOL_DIR'
const FAST = 'The disk of the spool is fast again: what must survive is on disk at once'
// Segments of a small spool are small, so that it does not lose all of it with one.
const SEGMENTS = 64
const [MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES] = [64 * 1024, 1024 * 1024]
// A service that says little leaves few files behind: a night has 500 minutes.
const MAX_SEGMENT_AGE_MILLIS = 60_000
// Files that are deleted in one turn of the event loop, which stays short.
const STEP_FILES = 32
const CROWDED =
  'The spool has reached PLUTUS_SPOOL_MAX_BYTES with records that must not be lost: more of them are kept in memory only, until some are delivered'

// As Node made them: a test of the application may replace them.
const { setInterval, setTimeout, clearTimeout } = globalThis

/** Keeps on disk what must survive the process, and sends what an earlier process left. Throws nothing. */
export class Spool {
  readonly counts: SpoolCounts
  readonly #options: SpoolOptions
  readonly #times: SpoolTimes
  readonly #journals: JournalSettings
  readonly #writer: SpoolWriter
  readonly #adoption: Adoption
  readonly #disk: SlowDisk
  /** What worker threads have on disk, by directory. */
  readonly #threads = new Map<string, ThreadAccount>()
  readonly #replay: Replay
  readonly #place: OwnPlace
  readonly #room: SpoolRoom
  readonly #tickets = new Map<Ticket, Stored>()
  #lastTicket = 0
  /** Durable records since the last ticket. */
  #open: OpenRecords | undefined
  #acknowledging: NodeJS.Timeout | undefined
  #isWatching = false
  #isEnding = false

  constructor(options: SpoolOptions) {
    this.#options = options
    this.#times = { ...SPOOL_TIMES, ...options.times }
    this.counts = new SpoolCounts(options.warn, options.meter)
    this.#disk = new SlowDisk({
      files: options.files ?? NODE_FILES,
      limitMillis: SLOW_MILLIS,
      holdMillis: SLOW_HOLD_MILLIS,
      now: () => performance.now(),
      onChange: (isSlow) => this.#place.tell(isSlow ? SLOW : FAST),
      onError: (error) => this.#place.fail(error),
    })
    this.#journals = {
      sync: options.sync,
      files: this.#disk.files,
      maxSegmentAgeMillis: MAX_SEGMENT_AGE_MILLIS,
      maxSegmentBytes: Math.min(
        MAX_SEGMENT_BYTES,
        Math.max(MIN_SEGMENT_BYTES, Math.floor(options.maxBytes / SEGMENTS)),
      ),
      ...(options.keys && { keys: options.keys }),
      onQuarantine: ({ name, bytes, frames }) => {
        this.counts.lost('unknown', 'damaged', frames)
        options.warn(`${bytes} bytes of the spool are damaged and were set aside, in ${name}`)
      },
    }
    this.#place = new OwnPlace({
      ...options,
      journals: this.#journals,
      times: this.#times,
      onLost: () => this.#adoption.abandon(),
    })
    this.#room = new SpoolRoom({
      root: options.root,
      maxBytes: options.maxBytes,
      counts: this.counts,
      ledgers: () => this.#ledgers,
      isOurs: (name) => this.#isOurs(name),
      onCrowded: () => this.#place.tell(CROWDED),
      onFailure: (error) => this.#place.fail(error),
    })
    this.#writer = new SpoolWriter({
      root: options.root,
      place: this.#place,
      room: this.#room,
      counts: this.counts,
      ledgers: () => this.#ledgers,
    })
    this.#replay = new Replay({
      ledgers: () => this.#ledgers,
      pool: options.pool,
      send: options.send,
      isBusy: options.isBusy,
      onSettled: (ledger, entry, batch, outcomes) => this.#settleReplayed(ledger, entry, batch, outcomes),
      onFailure: (error) => this.#place.tellUnreadable(error),
    })
    this.#adoption = new Adoption({
      root: options.root,
      times: this.#times,
      journals: this.#journals,
      own: () => this.#place.find()?.path,
      ownPath: () => this.#place.current?.path,
      inherit: (dead) => this.#place.inherit(dead),
      isCrowded: () => this.#room.isCrowded || this.#place.isDiskFull,
      onAdopted: () => {
        this.#fit()
        this.#place.tryAgain()
        this.#acknowledgeSoon() // of some directories nothing is needed any more
        this.#replay.wake()
      },
      onFailure: (error) => this.#place.tellUnreadable(error),
    })
  }

  /** Looks for what earlier processes left, from now on now and then; a thread looks for what was delivered for it. */
  begin(): void {
    if (this.#isWatching) return
    this.#isWatching = true
    void this.#measure()
    setInterval(() => void this.#measure(), this.#times.scan).unref()
    if (this.#options.isThread) {
      setInterval(() => this.#hearDelivered(), this.#times.renew).unref()
      return
    }
    this.#adoption.begin()
    setInterval(() => this.#discardOld(), this.#times.scan).unref()
  }

  /** Writes a durable record, `bytes` from `start` to `end`; it is on disk when this returns, if anything can be. */
  append(scope: EncodedHeader, bytes: Uint8Array, start: number, end: number): void {
    const ledger = this.#writer.find('durable')
    const open = (this.#open ??= { ledger, start: ledger?.journal.end ?? 0, end: 0, stored: 0, apart: 0, missing: 0 })
    const before = ledger?.journal.end ?? 0
    const position = ledger && this.#writer.write(ledger, scope, bytes, start, end)
    if (position !== undefined && ledger === open.ledger && open.entry === undefined) {
      if (open.stored === 0) open.start = before
      open.end = position
      open.stored++
    } else {
      // Not beside the first records of its batch: it is sent from there too, rather twice than never.
      if (position !== undefined) ledger?.add(before, position, 'disk', 1)
      if (position !== undefined && ledger === open.ledger) open.apart++
      else open.missing++
    }
    this.#look()
  }

  /** Gives the batch of what was appended since the last call the number by which it is known here. */
  seal(): Ticket | undefined {
    const open = this.#open
    this.#open = undefined
    if (open?.ledger === undefined || open.end === 0) return undefined
    const entry = open.entry ?? open.ledger.add(open.start, open.end, 'memory', open.stored)
    this.counts.stored('logs', 'durable', open.stored + open.apart)
    return this.#issue({ ledger: open.ledger, entry, missing: open.missing })
  }

  /** Where the records of a ticket stand, for the main thread, which delivers them. */
  placeOf(ticket: Ticket): ThreadPlace | undefined {
    const stored = this.#tickets.get(ticket)
    const own = this.#place.current
    if (stored === undefined || own === undefined || stored.missing > 0) return undefined
    if (!(stored.ledger instanceof Ledger) || !own.ledgers.includes(stored.ledger)) return undefined
    return { directory: own.path, start: stored.entry.start, end: stored.entry.end }
  }

  /** The main thread delivers the batch with a ticket. */
  handOver(ticket: Ticket): void {
    this.#tickets.delete(ticket)
  }

  /** Gives a batch of a worker thread the number by which it is known here. */
  takeOver({ directory, start, end }: ThreadPlace, batch: PackedBatch): Ticket | undefined {
    const name = directory.slice(this.#options.root.length + 1)
    if (directory !== `${this.#options.root}/${name}` || !INSTANCE.test(name)) return undefined
    const account = this.#threads.get(directory) ?? new ThreadAccount(directory)
    this.#threads.set(directory, account)
    return this.#issue({ ledger: account, entry: account.add(start, end, batch.records), missing: 0, batch })
  }

  /** Takes what became of a batch with a ticket. Returns what is to be counted of it: what is on disk is not lost. */
  settle(ticket: Ticket, outcomes: readonly Outcome[]): readonly Outcome[] {
    const stored = this.#tickets.get(ticket)
    if (stored === undefined) return outcomes
    this.#tickets.delete(ticket)
    const { ledger, entry, missing } = stored
    // Its directory was removed: memory alone has it.
    if (ledger instanceof Ledger && this.#place.current?.ledgers.includes(ledger) !== true) return outcomes
    const verdict = judge(outcomes)
    // What is refused for good is set aside by who has the journal.
    if (verdict.isSettled && !(ledger instanceof ThreadAccount && verdict.refused.length > 0)) {
      if (missing === 0 && !(ledger instanceof ThreadAccount)) this.#writer.setAside(ledger, entry, verdict.refused)
      this.#finish(ledger, entry)
      return missing === 0 ? verdict.counted : outcomes
    }
    if (!this.#isThere(stored)) {
      this.#finish(ledger, entry)
      return outcomes
    }
    this.#loseGone(stored)
    this.#leave(stored)
    const reason = outcomes.find((outcome) => outcome.reason !== undefined)?.reason
    return missing === 0 || reason === undefined ? verdict.counted : [...verdict.counted, { reason, count: missing }]
  }

  /** Memory has no room for a batch with a ticket any more: from now on it waits on disk. Returns whether it does. */
  release(ticket: Ticket): boolean {
    const stored = this.#tickets.get(ticket)
    if (stored === undefined) return false
    this.#tickets.delete(ticket)
    if (!this.#isThere(stored)) {
      this.#finish(stored.ledger, stored.entry)
      return false
    }
    this.#loseGone(stored)
    this.#leave(stored, 0)
    return stored.missing === 0
  }

  /** Whether only a part of the batch with a ticket is on disk. */
  isPart(ticket: Ticket): boolean {
    return (this.#tickets.get(ticket)?.missing ?? 0) > 0
  }

  /** Writes a batch that memory cannot keep and that is not on disk. Returns whether it is now. */
  keep(batch: PackedBatch): boolean {
    if (this.#write(batch, 'disk') === undefined) return false
    this.#replay.wake()
    return true
  }

  /** Writes a batch that memory keeps, too, and that is not on disk. Returns its number, if it is now. */
  store(batch: PackedBatch): Ticket | undefined {
    const stored = this.#write(batch, 'memory')
    return stored && this.#issue({ ...stored, missing: 0 })
  }

  /**
   * The process ends: from now on writes are waited for however slow the disk is, and one that failed is tried again.
   */
  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#disk.end()
    this.#place.tryForTheLastTime()
  }

  /** Spans and log records of this process, and of its threads, that are on disk for the next one. */
  get waiting(): ReadonlyMap<Signal, number> {
    const counts = new Map<Signal, number>()
    const add = (signal: Signal, count: number): void => {
      if (count > 0) counts.set(signal, (counts.get(signal) ?? 0) + count)
    }
    for (const account of this.#threads.values()) add('logs', account.records)
    try {
      for (const ledger of this.#place.current?.ledgers ?? []) add(ledger.signal, ledger.records)
    } catch (error) {
      this.#place.fail(error)
    }
    return counts
  }

  /** The endpoint takes telemetry again: what waits on disk is sent. */
  wake(): void {
    this.#replay.wake()
  }

  /** The process may end: what has been delivered is acknowledged, and what is empty removed. */
  finish(): void {
    this.#disk.settle()
    if (this.#options.isThread) this.#hearDelivered()
    this.#acknowledge(Infinity)
    for (const { sending } of this.#ledgers) sending.forEach((entry) => this.#tellGone(entry))
    this.counts.report()
    const own = this.#place.current
    if (own === undefined || !this.#adoption.isEmpty) return
    if (this.#open === undefined && own.ledgers.every((ledger) => ledger.isDone)) this.#place.close()
  }

  /** Bytes of all files, and the age of the oldest segment. */
  get state(): { readonly bytes: number; readonly ageSeconds: number } {
    const births = this.#ledgers.flatMap(({ journal }) => journal.segments[0]?.createdAt ?? [])
    const oldest = Math.min(...births, Date.now())
    return { bytes: sizeOfLedgers(this.#ledgers), ageSeconds: (Date.now() - oldest) / 1000 }
  }

  #issue(stored: Stored): Ticket {
    const ticket = ++this.#lastTicket
    this.#tickets.set(ticket, stored)
    return ticket
  }

  #write(batch: PackedBatch, state: 'memory' | 'disk'): Pick<Stored, 'ledger' | 'entry'> | undefined {
    const { signal, records, bytes, scopes, isDurable, resource } = batch
    if (signal === 'metrics') return undefined
    const ledger = this.#writer.find(isDurable ? 'durable' : signal)
    if (ledger === undefined) return undefined
    this.#closeOpen(ledger)
    const start = ledger.journal.end
    for (const { scope, start: from, end } of runsOf(batch)) {
      // Of a durable journal each frame is one record.
      for (let at = from, next = 0; at < end; at = next) {
        next = isDurable ? findRecordEnd(bytes, at) : findFrameEnd(bytes, at, end)
        if (this.#writer.write(ledger, scopes[scope] as EncodedHeader, bytes, at, next, resource) !== undefined)
          continue
        // It is told to be lost, so what is on disk of it is not sent; unless it must not be lost.
        const part = ledger.add(start, ledger.journal.end, 'disk', 0)
        if (!isDurable) ledger.finish(part)
        return undefined
      }
    }
    const entry = ledger.add(start, ledger.journal.end, state, records)
    this.#look()
    this.counts.stored(signal, isDurable ? 'durable' : 'ordinary', records)
    return { ledger, entry }
  }

  /** What has no ticket yet stands before what is written now, and is acknowledged before it. */
  #closeOpen(ledger: Ledger): void {
    const open = this.#open
    if (open?.ledger !== ledger || open.stored === 0) return
    open.entry ??= ledger.add(open.start, open.end, 'memory', open.stored)
  }

  /** Everything that there is on disk, what is to be sent first at the front. */
  get #ledgers(): readonly Ledger[] {
    return [...this.#adoption.adopted.flatMap(({ ledgers }) => ledgers), ...(this.#place.current?.ledgers ?? [])]
  }

  /** Whether a directory in the root is that of this process, or was taken over by it. */
  #isOurs(name: string): boolean {
    const end = `/${name}`
    return (
      this.#place.current?.path.endsWith(end) === true || this.#adoption.adopted.some(({ path }) => path.endsWith(end))
    )
  }

  /** Whether a batch is on disk at this moment: a directory may be removed while it is written to. */
  #isThere(stored: Stored): boolean {
    const { ledger } = stored
    if (ledger instanceof ThreadAccount) return ledger.isThere
    return !(ledger.kind === 'durable' && isCut(stored)) && this.#place.isThere(ledger)
  }

  /** What was discarded of an ordinary batch was the oldest there was: written once more it would stand behind others. */
  #loseGone({ ledger, entry }: Stored): void {
    if (ledger instanceof ThreadAccount || ledger.kind === 'durable') return
    const count = ledger.countGone(entry)
    if (count > 0) this.counts.lost('application', 'full', count)
  }

  /** What could not be sent waits where it is, and for some time; what nobody has tried to send from there does not. */
  #leave({ ledger, entry, batch }: Omit<Stored, 'missing'>, pauseMillis = this.#times.retry): void {
    if (ledger instanceof ThreadAccount) {
      // A thread sends nothing that it has handed over, however long it lives. At the end, who takes over from it does.
      const own = this.#isEnding || batch === undefined ? undefined : this.#write(batch, 'disk')
      if (own === undefined) return
      this.#finish(ledger, entry)
      return this.#leave(own, pauseMillis)
    }
    ledger.failingSince ??= performance.now()
    entry.state = 'disk'
    entry.retryAt = performance.now() + pauseMillis
    this.#replay.wake()
  }

  #settleReplayed(ledger: Ledger, entry: Entry, { signal }: PackedBatch, outcomes: readonly Outcome[]): void {
    const verdict = judge(outcomes)
    if (!verdict.isSettled) {
      this.#tellGone(entry)
      return this.#leave({ ledger, entry })
    }
    this.#writer.setAside(ledger, entry, verdict.refused)
    for (const { reason, count } of verdict.counted) {
      if (reason === undefined) this.counts.replayed(signal, count)
      else this.counts.lost(classOf(ledger), reason === 'rejected' ? reason : 'damaged', count)
    }
    this.#finish(ledger, entry)
  }

  /** What was discarded on its way, and has not arrived. */
  #tellGone(entry: Entry): void {
    this.counts.lostAll(entry.gone ?? [])
    delete entry.gone
  }

  #hearDelivered(): void {
    const own = this.#place.current
    if (own === undefined) return
    own.ledger('durable').finishUpTo(readAcked(own.path))
    this.#acknowledge()
  }

  #finish(ledger: Ledger | ThreadAccount, entry: Entry): void {
    ledger.finish(entry)
    if (ledger instanceof Ledger) ledger.failingSince = undefined
    this.#acknowledgeSoon()
  }

  #acknowledgeSoon(): void {
    this.#acknowledging ??= setTimeout(() => this.#acknowledge(), this.#times.acknowledge).unref()
  }

  #acknowledge(mostFiles = STEP_FILES): void {
    clearTimeout(this.#acknowledging)
    this.#acknowledging = undefined
    let left = mostFiles
    for (const ledger of this.#ledgers) {
      try {
        const before = ledger.journal.segments.length
        const isMore = ledger.acknowledge(left)
        left -= before - ledger.journal.segments.length
        if (isMore || left <= 0) {
          this.#acknowledgeNext()
          return
        }
      } catch (error) {
        this.#place.fail(error)
      }
    }
    for (const [directory, account] of this.#threads) if (!account.acknowledge()) this.#threads.delete(directory)
    this.#adoption.release()
    this.#hearRoom()
  }

  /** The rest, in a turn of its own. */
  #acknowledgeNext(): void {
    this.#acknowledging = setTimeout(() => this.#acknowledge(), 0).unref()
  }

  /** What was acknowledged is gone: there may be room again. */
  #hearRoom(): void {
    this.#place.tryAgain()
    if (this.#room.isCrowded) this.#fit()
  }

  #look(): void {
    this.#hear(this.#room.look())
  }

  #fit(): void {
    this.#hear(this.#room.fit())
  }

  async #measure(): Promise<void> {
    this.#hear(await this.#room.measure())
  }

  #hear(error: unknown): void {
    if (error !== undefined) this.#place.fail(error)
  }

  #discardOld(): void {
    const now = performance.now()
    const { maxAgeMillis } = this.#options
    const age = { maxAgeMillis, wall: Date.now(), monotonicWall: performance.timeOrigin + now, monotonic: now }
    try {
      const isMore = discardOld(this.#ledgers, age, this.counts)
      if (isMore) setTimeout(() => this.#discardOld(), 0).unref()
    } catch (error) {
      this.#place.tellUnreadable(error)
    }
  }
}

/** What is known of the class of records in a journal without looking at them. */
function classOf({ kind }: Ledger): string {
  return kind === 'durable' ? 'unknown' : 'application'
}

/** Whether the disk, being full, has not kept all of a batch until memory let go of it. */
function isCut({ ledger, entry }: Stored): boolean {
  return ledger instanceof Ledger && ledger.isCut(entry)
}

/** A batch that is on disk. */
interface Stored {
  readonly ledger: Ledger | ThreadAccount
  readonly entry: Entry
  /** Records of it that are not. */
  readonly missing: number
  /** What memory has of it, where it is on the disk of a thread. */
  readonly batch?: PackedBatch
}

interface OpenRecords {
  readonly ledger: Ledger | undefined
  /** Of all that is stored, since something else was written behind it. */
  entry?: Entry
  start: number
  end: number
  stored: number
  /** Records behind what was written in between. */
  apart: number
  missing: number
}
