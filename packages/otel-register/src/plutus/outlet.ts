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

/** Buffers that records are written to, by kind; absent where they go nowhere. */
export interface OutletBuffers {
  readonly spans: RecordBuffer | undefined
  readonly logs: RecordBuffer | undefined
  readonly durableLogs: RecordBuffer | undefined
  readonly metrics: RecordBuffer | undefined
}

// The last record of a batch is to fit the pool's buffer of 256 KiB, which would grow, and be lost to the pool.
const MAX_BATCH_BYTES = 240 * 1024

/** Gathers records and hands full batches to the pipeline, which is loaded with the first of them. Throws nothing. */
export class Outlet {
  readonly buffers: OutletBuffers
  readonly #options: OutletOptions
  #pipeline: ExportPipeline | undefined
  #threadOutbox: ThreadOutbox | undefined
  #resource: EncodedHeader | undefined
  #threadInbox: ThreadInbox | undefined
  #spool: Spool | undefined
  #isSpoolOpen = false
  /** Once the process ends, time that it may be held in all. */
  #endMillis: number | undefined

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
      this.#threadOutbox = loadPart('threads').openThreadOutbox()
      // The application may end this thread at any moment, and no line of code would run then.
      this.buffers.durableLogs?.handOverEach()
    }
  }

  /** Sends what is here; settles when all has arrived, when there is no hope, or after `timeoutMillis`. Never rejects. */
  async flush(timeoutMillis: number): Promise<void> {
    this.#handOver()
    await this.#options.outside(async () => await this.#pipeline?.flush(timeoutMillis))
  }

  /**
   * The process ends: sends what is here, blocks for at most `millis` in all, and tells what is lost, unless there is
   * more to come before another call.
   */
  finish(millis: number, isMore: boolean): void {
    try {
      this.#options.losses.holdEnd(isMore)
      this.#handOver()
      this.#pipeline?.finish(millis)
      this.#spool?.finish()
      if (this.#endMillis !== undefined) return
      this.#endMillis = millis
      for (const buffer of this.#all()) buffer.handOverEach()
    } catch (error) {
      diag.error('telemetry could not be sent at the end of the process', error)
    }
  }

  /** Takes what worker threads of the application hand over from now on. Throws nothing. */
  listen(): void {
    if (this.#threadInbox !== undefined) return
    try {
      this.#threadInbox = this.#options.outside(() =>
        loadPart('threads').openThreadInbox((batch) => this.#takeFromThread(batch)),
      )
    } catch (error) {
      diag.error('worker threads send for themselves', error)
    }
  }

  /** Looks, from now on, for what earlier processes could not send. Throws nothing. */
  beginReplay(): void {
    this.#options.outside(() => this.#openSpool()?.begin())
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
    try {
      this.#spool = outside(() =>
        loadPart('spool').openSpool({
          ...spool,
          resource: () => (this.#resource ??= encodeResource()),
          isThread: isWorker,
          send: (batch) => outside(() => this.#openPipeline().replay(batch)),
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
      if (this.#isHandedOver(packed)) this.#options.pool.release(packed.bytes.buffer)
      else this.#pushPacked(packed)
      if (this.#endMillis === undefined) return
      this.#pipeline?.finish(this.#endMillis)
      this.#spool?.finish()
    } catch (error) {
      this.#options.losses.dropped(signal, 'not_encoded', batch.records)
      diag.error('a batch could not be handed over', error)
    }
  }

  /** Whether the main thread takes care of a batch; it tells the thread that the records come from. */
  #isHandedOver(batch: PackedBatch): boolean {
    if (this.#threadOutbox === undefined) return false
    this.#resource ??= this.#options.encodeResource()
    const { ticket, ...rest } = batch
    const place = ticket === undefined ? undefined : this.#spool?.placeOf(ticket)
    const isTaken = this.#threadOutbox.handOver({ ...rest, ...(place && { place }), resource: this.#resource })
    if (isTaken && ticket !== undefined) this.#spool?.handOver(ticket)
    return isTaken
  }

  #takeFromThread({ place, ...batch }: PackedBatch): void {
    const ticket = place && this.#openSpool()?.takeOver(place)
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
      },
      thread,
      worker: { file: findFile('export-worker.cjs'), env },
      maxBytes,
      maxRecords,
      pool,
      losses,
      warn,
      spool: () => this.#openSpool(),
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
