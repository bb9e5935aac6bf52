import type { BufferPool } from '@plutus/otlp'
import type { BatchSpool } from './batch-spool.ts'
import { reasonOf } from './delivery.ts'
import { showPlace } from './endpoint-health.ts'
import { Exporter } from './exporter.ts'
import type { ExportEvents, ExportSettings, Sender } from './exporter.ts'
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

// While an endpoint fails, so much of a signal waits in memory; the rest goes to disk, if it can.
const FAILING_BYTES = 1024 * 1024
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
  /** Whether the export thread has failed: another would be waited for in vain. */
  #hasFailed = false
  #waiters: Waiter[] = []
  #round = 0
  #endsAt: number | undefined
  /** Who waits for what was read from disk, by the number of the batch, which is negative. */
  readonly #replays = new Map<number, (outcomes: readonly Outcome[]) => void>()
  #lastReplay = 0

  constructor(options: ExportPipelineOptions) {
    this.#options = options
    const { maxBytes, maxRecords, losses } = options
    this.#outbox = new Outbox({
      maxBytes,
      maxRecords,
      onDrop: (signal, reason, count) => losses.dropped(signal, reason, count),
      keep: options.spool && ((batch) => this.#keep(batch)),
    })
  }

  /** Bytes that have not arrived. */
  get unsentBytes(): number {
    return this.#outbox.bytes
  }

  /** Takes a batch; its memory belongs to the pipeline from now on. */
  push(batch: PackedBatch): void {
    this.#outbox.push(batch)
    if (this.#sender !== undefined) this.#pump()
    else if (!this.#isStarting) {
      this.#isStarting = true
      // Starting a thread takes a millisecond or two, which are not to be those of the application's call.
      setImmediate(() => this.#pump()).unref()
    }
    if (this.#problems.has(batch.signal)) this.#outbox.spill(batch.signal, FAILING_BYTES)
    this.#outbox.trim()
  }

  /** Sends what was read from disk, where it stays until it has arrived. Never rejects. */
  replay(batch: PackedBatch): Promise<readonly Outcome[]> {
    const { promise, resolve } = Promise.withResolvers<readonly Outcome[]>()
    const id = --this.#lastReplay
    this.#replays.set(id, resolve)
    this.#pump().send({ id, batch, size: 0, isReplay: true })
    return promise
  }

  /** Whether what is on disk has to wait for what is in memory. */
  isBusy(signal: Signal): boolean {
    if (this.#endsAt !== undefined || this.#outbox.isWaiting(signal)) return true
    return this.#problems.has(signal) && this.#outbox.signals.has(signal)
  }

  /** Sends what is here; settles when all has arrived, when there is no hope, or after `timeoutMillis`. Never rejects. */
  async flush(timeoutMillis: number): Promise<void> {
    if (this.#outbox.isEmpty) return
    const sender = this.#pump()
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiter: Waiter = { round: ++this.#round, signals: this.#outbox.signals, vain: new Set(), resolve }
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
    const left = Math.max(this.#endsAt - performance.now(), 0)
    let ending: LossReason = 'process_end'
    if (!this.#outbox.isEmpty && left > 0 && !this.#isHopeless()) {
      const thread = this.#findThread()
      if (thread === undefined) ending = 'export_thread'
      else this.#finishBy(thread, left)
    }
    if (this.#sender instanceof WorkerSender) this.#sender.hear()
    for (const batch of this.#outbox.batches) {
      const { signal, records } = batch
      if (this.#keep(batch)) {
        this.#options.losses.kept(signal, records)
        continue
      }
      const problem = this.#problems.get(signal)
      // What was cut off had no time to show anything.
      const isCut = problem === undefined || problem === 'aborted'
      this.#options.losses.dropped(signal, isCut ? ending : reasonOf(problem), records)
    }
    this.#outbox.clear()
    this.#options.losses.reportAll((signals) => this.#describeWay(signals))
  }

  /** A fact, since an endpoint that had less than a second is not to blame. */
  #describeWay(signals: ReadonlySet<Signal>): string {
    const ways = this.#options.settings.targets.filter(({ signal }) => signals.has(signal))
    const places = new Set(ways.map(({ settings: { url } }) => showPlace(url)))
    const variables = new Set(ways.map(({ settings: { names } }) => names.endpoint))
    return `endpoint ${[...places].join(', ')}, see ${[...variables].join(', ')} and PLUTUS_EXIT_WAIT_MS`
  }

  #finishBy(thread: WorkerSender, millis: number): void {
    if (this.#sender instanceof Exporter) this.#hand(thread, this.#sender)
    this.#sender = thread
    for (const entry of this.#outbox.takeAll()) thread.send(entry)
    thread.finish(Math.ceil(millis))
  }

  /**
   * Hands over what this thread has on its way: nobody will see the answers. What has left as a whole arrives and is
   * not sent again, but for durable records, which receivers know by their ids.
   */
  #hand(thread: WorkerSender, from: Exporter): void {
    const written = from.cut()
    for (const entry of this.#outbox.handed) {
      if (written.has(entry.id) && !entry.batch.isDurable) this.#outbox.done(entry.id)
      else thread.send(entry)
    }
  }

  /** Whether the last attempts of all that is left hung until nobody waited any more. */
  #isHopeless(): boolean {
    if (this.#sender instanceof WorkerSender) return false // it knows best
    return [...this.#outbox.signals].every((signal) => this.#problems.get(signal) === 'timeout')
  }

  #findThread(): WorkerSender | undefined {
    if (this.#sender instanceof WorkerSender) return this.#sender
    return this.#hasFailed ? undefined : this.#startThread()
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
        onBack: this.#options.spool && ((entry) => this.#outbox.restore(entry.id, entry.batch)),
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
    onFailure: (signal, problem) => void this.#problems.set(signal, problem),
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
      replayed(outcomes)
    }
    const found = this.#outbox.done(id)
    const batch = found && memory !== undefined ? { ...found, bytes: new Uint8Array(memory) } : found
    if (batch?.ticket !== undefined) {
      losses.settled(batch.signal, spool?.()?.settle(batch.ticket, outcomes) ?? outcomes)
    } else if (batch !== undefined && !(outcomes.every(isTransient) && this.#keep(batch))) {
      losses.settled(batch.signal, outcomes)
    }
    if (memory !== undefined) pool.release(memory)
    else if (batch !== undefined && batch.bytes.length > 0) pool.release(batch.bytes.buffer)
  }

  /** Hands a batch that memory does not keep any more to the spool. Returns whether it is on disk. */
  #keep(batch: PackedBatch): boolean {
    const spool = this.#options.spool?.()
    if (spool === undefined) return false
    if (batch.ticket !== undefined) return spool.release(batch.ticket)
    return batch.bytes.length > 0 && spool.keep(batch)
  }

  /** Ends the wait of those who have nothing to wait for. */
  #settle(): void {
    if (this.#waiters.length === 0) return
    const unsent = this.#outbox.signals
    for (const { signals, vain, resolve } of this.#waiters) {
      if ([...signals].every((signal) => vain.has(signal) || !unsent.has(signal))) resolve()
    }
  }
}

function isTransient({ reason }: Outcome): boolean {
  return reason !== undefined && TRANSIENT.has(reason)
}
