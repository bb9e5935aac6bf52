import { ByteBuffer, countRecords } from '@plutus/otlp'
import type { BufferPool } from '@plutus/otlp'
import type { Journal, JournalFrame, Position } from '@plutus/journal'
import type { PackedBatch } from '../delivery/packed-batch.ts'
import type { Signal } from '../delivery/settings.ts'
import { isDiskFull } from './disk-full.ts'
import type { Loss } from './spool-counts.ts'
import { readFrame, readLabel, signalOf } from './spool-frame.ts'
import type { SpoolKind } from './spool-frame.ts'

/** Frames of a journal that go together, and where they stand. */
export interface Entry {
  /** Position of the frame before the first. */
  readonly start: Position
  /** Position of the last. */
  readonly end: Position
  /**
   * `memory`: a batch in memory has the same records. `disk`: they wait here to be sent. `sending`: they were read, and
   * are on their way. `done`: nobody needs them any more.
   */
  state: 'memory' | 'disk' | 'sending' | 'done'
  /** When they may be sent again, by the monotonic clock. */
  retryAt: number
  /** Records in them; unknown of what an earlier process wrote. */
  readonly records?: number | undefined
  /** What was discarded of them while they were on their way: lost, unless they arrive. */
  gone?: Loss[]
}

// A request has as much as that of a live batch, so that its memory can be that of one.
const CHUNK_BYTES = 464 * 1024
const BUFFER_BYTES = 480 * 1024
// A journal reads so much at once.
const READ_BYTES = 64 * 1024
// So much is read in one turn of the event loop, which stays short.
const STEP_BYTES = 64 * 1024
const STEP_FILES = 16
const NOTHING = new Uint8Array(0)

/** Keeps account of what stands in one journal, so that it is acknowledged in order and sent in order. */
export class Ledger {
  readonly kind: SpoolKind
  readonly signal: Signal
  readonly journal: Journal
  /** Since when nothing of it can be sent, by the monotonic clock; `undefined` if nobody has tried, or something was sent since. */
  failingSince: number | undefined
  #entries: Entry[] = []
  /** What has been read so far of the next request. */
  #unfinished: { readonly entry: Entry; readonly chunk: ChunkBuilder } | undefined
  #reader: { readonly frames: Iterator<JournalFrame>; at: Position; ahead: JournalFrame | undefined } | undefined
  /** Up to where everything is done. */
  #doneUpTo: Position
  /** Up to where everything was discarded. */
  #goneUpTo: Position = 0
  /** Records on disk, where nothing has changed since they were counted but that others came: many do at some ends. */
  #counted: number | undefined

  /** @param deliveredUpTo Up to where somebody has delivered it whom the journal was not told of. */
  constructor(kind: SpoolKind, journal: Journal, deliveredUpTo: Position = 0) {
    this.kind = kind
    this.signal = signalOf(kind)
    this.journal = journal
    this.#doneUpTo = Math.min(Math.max(journal.acknowledged, deliveredUpTo), journal.end)
    if (journal.end > this.#doneUpTo) this.add(this.#doneUpTo, journal.end, 'disk')
  }

  /** Takes account of frames behind all others. */
  add(start: Position, end: Position, state: 'memory' | 'disk', records?: number): Entry {
    const entry: Entry = { start, end, state, retryAt: 0, records }
    this.#entries.push(entry)
    if (this.#counted !== undefined) this.#counted += records ?? 0
    return entry
  }

  /** Whether nothing is left that somebody needs. */
  get isDone(): boolean {
    return this.#entries.length === 0
  }

  /**
   * Records on disk, those of earlier processes aside: what nobody needs any more counts until everything before it is
   * done too, since it would be sent again. @throws {PlutusError} if the file system fails.
   */
  get records(): number {
    this.#counted ??= this.#entries
      .filter(({ records }) => records !== undefined)
      .reduce((sum, entry) => sum + (this.isCut(entry) ? this.#countLeft(entry) : (entry.records ?? 0)), 0)
    return this.#counted
  }

  /** Whether something waits to be read and sent. */
  get isWaiting(): boolean {
    return this.#entries.some(({ state }) => state === 'disk')
  }

  /** The frames that a position is one of, if they wait on disk only, or are on their way from there. */
  findOnDiskOnly(position: Position): Entry | undefined {
    return this.#entries.find(
      ({ start, end, state }) => start < position && position <= end && (state === 'disk' || state === 'sending'),
    )
  }

  /** What is on its way from disk. */
  get sending(): readonly Entry[] {
    return this.#entries.filter(({ state }) => state === 'sending')
  }

  /** Nobody needs an entry any more. */
  finish(entry: Entry): void {
    entry.state = 'done'
    this.#counted = undefined
    this.#advance()
  }

  /** Everything up to a position has been delivered by somebody else. */
  finishUpTo(position: Position): void {
    for (const entry of this.#entries.filter(({ end }) => end <= position)) this.finish(entry)
  }

  /** Whether something of an entry was discarded. */
  isCut({ start }: Entry): boolean {
    return start < this.#goneUpTo
  }

  /** Records of an entry that were discarded. @throws {PlutusError} if the file system fails. */
  countGone(entry: Entry): number {
    return this.isCut(entry) ? (entry.records ?? 0) - this.#countLeft(entry) : 0
  }

  /** Everything up to a position is gone: its segment was discarded. What memory has of it holds nothing back here. */
  forget(upTo: Position): void {
    this.#goneUpTo = upTo
    this.#counted = undefined
    this.#unfinished = undefined
    this.#reader = undefined
    this.#entries = this.#entries.filter(({ end, state }) => end > upTo || state === 'sending')
    this.#doneUpTo = Math.max(this.#doneUpTo, upTo)
    this.#advance()
  }

  /**
   * Tells the journal what nobody needs any more. On a full disk there may be room for that only when all of a file is
   * done, so until then it is told again.
   *
   * @param mostFiles Files of which it is told at once: each is deleted.
   * @returns whether it has to be called again for the rest.
   * @throws {PlutusError} if the file system fails otherwise.
   */
  acknowledge(mostFiles = Infinity): boolean {
    const { acknowledged, segments } = this.journal
    if (this.#doneUpTo <= acknowledged) return false
    const upTo = Math.min(this.#doneUpTo, segments[mostFiles - 1]?.end ?? Infinity)
    try {
      this.journal.acknowledge(upTo)
    } catch (error) {
      if (!isDiskFull(error)) throw error
      return false
    }
    return upTo < this.#doneUpTo
  }

  /**
   * Reads what is to be sent next, one request's worth, unless something is on its way already: order is kept.
   *
   * @param pool Memory for it, which nobody gives back here. @defaultValue new memory
   * @returns `unfinished` where it has to be called again for the rest of it.
   * @throws {PlutusError} if the file system fails.
   */
  next(
    now: number,
    pool?: BufferPool,
  ): { readonly entry: Entry; readonly batch: PackedBatch } | 'unfinished' | undefined {
    if (this.sending.length > 0) return undefined
    for (;;) {
      const at = this.#entries.findIndex(({ state }) => state === 'disk')
      const entry = this.#entries[at]
      if (entry === undefined || entry.retryAt > now) return undefined
      const chunk = this.#readChunk(entry, pool)
      if (chunk === 'unfinished') return chunk
      const count = chunk?.batch.records ?? 0
      const left = entry.records === undefined ? undefined : Math.max(entry.records - count, 0)
      const rest = { ...entry, start: chunk?.end ?? entry.end, records: left }
      const taken: Entry = { ...entry, end: rest.start, state: 'sending', records: left === undefined ? left : count }
      this.#entries.splice(at, 1, ...(rest.start < rest.end ? [taken, rest] : [taken]))
      if (chunk !== undefined) return { entry: taken, batch: chunk.batch }
      this.finish(taken) // nothing of it could be read
    }
  }

  /** The frames of an entry, read again. @throws {PlutusError} at a step, if the file system fails. */
  *framesOf({ start, end }: Entry): Iterable<JournalFrame> {
    for (const frame of this.journal.read(start)) {
      if (frame.position > end) return
      yield frame
    }
  }

  /** Takes no more account of what is done at the front. */
  #advance(): void {
    let count = 0
    for (; this.#entries[count]?.state === 'done'; count++) {
      this.#doneUpTo = Math.max(this.#doneUpTo, (this.#entries[count] as Entry).end)
    }
    if (count > 0) this.#entries.splice(0, count)
  }

  /** Counts what is left of an entry of which something was discarded. */
  #countLeft({ end }: Entry): number {
    let count = 0
    for (const { bytes, position } of this.journal.read(this.#goneUpTo)) {
      if (position > end) break
      count += countRecords(readFrame(bytes)?.records ?? NOTHING)
    }
    return count
  }

  /** Reads frames of one resource until they fill a request, or were enough for one turn. */
  #readChunk(
    entry: Entry,
    pool?: BufferPool,
  ): { readonly end: Position; readonly batch: PackedBatch } | 'unfinished' | undefined {
    const begun = this.#unfinished?.entry === entry ? this.#unfinished.chunk : undefined
    const chunk = begun ?? new ChunkBuilder(pool?.acquire())
    this.#unfinished = undefined
    let reader = this.#reader
    if (reader === undefined || (begun === undefined && reader.at !== entry.start)) {
      const memory = Buffer.allocUnsafeSlow(READ_BYTES)
      reader = { frames: this.journal.read(entry.start, memory), at: entry.start, ahead: undefined }
      this.#reader = reader
    }
    let segment: JournalFrame['segment'] | undefined
    for (let bytes = 0, files = 0; ;) {
      if (bytes >= STEP_BYTES || files > STEP_FILES) {
        this.#unfinished = { entry, chunk }
        return 'unfinished'
      }
      const frame = reader.ahead ?? this.#readFrame(reader.frames)
      reader.ahead = frame
      if (frame === undefined) this.#reader = undefined // more may come later
      if (frame === undefined || frame.position > entry.end || !chunk.add(frame)) break
      reader.ahead = undefined
      reader.at = frame.position
      bytes += frame.bytes.length
      if (frame.segment !== segment) files++
      segment = frame.segment
    }
    const batch = chunk.finish()
    if (batch === undefined) return undefined
    // What could not be read behind the last good frame of the entry is done with it.
    const isLast = reader.ahead === undefined || reader.ahead.position > entry.end
    if (isLast) reader.at = entry.end
    return { end: isLast ? entry.end : reader.at, batch }
  }

  #readFrame(frames: Iterator<JournalFrame>): JournalFrame | undefined {
    try {
      const step = frames.next()
      return step.done === true ? undefined : step.value
    } catch (error) {
      this.#reader = undefined // it is over; what can be read behind has to be read anew
      throw error
    }
  }
}

/** Puts frames into one batch. */
class ChunkBuilder {
  readonly #buffer: ByteBuffer
  #records = 0
  #label: Uint8Array | undefined
  #resource: Uint8Array | undefined
  readonly #scopes: Uint8Array[] = []
  readonly #runs: number[] = []

  constructor(buffer = new ByteBuffer(BUFFER_BYTES)) {
    this.#buffer = buffer
  }

  /** Takes a frame; not if another request has to begin with it. Frames that are none of a spool's are left out. */
  add({ bytes, segment: { label } }: JournalFrame): boolean {
    if (this.#label !== undefined && this.#label !== label && Buffer.compare(this.#label, label) !== 0) return false
    const content = readFrame(bytes)
    if (content === undefined) return true
    const { resource, scope, records } = content
    if (this.#records > 0 && Buffer.compare(this.#resource ?? NOTHING, resource ?? NOTHING) !== 0) return false
    const start = this.#buffer.position
    const end = start + records.length
    if (this.#records > 0 && end > CHUNK_BYTES) return false
    this.#buffer.reserve(records.length)
    this.#label = label
    // Copied, since the next frame is read into the same memory; `slice` of a `Buffer` copies nothing.
    if (this.#records === 0) this.#resource = resource && Uint8Array.from(resource)
    this.#buffer.bytes.set(records, start)
    const last = this.#scopes.length - 1
    if (last >= 0 && Buffer.compare(this.#scopes[last] as Uint8Array, scope) === 0) {
      this.#runs[this.#runs.length - 1] = end
    } else {
      this.#scopes.push(Uint8Array.from(scope))
      this.#runs.push(last + 1, start, end)
    }
    this.#buffer.position = end
    this.#records += countRecords(records)
    return true
  }

  finish(): PackedBatch | undefined {
    const label = this.#label && readLabel(this.#label)
    if (label === undefined || this.#records === 0) return undefined
    return {
      signal: label.signal,
      isDurable: label.kind === 'durable',
      bytes: new Uint8Array(this.#buffer.view.buffer as ArrayBuffer),
      scopes: this.#scopes,
      runs: Uint32Array.from(this.#runs),
      records: this.#records,
      resource: this.#resource ?? label.resource.slice(),
    }
  }
}
