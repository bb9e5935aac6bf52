import type { BufferPool } from '@plutus/otlp'
import type { BatchSpool } from './batch-spool.ts'
import { reasonOf } from './delivery.ts'
import { showPlace } from './endpoint-health.ts'
import { Exporter } from './exporter.ts'
import type { ExportEvents, ExportSettings, Sender, UnheardBatch } from './exporter.ts'
import { CLOSING_MILLIS } from './export-messages.ts'
import { listenOn } from './listen-on.ts'
import { createLocalSender } from './local-sender.ts'
import type { Losses, LossReason, Outcome } from './losses.ts'
import { Outbox } from './outbox.ts'
import type { OutboxEntry } from './outbox.ts'
import type { PackedBatch } from './packed-batch.ts'
import type { Signal } from './settings.ts'
import type { Problem } from './transport.ts'
import { WorkerSender } from './worker-sender.ts'

/** What a pipeline is made of. */
export interface ExportPipelineOptions {
  readonly settings: ExportSettings
  /** Thread that sends: one of its own, started with the first batch, or the one that the pipeline is on. */
  readonly thread: 'worker' | 'main'
  /** File and environment of that thread; with `main`, too, it sends what is left when the process ends. */
  readonly worker: { readonly file: URL; readonly env: NodeJS.ProcessEnv }
  /** Bytes that everything unsent may take. */
  readonly maxBytes: number
  /** Ordinary records of a signal that may wait; absent where bytes are the only bound. */
  readonly maxRecords: Partial<Record<Signal, number>>
  readonly pool: BufferPool
  readonly losses: Losses
  readonly warn: (line: string) => void
  /** What keeps on disk what memory cannot, made when it is needed first. @defaultValue nothing does */
  readonly spool?: (() => BatchSpool | undefined) | undefined
}

interface Waiter {
  readonly round: number
  /** Signals of what it waits for; what comes later is not hurried for it. */
  readonly signals: ReadonlySet<Signal>
  /** Signals for which waiting is in vain. */
  readonly vain: Set<Signal>
  readonly resolve: () => void
}

// While an endpoint fails, so much of a signal waits in memory, too, and more of it on disk only.
const FAILING_BYTES = 1024 * 1024
// So much goes there in one turn of the event loop, which stays short.
const SPILL_STEP_BYTES = 256 * 1024
// What a later attempt might have brought to the endpoint.
const TRANSIENT: ReadonlySet<LossReason> = new Set(['unreachable', 'timeout', 'export_thread'])

// As Node made them: a test of the application may replace them.
const { setImmediate, setTimeout, clearTimeout } = globalThis

/** The way of batches out of the process. Throws nothing, and holds the process only while somebody flushes. */
export class ExportPipeline {
  readonly #options: ExportPipelineOptions
  readonly #outbox: Outbox
  readonly #problems = new Map<Signal, Problem>()
  #sender: Sender | undefined
  #isStarting = false
  /** Signals of which more goes to disk, one in each turn; while there is one, the next turn is ordered. */
  readonly #spilling = new Set<Signal>()
  /** Whether the export thread has failed: another would be waited for in vain. */
  #hasFailed = false
  #waiters: Waiter[] = []
  #round = 0
  #endsAt: number | undefined
  /** Whether something of this process has been on disk. */
  #isOnDisk = false
  /** What was read from disk and is on its way, by the number of the batch, which is negative. */
  readonly #replays = new Map<number, Replayed>()
  #lastReplay = 0

  constructor(options: ExportPipelineOptions) {
    this.#options = options
    const { maxBytes, maxRecords, losses } = options
    this.#outbox = new Outbox({
      maxBytes,
      maxRecords,
      onDrop: (signal, reason, count) => losses.dropped(signal, reason, count),
      onFree: ({ bytes }) => options.pool.release(bytes.buffer),
      keep: options.spool && ((batch) => this.#keep(batch)),
      // What is on disk in part would be sent from there and from memory.
      relieve: options.spool && ((batch) => !this.#isPart(batch) && this.#keep(batch)),
      store: options.spool && ((batch) => this.#spoolFor(batch)?.store(batch)),
    })
  }

  /** Bytes that have not arrived. */
  get unsentBytes(): number {
    return this.#outbox.bytes
  }

  /** Takes a batch; its memory belongs to the pipeline from now on. */
  push(batch: PackedBatch): void {
    this.#isOnDisk ||= batch.ticket !== undefined
    this.#outbox.push(batch)
    if (this.#sender !== undefined) this.#pump()
    else if (!this.#isStarting) {
      this.#isStarting = true
      // Starting a thread takes a millisecond or two, which are not to be those of the application's call.
      setImmediate(() => this.#pump()).unref()
    }
    this.#spill(batch.signal)
    this.#outbox.trim()
  }

  /** Sends what was read from disk, where it stays until it has arrived; `onSettled` is told at once what became of it. */
  replay(batch: PackedBatch, onSettled: (outcomes: readonly Outcome[]) => void): void {
    const id = --this.#lastReplay
    this.#replays.set(id, { signal: batch.signal, onSettled })
    this.#pump().send({ id, batch, size: 0, isReplay: true })
  }

  /** Whether what is on disk has to wait for what is in memory. */
  isBusy(signal: Signal): boolean {
    if (this.#endsAt !== undefined || this.#waiters.length > 0 || this.#outbox.isWaiting(signal)) return true
    return this.#problems.has(signal) && this.#outbox.signals.has(signal)
  }

  /** Sends what is here; settles when all has arrived, when there is no hope, or after `timeoutMillis`. Never rejects. */
  async flush(timeoutMillis: number): Promise<void> {
    if (this.#outbox.isEmpty && this.#replays.size === 0) return
    const sender = this.#pump()
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiter: Waiter = { round: ++this.#round, signals: this.#unsent, vain: new Set(), resolve }
    this.#waiters.push(waiter)
    sender.hurry(waiter.round)
    const timer = setTimeout(() => {
      // Answers that came while the event loop stood still are to be read before.
      setImmediate(() => {
        this.#sender?.stopWaiting()
        resolve()
      })
    }, timeoutMillis)
    await promise
    clearTimeout(timer)
    this.#waiters = this.#waiters.filter((other) => other !== waiter)
  }

  /**
   * The process ends: hands everything to the export thread, blocks for at most `millis` from the first call on, and
   * tells what is lost.
   */
  finish(millis: number): void {
    this.#endsAt ??= performance.now() + millis
    const { ending, trusted } = this.#sendRest(this.#endsAt)
    if (!this.#outbox.isEmpty) this.#options.spool?.()?.end()
    for (const { id, batch } of this.#outbox.entries) {
      if (this.#keep(batch) || trusted.has(id)) continue
      const { signal, records } = batch
      const problem = this.#problems.get(signal)
      // What was cut off had no time to show anything.
      const isCut = problem === undefined || problem === 'aborted'
      this.#options.losses.dropped(signal, isCut ? ending : reasonOf(problem), records)
    }
    this.#outbox.clear()
    const waiting = this.#isOnDisk ? this.#options.spool?.()?.waiting : undefined
    if (waiting !== undefined) this.#options.losses.keptInAll(waiting)
    this.#options.losses.reportAll((signals) => this.#describeWay(signals))
  }

  /** A fact, since an endpoint that had less than a second is not to blame. */
  #describeWay(signals: ReadonlySet<Signal>): string {
    const ways = this.#options.settings.targets.filter(({ signal }) => signals.has(signal))
    const places = new Set(ways.map(({ settings: { url } }) => showPlace(url)))
    const variables = new Set(ways.map(({ settings: { names } }) => names.endpoint))
    return `endpoint ${[...places].join(', ')}, see ${[...variables].join(', ')} and PLUTUS_EXIT_WAIT_MS`
  }

  /** Sends what is left until a time. Returns by what the rest is lost, and what of it arrives although nobody heard so. */
  #sendRest(endsAt: number): { readonly ending: LossReason; readonly trusted: ReadonlySet<number> } {
    const left = (): number => Math.max(endsAt - performance.now(), 0)
    const unheard = this.#cut(endsAt)
    const onWay = new Set(unheard.map(({ entry }) => entry.id))
    // A thread that sends all the time knows best whether there is hope.
    const isRunning = this.#sender instanceof WorkerSender
    // What is kept anyway is not begun when its answer would come too late.
    const isLate = !isRunning && this.#options.spool !== undefined && left() < CLOSING_MILLIS
    const rest = this.#outbox.entries.filter(
      ({ id, batch: { signal } }) => !onWay.has(id) && !(isLate && signal !== 'metrics'),
    )
    const isAny = rest.length > 0 || (isRunning && this.#replays.size > 0)
    const isSent = isAny && left() > 0 && (isRunning || !this.#isHopeless(rest))
    const thread = isSent ? this.#findThread() : undefined
    const wait = thread && this.#sendBy(thread, rest, left())
    const isVain = this.#isHopeless(unheard.map(({ entry }) => entry))
    const silent = listenOn(unheard, isVain ? 0 : endsAt)
    wait?.(left())
    if (this.#sender instanceof WorkerSender) this.#sender.hear()
    return {
      ending: isSent && thread === undefined ? 'export_thread' : 'process_end',
      trusted: new Set(silent.flatMap(({ entry, isTrusted }) => (isTrusted ? entry.id : []))),
    }
  }

  /** Has a thread send what it does not have yet. Returns a function that waits for it. */
  #sendBy(thread: WorkerSender, rest: readonly OutboxEntry[], millis: number): (mostMillis: number) => void {
    const isNew = this.#sender !== thread
    const waiting = this.#outbox.takeAll()
    this.#sender = thread
    for (const entry of isNew ? rest : waiting) thread.send(entry)
    return thread.finish(Math.ceil(millis), this.#options.spool !== undefined)
  }

  /**
   * Ends what this thread has on its way, but for what has left as a whole. That is listened on and not sent again, since
   * it arrives, or waits on disk where nothing is heard of it. What is durable and on no disk is sent again all the same
   * when half of the time is over: receivers know it by its ids.
   */
  #cut(endsAt: number): readonly UnheardBatch[] {
    if (!(this.#sender instanceof Exporter)) return []
    // Of what an earlier call has dealt with nothing is to be heard.
    const unheard = this.#sender
      .cut((batch) => this.#isKept(batch))
      .filter(({ entry: { id } }) => this.#outbox.has(id) || this.#replays.has(id))
    const atRisk = unheard.filter(({ entry: { batch } }) => batch.isDurable && !this.#isKept(batch))
    listenOn(atRisk, (performance.now() + endsAt) / 2)
    return unheard.filter((one) => !atRisk.includes(one))
  }

  /** Whether there is somebody who keeps what has not arrived at the end. */
  #isKept({ signal }: PackedBatch): boolean {
    return signal !== 'metrics' && this.#options.spool?.() !== undefined
  }

  #findThread(): WorkerSender | undefined {
    if (this.#sender instanceof WorkerSender) return this.#sender
    return this.#hasFailed ? undefined : this.#startThread()
  }

  /** Whether the last attempts of all these hung until nobody waited any more. */
  #isHopeless(entries: readonly OutboxEntry[]): boolean {
    return entries.every(({ batch: { signal } }) => this.#problems.get(signal) === 'timeout')
  }

  /** While an endpoint fails, puts what it has not taken on disk, in turns to come. */
  #spill(signal: Signal): void {
    if (!this.#isFailing(signal)) return
    const isScheduled = this.#spilling.size > 0
    this.#spilling.add(signal)
    if (!isScheduled) this.#spillNext()
  }

  /** Puts a part of what one signal has on disk, in the next turn. */
  #spillNext(): void {
    setTimeout(() => {
      const [signal] = this.#spilling
      if (signal === undefined) return
      const isMore = this.#isFailing(signal) && this.#outbox.spill(signal, FAILING_BYTES, SPILL_STEP_BYTES)
      this.#spilling.delete(signal)
      if (isMore) this.#spilling.add(signal) // behind the others
      if (this.#spilling.size > 0) this.#spillNext()
    }, 0).unref()
  }

  /** Whether a signal has met a failure that a later attempt may not meet: what is refused would be refused from disk, too. */
  #isFailing(signal: Signal): boolean {
    const problem = this.#problems.get(signal)
    if (problem === undefined || this.#endsAt !== undefined) return false
    return problem === 'busy' || TRANSIENT.has(reasonOf(problem))
  }

  /** Hands over what may leave now. */
  #pump(): Sender {
    const sender = (this.#sender ??= this.#createSender())
    for (const entry of this.#outbox.takeNext()) sender.send(entry)
    return sender
  }

  #createSender(): Sender {
    const thread = this.#options.thread === 'worker' ? this.#startThread() : undefined
    return thread ?? this.#createLocal()
  }

  #createLocal(): Sender {
    const { settings, losses } = this.#options
    return createLocalSender(settings, (line, news) => losses.announce(line, news), this.#events)
  }

  #startThread(): WorkerSender | undefined {
    const { settings, losses, worker } = this.#options
    try {
      return new WorkerSender({
        settings,
        onNews: (line, news) => losses.announce(line, news),
        events: this.#events,
        file: worker.file,
        env: worker.env,
        isCopied: ({ batch, isReplay }) =>
          this.#options.spool !== undefined && isReplay !== true && batch.signal !== 'metrics',
        onBroken: (kept, lost) => this.#recover(kept, lost),
      })
    } catch {
      this.#tellFallback()
      return undefined
    }
  }

  #recover(kept: OutboxEntry[], lost: readonly number[]): void {
    for (const id of lost) this.#done(id, [{ reason: 'export_thread', count: this.#outbox.recordsOf(id) }])
    if (this.#endsAt !== undefined) return
    this.#hasFailed = true
    this.#tellFallback()
    const local = this.#createLocal()
    this.#sender = local
    for (const entry of kept) local.send(entry)
    this.#pump()
    for (const { round } of this.#waiters) local.hurry(round)
    this.#settle()
  }

  #tellFallback(): void {
    this.#options.warn('The export thread cannot run, so the main thread sends telemetry; see PLUTUS_EXPORT_THREAD')
  }

  readonly #events: ExportEvents = {
    onDone: (id, outcomes, memory) => {
      this.#done(id, outcomes, memory)
      if (this.#endsAt === undefined) this.#pump()
      this.#settle()
    },
    onSuccess: (signal) => {
      if (this.#problems.delete(signal)) this.#options.spool?.()?.wake()
    },
    onFailure: (signal, problem) => {
      this.#problems.set(signal, problem)
      this.#spill(signal)
    },
    onGiveUp: (round, signal) => {
      for (const waiter of this.#waiters) if (waiter.round === round) waiter.vain.add(signal)
      this.#settle()
    },
  }

  /** Counts what became of a batch, or keeps it. */
  #done(id: number, outcomes: readonly Outcome[], memory?: ArrayBuffer): void {
    const { losses, pool, spool } = this.#options
    const replayed = this.#replays.get(id)
    if (replayed !== undefined) {
      this.#replays.delete(id)
      replayed.onSettled(outcomes)
      if (memory !== undefined) pool.release(memory)
      return
    }
    const found = this.#outbox.done(id)
    const isMoved = found?.bytes.length === 0 && memory !== undefined
    const batch = isMoved ? { ...found, bytes: new Uint8Array(memory) } : found
    if (batch?.ticket !== undefined) {
      const counted = spool?.()?.settle(batch.ticket, outcomes) ?? outcomes
      // Of none of it anything is on disk any more.
      const isLost = counted === outcomes && outcomes.every(isTransient)
      if (!isLost || this.#spoolFor(batch)?.keep(batch) !== true) losses.settled(batch.signal, counted)
    } else if (batch !== undefined && !(outcomes.every(isTransient) && this.#keep(batch))) {
      losses.settled(batch.signal, outcomes)
    }
    if (batch !== undefined && memory !== undefined) pool.release(batch.bytes.buffer)
  }

  /** Hands a batch that memory does not keep any more to the spool. Returns whether it is on disk. */
  #keep(batch: PackedBatch): boolean {
    const spool = this.#options.spool?.()
    if (spool === undefined) return false
    // Rather twice than never, where not all of it is on disk.
    if (batch.ticket !== undefined && spool.release(batch.ticket)) return true
    return this.#spoolFor(batch)?.keep(batch) === true
  }

  #isPart({ ticket }: PackedBatch): boolean {
    return ticket !== undefined && this.#options.spool?.()?.isPart(ticket) === true
  }

  /** What writes a batch to disk, unless another thread has its bytes. */
  #spoolFor({ bytes }: PackedBatch): BatchSpool | undefined {
    const spool = bytes.length > 0 ? this.#options.spool?.() : undefined
    this.#isOnDisk ||= spool !== undefined
    return spool
  }

  /** Signals of what has not arrived, and of what is on its way from disk. */
  get #unsent(): ReadonlySet<Signal> {
    return new Set([...this.#outbox.signals, ...[...this.#replays.values()].map(({ signal }) => signal)])
  }

  /** Ends the wait of those who have nothing to wait for. */
  #settle(): void {
    if (this.#waiters.length === 0) return
    const unsent = this.#unsent
    for (const { signals, vain, resolve } of this.#waiters) {
      if ([...signals].every((signal) => vain.has(signal) || !unsent.has(signal))) resolve()
    }
  }
}

interface Replayed {
  readonly signal: Signal
  readonly onSettled: (outcomes: readonly Outcome[]) => void
}

function isTransient({ reason }: Outcome): boolean {
  return reason !== undefined && TRANSIENT.has(reason)
}
