import type { LossReason } from './losses.ts'
import { sizeOf } from './packed-batch.ts'
import type { PackedBatch } from './packed-batch.ts'
import type { Signal } from './settings.ts'

/** Bounds of an outbox, and who hears of what. */
export interface OutboxOptions {
  /** Bytes that everything unsent may take, what is on its way included. */
  readonly maxBytes: number
  /** Ordinary records of a signal that may wait; absent where bytes are the only bound. */
  readonly maxRecords: Partial<Record<Signal, number>>
  readonly onDrop: (signal: Signal, reason: LossReason, count: number) => void
  /** Nobody reads the memory of a batch any more, which waited and was dropped or taken over. @defaultValue nobody hears of it */
  readonly onFree?: ((batch: PackedBatch) => void) | undefined
  /** Takes over a batch that would be dropped. @returns whether it has done so. @defaultValue nobody does */
  readonly keep?: ((batch: PackedBatch) => boolean) | undefined
  /** The same for one that memory may keep as well. */
  readonly relieve?: ((batch: PackedBatch) => boolean) | undefined
  /** Puts a batch that memory keeps where those go that are taken over. @returns its ticket there. @defaultValue nobody does */
  readonly store?: ((batch: PackedBatch) => number | undefined) | undefined
}

/** A batch and the number by which it is known on its way. */
export interface OutboxEntry {
  readonly id: number
  readonly batch: PackedBatch
  /** Memory that it takes; the batch itself has none left once it is with another thread. */
  readonly size: number
  /** It was read from disk and stays there until it has arrived, so nobody waits for it. */
  readonly isReplay?: true
}

// Batches of a signal on their way at once: enough to hide the time that an answer takes.
const WINDOW = 4

/**
 * Holds the batches that have not arrived, within bounds. What exceeds them is dropped: ordinary batches first, the
 * oldest before the others; batches of durable classes last. A batch that is on its way is not dropped any more.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #waiting = { ordinary: new Lanes(), durable: new Lanes() }
  readonly #handed = new Map<number, OutboxEntry>()
  #bytes = 0
  #lastId = 0

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Bytes of everything unsent. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether everything has arrived or been dropped. */
  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  /** Signals that have something unsent. */
  get signals(): Set<Signal> {
    const { ordinary, durable } = this.#waiting
    return new Set(
      SIGNALS.filter(
        (signal) => this.#isOnWay(signal) || ordinary.recordsOf(signal) > 0 || durable.recordsOf(signal) > 0,
      ),
    )
  }

  /** Whether something of a signal waits that is not on its way yet. */
  isWaiting(signal: Signal): boolean {
    const { ordinary, durable } = this.#waiting
    return ordinary.recordsOf(signal) + durable.recordsOf(signal) > 0
  }

  /** Everything that has not arrived. */
  get entries(): OutboxEntry[] {
    return [...this.#all()]
  }

  /** Records that have not arrived, by signal. */
  get records(): Map<Signal, number> {
    const counts = new Map<Signal, number>()
    for (const { batch } of this.#all()) counts.set(batch.signal, (counts.get(batch.signal) ?? 0) + batch.records)
    return counts
  }

  /** Whether a batch is on its way. */
  has(id: number): boolean {
    return this.#handed.has(id)
  }

  /** Records of a batch that is on its way. */
  recordsOf(id: number): number {
    return this.#handed.get(id)?.batch.records ?? 0
  }

  /** Takes a batch in; `trim` holds the bounds. */
  push(batch: PackedBatch): void {
    const entry = { id: ++this.#lastId, batch, size: sizeOf(batch) }
    const lanes = batch.isDurable ? this.#waiting.durable : this.#waiting.ordinary
    lanes.push(entry)
    this.#bytes += entry.size
  }

  /** Drops what exceeds the bounds; to be called when what can be on its way is on its way. */
  trim(): void {
    const { maxBytes, maxRecords, onDrop, onFree, keep } = this.#options
    const { ordinary, durable } = this.#waiting
    const drop = (entry: OutboxEntry): void => {
      this.#bytes -= entry.size
      const { signal, isDurable, ticket } = entry.batch
      // What is older stands before it; with a ticket it has its place, too.
      if (ticket === undefined) while (this.#storeOnWay(signal, isDurable) > 0);
      if (keep?.(entry.batch) !== true) onDrop(entry.batch.signal, 'queue_full', entry.batch.records)
      onFree?.(entry.batch)
    }
    for (const [signal, most] of Object.entries(maxRecords) as [Signal, number][]) {
      // One batch is on its way as soon as there is somebody to take it.
      const leaving = this.#isOnWay(signal) ? 0 : (ordinary.first(signal)?.batch.records ?? 0)
      while (ordinary.recordsOf(signal) > most + leaving) {
        const entry = ordinary.shift(signal)
        if (entry === undefined) break
        drop(entry)
      }
    }
    while (this.#bytes > maxBytes) {
      const entry = ordinary.shiftOldest() ?? durable.shiftOldest()
      if (entry === undefined) return
      drop(entry)
    }
  }

  /**
   * While an endpoint fails: stores what has not arrived of a signal, the oldest first, so that it stands in its order where
   * it is stored; then hands what waits to `relieve`, until no more than `maxBytes` are left or it refuses.
   *
   * @param stepBytes Bytes after which it ends all the same.
   * @returns whether it has to be called again for the rest.
   */
  spill(signal: Signal, maxBytes: number, stepBytes: number): boolean {
    const { relieve, onFree } = this.#options
    let bytes = 0
    for (const lanes of [this.#waiting.ordinary, this.#waiting.durable]) {
      for (let stored = Infinity; stored > 0;) {
        if (bytes >= stepBytes) return true
        stored = this.#storeNext(signal, lanes)
        bytes += stored
      }
      while (lanes.bytesOf(signal) > maxBytes) {
        if (bytes >= stepBytes) return true
        const entry = lanes.first(signal)
        if (entry === undefined || relieve?.(entry.batch) !== true) break
        lanes.shift(signal)
        this.#bytes -= entry.size
        bytes += entry.size
        onFree?.(entry.batch)
      }
    }
    return false
  }

  /** Takes the batches that may leave now: durable ones first, the oldest before the others. */
  takeNext(): OutboxEntry[] {
    const taken: OutboxEntry[] = []
    for (const signal of SIGNALS) {
      const window = this.#options.maxRecords[signal] === undefined ? WINDOW : 1
      let onWay = 0
      for (const { batch } of this.#handed.values()) if (batch.signal === signal) onWay++
      for (; onWay < window; onWay++) {
        const entry = this.#waiting.durable.shift(signal) ?? this.#waiting.ordinary.shift(signal)
        if (entry === undefined) break
        this.#handed.set(entry.id, entry)
        taken.push(entry)
      }
    }
    return taken
  }

  /** Takes everything that waits, since the process is about to end. */
  takeAll(): OutboxEntry[] {
    const taken = [...this.#waiting.durable.takeAll(), ...this.#waiting.ordinary.takeAll()]
    for (const entry of taken) this.#handed.set(entry.id, entry)
    return taken
  }

  /** Forgets everything. */
  clear(): void {
    this.takeAll()
    this.#handed.clear()
    this.#bytes = 0
  }

  /** A batch has arrived, or nobody will send it any more. */
  done(id: number): PackedBatch | undefined {
    const entry = this.#handed.get(id)
    if (entry === undefined) return undefined
    this.#handed.delete(id)
    this.#bytes -= entry.size
    return entry.batch
  }

  /** Stores the oldest batch of a kind that is not stored yet. Returns its bytes. */
  #storeNext(signal: Signal, lanes: Lanes): number {
    const stored = this.#storeOnWay(signal, lanes === this.#waiting.durable)
    if (stored > 0) return stored
    const entry = lanes.firstInMemory(signal)
    const place = entry && this.#options.store?.(entry.batch)
    if (entry === undefined || place === undefined) return 0
    lanes.replace(signal, withTicket(entry, place))
    return entry.size
  }

  /** The same among what is on its way. */
  #storeOnWay(signal: Signal, isDurable: boolean): number {
    for (const [id, entry] of this.#handed) {
      const { batch, size } = entry
      if (batch.signal !== signal || batch.isDurable !== isDurable || batch.ticket !== undefined) continue
      const place = this.#options.store?.(batch)
      if (place === undefined) return 0
      this.#handed.set(id, withTicket(entry, place))
      return size
    }
    return 0
  }

  #isOnWay(signal: Signal): boolean {
    for (const { batch } of this.#handed.values()) if (batch.signal === signal) return true
    return false
  }

  *#all(): Iterable<OutboxEntry> {
    yield* this.#handed.values()
    yield* this.#waiting.durable
    yield* this.#waiting.ordinary
  }
}

const SIGNALS: readonly Signal[] = ['logs', 'traces', 'metrics']

function withTicket(entry: OutboxEntry, ticket: number): OutboxEntry {
  return { ...entry, batch: { ...entry.batch, ticket } }
}

/** Waiting batches by signal, each lane in the order in which they came. */
class Lanes implements Iterable<OutboxEntry> {
  readonly #lanes: Record<Signal, OutboxEntry[]> = { traces: [], logs: [], metrics: [] }
  readonly #records: Record<Signal, number> = { traces: 0, logs: 0, metrics: 0 }
  readonly #bytes: Record<Signal, number> = { traces: 0, logs: 0, metrics: 0 }
  /** How many at the front are known to be stored. */
  readonly #stored: Record<Signal, number> = { traces: 0, logs: 0, metrics: 0 }

  recordsOf(signal: Signal): number {
    return this.#records[signal]
  }

  bytesOf(signal: Signal): number {
    return this.#bytes[signal]
  }

  first(signal: Signal): OutboxEntry | undefined {
    return this.#lanes[signal][0]
  }

  /** The oldest that has no ticket. */
  firstInMemory(signal: Signal): OutboxEntry | undefined {
    const lane = this.#lanes[signal]
    while (lane[this.#stored[signal]]?.batch.ticket !== undefined) this.#stored[signal]++
    return lane[this.#stored[signal]]
  }

  /** Puts an entry in the place of the one with its number, if that is the oldest without a ticket. */
  replace(signal: Signal, entry: OutboxEntry): void {
    if (this.firstInMemory(signal)?.id === entry.id) this.#lanes[signal][this.#stored[signal]] = entry
  }

  push(entry: OutboxEntry): void {
    const { signal, records } = entry.batch
    this.#lanes[signal].push(entry)
    this.#records[signal] += records
    this.#bytes[signal] += entry.size
  }

  *[Symbol.iterator](): Iterator<OutboxEntry> {
    for (const signal of SIGNALS) yield* this.#lanes[signal]
  }

  shift(signal: Signal): OutboxEntry | undefined {
    const entry = this.#lanes[signal].shift()
    if (entry === undefined) return undefined
    this.#records[signal] -= entry.batch.records
    this.#bytes[signal] -= entry.size
    this.#stored[signal] = Math.max(this.#stored[signal] - 1, 0)
    return entry
  }

  shiftOldest(): OutboxEntry | undefined {
    let oldest: Signal | undefined
    for (const signal of SIGNALS) {
      const id = this.#lanes[signal][0]?.id
      if (id !== undefined && (oldest === undefined || id < (this.#lanes[oldest][0]?.id ?? 0))) oldest = signal
    }
    return oldest === undefined ? undefined : this.shift(oldest)
  }

  takeAll(): OutboxEntry[] {
    const all = [...this]
    for (const signal of SIGNALS) {
      this.#lanes[signal] = []
      this.#records[signal] = 0
      this.#bytes[signal] = 0
      this.#stored[signal] = 0
    }
    return all
  }
}
