import { diag } from '@opentelemetry/api'
import type { BufferPool, EncodedHeader } from '@plutus/otlp'
import { packBatch, RecordBuffer } from '@plutus/sdk'
import type { ExportPipeline, Losses, PackedBatch, RecordBatch, Signal, Spool } from '@plutus/sdk'
import { readDistroVersion } from '../upstream/distro.ts'
import { findFile } from '../own-files.ts'
import { loadPart } from './load-part.ts'
import type { SignalSettings, SignalSettingsTable } from './plutus-settings.ts'
import type { SpoolParts } from './spool.ts'
import type { ThreadInbox, ThreadOutbox } from './thread-link.ts'
import type { Worker } from 'node:worker_threads'

/** What an outlet is made of. */
export interface OutletOptions {
  readonly signals: SignalSettingsTable
  readonly losses: Losses
  readonly warn: (line: string) => void
  readonly pool: BufferPool
  readonly thread: 'worker' | 'main'
  readonly maxBytes: number
  /** Environment of the export thread. */
  readonly env: NodeJS.ProcessEnv
  readonly encodeResource: () => EncodedHeader
  /** A worker thread of the application, which hands over to the main thread where that one sends. */
  readonly isWorker: boolean
  /** Runs a function outside of any request. */
  readonly outside: <R>(run: () => R) => R
  /** What the spool needs to know that the outlet does not. */
  readonly spool: Pick<SpoolParts, 'config' | 'serviceName' | 'workingDirectory' | 'meter'>
}

// As Node made it: a test of the application may replace it.
const { setTimeout } = globalThis

/** Buffers that records are written to, by kind; absent where they go nowhere. */
export interface OutletBuffers {
  readonly spans: RecordBuffer | undefined
  readonly logs: RecordBuffer | undefined
  readonly durableLogs: RecordBuffer | undefined
  readonly metrics: RecordBuffer | undefined
}

// The last record of a batch is to fit the pool's buffer of 480 KiB, which would grow, and be lost to the pool.
const MAX_BATCH_BYTES = 464 * 1024
// A thread whose event loop turns answers within a millisecond or two, or when it comes to its turn.
const MAX_COLLECT_MILLIS = 250
// A thread that starts does not record more than this before the main thread answers.
const MAX_UNDECIDED_BYTES = 8 * 1024 * 1024

/** Gathers records and hands full batches to the pipeline, which is loaded with the first of them. Throws nothing. */
export class Outlet {
  readonly buffers: OutletBuffers
  readonly #options: OutletOptions
  #pipeline: ExportPipeline | undefined
  #threadOutbox: ThreadOutbox | undefined
  /** What waits until it turns out whether there is a main thread that sends. */
  #undecided: PackedBatch[] = []
  #undecidedBytes = 0
  #resource: EncodedHeader | undefined
  #threadInbox: ThreadInbox | undefined
  #spool: Spool | undefined
  #isSpoolOpen = false
  /** Once the process ends, time that it may be held in all. */
  #endMillis: number | undefined
  #isEnding = false

  constructor(options: OutletOptions) {
    this.#options = options
    const { traces, logs, metrics } = options.signals
    this.buffers = {
      spans: traces && this.#createBuffer('traces', traces, false),
      logs: logs && this.#createBuffer('logs', logs, false),
      durableLogs: logs && this.#createBuffer('logs', logs, true),
      metrics: metrics && this.#createBuffer('metrics', metrics, false),
    }
    if (options.isWorker) {
      this.#threadOutbox = loadPart('threads').openThreadOutbox(
        () => this.#handOverUndecided(),
        () => this.#handOver(),
      )
      // The application may end this thread at any moment, and no line of code would run then.
      this.buffers.durableLogs?.handOverEach()
    }
  }

  /** Sends what is here; settles when all has arrived, when there is no hope, or after `timeoutMillis`. Never rejects. */
  async flush(timeoutMillis: number): Promise<void> {
    this.#handOver()
    // A thread that is over sooner than the main thread answers would send by itself, and tell for itself what is lost.
    if (this.#undecided.length > 0) await this.#threadOutbox?.decided
    await this.#options.outside(async () => await this.#pipeline?.flush(timeoutMillis))
  }

  /**
   * The process ends: sends what is here, blocks for at most `millis` in all, and tells what is lost, unless there is
   * more to come before another call.
   */
  finish(millis: number, isMore: boolean): void {
    try {
      this.#options.losses.holdEnd(isMore)
      const since = performance.now()
      // What a thread has not handed over by then ends with it.
      if (this.#endMillis === undefined) this.#threadInbox?.collect(Math.min(millis / 2, MAX_COLLECT_MILLIS))
      this.#isEnding = true
      this.#handOver()
      this.#handOverUndecided()
      this.#pipeline?.finish(Math.max(millis - (performance.now() - since), 0))
      this.#spool?.finish()
      if (this.#endMillis !== undefined) return
      this.#endMillis = millis
      for (const buffer of this.#all()) buffer.handOverEach()
    } catch (error) {
      diag.error('telemetry could not be sent at the end of the process', error)
    }
  }

  /** Takes what worker threads of the application hand over from now on, of which this is one. Throws nothing. */
  listen(worker: Worker): void {
    try {
      this.#threadInbox ??= this.#options.outside(() =>
        loadPart('threads').openThreadInbox((batch) => this.#takeFromThread(batch)),
      )
      this.#threadInbox.watch(worker)
    } catch (error) {
      diag.error('worker threads send for themselves', error)
    }
  }

  /** Looks, from now on, for what earlier processes could not send. Throws nothing. */
  beginReplay(): void {
    // Each in a turn of its own: what is loaded for the first time takes its time.
    this.#options.outside(() => {
      if (this.#openSpool() !== undefined) setTimeout(() => this.#spool?.begin(), 1).unref()
    })
  }

  /** Finds out what records come from, before the first of them has to wait for that. Throws nothing. */
  prepare(): void {
    try {
      this.#resource ??= this.#options.outside(this.#options.encodeResource)
    } catch (error) {
      diag.error('the resource could not be described', error)
    }
  }

  /** Bytes of the spool, and the age of the oldest file in it. */
  get spoolState(): Spool['state'] | undefined {
    return this.#spool?.state
  }

  /** What keeps records on disk, made at the first call; `undefined` if nothing does. */
  #openSpool(): Spool | undefined {
    if (this.#isSpoolOpen) return this.#spool
    this.#isSpoolOpen = true
    const { outside, spool, encodeResource, warn, isWorker } = this.#options
    if (spool.config.get('PLUTUS_SPOOL_DIR') === 'off') return undefined // without loading what opens one
    try {
      this.#spool = outside(() =>
        loadPart('spool').openSpool({
          ...spool,
          resource: () => (this.#resource ??= encodeResource()),
          isThread: isWorker,
          pool: this.#options.pool,
          send: (batch, onSettled) => outside(() => this.#openPipeline().replay(batch, onSettled)),
          isBusy: (signal) => this.#pipeline?.isBusy(signal) ?? false,
          warn,
        }),
      )
      if (isWorker) this.#spool?.begin()
    } catch (error) {
      diag.error('the spool could not be opened', error)
    }
    return this.#spool
  }

  #createBuffer(signal: Signal, settings: SignalSettings, isDurable: boolean): RecordBuffer {
    return new RecordBuffer({
      pool: this.#options.pool,
      maxBytes: MAX_BATCH_BYTES,
      maxRecords: settings.maxBatchRecords,
      delayMillis: settings.delayMillis,
      onBatch: (batch) => this.#push(batch, signal, isDurable),
      ...(isDurable && {
        onRecord: (scope, { bytes, position }, start) => this.#openSpool()?.append(scope, bytes, start, position),
      }),
    })
  }

  #push(batch: RecordBatch, signal: Signal, isDurable: boolean): void {
    // In the middle of the application, or on a timer that nobody else answers for.
    try {
      const ticket = isDurable ? this.#spool?.seal() : undefined
      const bare = packBatch(batch, { signal, isDurable, pool: this.#options.pool })
      const packed: PackedBatch = ticket === undefined ? bare : { ...bare, ticket }
      this.#dispatch(packed)
      if (this.#endMillis === undefined) return
      this.#pipeline?.finish(this.#endMillis)
      this.#spool?.finish()
    } catch (error) {
      this.#options.losses.dropped(signal, 'not_encoded', batch.records)
      diag.error('a batch could not be handed over', error)
    }
  }

  /** Gives a batch to the main thread, if that one sends; else to the pipeline of this one. */
  #dispatch(batch: PackedBatch): void {
    const fate = this.#threadOutbox === undefined ? 'refused' : this.#offer(this.#threadOutbox, batch)
    if (fate === 'taken') this.#options.pool.release(batch.bytes.buffer)
    else if (fate === 'later' && !this.#isEnding && this.#undecidedBytes < MAX_UNDECIDED_BYTES) {
      this.#undecided.push(batch)
      this.#undecidedBytes += batch.bytes.length
    } else this.#pushPacked(batch)
  }

  /** Offers the main thread a batch, and tells it the thread that the records come from. */
  #offer(outbox: ThreadOutbox, batch: PackedBatch): 'taken' | 'refused' | 'later' {
    this.#resource ??= this.#options.encodeResource()
    const { ticket, ...rest } = batch
    const place = ticket === undefined ? undefined : this.#spool?.placeOf(ticket)
    const fate = outbox.handOver({ ...rest, ...(place && { place }), resource: this.#resource })
    if (fate === 'taken' && ticket !== undefined) this.#spool?.handOver(ticket)
    return fate
  }

  #handOverUndecided(): void {
    const batches = this.#undecided
    this.#undecided = []
    this.#undecidedBytes = 0
    for (const batch of batches) this.#dispatch(batch)
  }

  #takeFromThread({ place, ...batch }: PackedBatch): void {
    const ticket = place && this.#openSpool()?.takeOver(place, batch)
    this.#pushPacked(ticket === undefined ? batch : { ...batch, ticket })
  }

  #pushPacked(batch: PackedBatch): void {
    this.#options.outside(() => this.#openPipeline().push(batch))
  }

  #openPipeline(): ExportPipeline {
    return (this.#pipeline ??= this.#createPipeline())
  }

  #createPipeline(): ExportPipeline {
    const { signals, losses, warn, pool, thread, maxBytes, env, encodeResource } = this.#options
    const { ExportPipeline } = loadPart('export')
    const maxRecords: Partial<Record<Signal, number>> = {}
    for (const [signal, { maxQueueRecords }] of Object.entries(signals) as [Signal, SignalSettings][]) {
      if (maxQueueRecords !== undefined) maxRecords[signal] = maxQueueRecords
    }
    return new ExportPipeline({
      settings: {
        targets: Object.values(signals).map(({ target }) => target),
        resource: (this.#resource ??= encodeResource()),
        userAgent: `plutus-otel-register/${readDistroVersion()}`,
        resolver: { LOCALDOMAIN: env['LOCALDOMAIN'], RES_OPTIONS: env['RES_OPTIONS'] },
      },
      thread,
      worker: { file: findFile('export-worker.cjs'), env },
      maxBytes,
      maxRecords,
      pool,
      losses,
      warn,
      ...(this.#options.spool.config.get('PLUTUS_SPOOL_DIR') !== 'off' && { spool: () => this.#openSpool() }),
    })
  }

  #handOver(): void {
    this.#threadInbox?.drain()
    for (const buffer of this.#all()) buffer.flush()
  }

  #all(): RecordBuffer[] {
    return Object.values(this.buffers).filter((buffer: RecordBuffer | undefined) => buffer !== undefined)
  }
}
