import { countRecords } from '@plutus/otlp'
import type { Journal, JournalFrame, Position } from '@plutus/journal'
import type { PackedBatch } from '../delivery/packed-batch.ts'
import type { Signal } from '../delivery/settings.ts'
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
}

/** What is read at once: as much as a live batch has. */
const CHUNK_BYTES = 224 * 1024

/** Keeps account of what stands in one journal, so that it is acknowledged in order and sent in order. */
export class Ledger {
  readonly kind: SpoolKind
  readonly signal: Signal
  readonly journal: Journal
  /** Whether something of it could not be sent. */
  wasTried = false
  #entries: Entry[] = []
  #reader: { readonly frames: Iterator<JournalFrame>; at: Position; ahead: JournalFrame | undefined } | undefined
  /** Up to where everything is done. */
  #doneUpTo: Position
  /** Up to where everything was discarded. */
  #goneUpTo: Position = 0

  constructor(kind: SpoolKind, journal: Journal) {
    this.kind = kind
    this.signal = signalOf(kind)
    this.journal = journal
    this.#doneUpTo = journal.acknowledged
    if (journal.end > journal.acknowledged) this.add(journal.acknowledged, journal.end, 'disk')
  }

  /** Takes account of frames behind all others. */
  add(start: Position, end: Position, state: 'memory' | 'disk'): Entry {
    const entry: Entry = { start, end, state, retryAt: 0 }
    this.#entries.push(entry)
    return entry
  }

  /** Whether nothing is left that somebody needs. */
  get isDone(): boolean {
    return this.#entries.length === 0
  }

  /** Whether something waits to be read and sent. */
  get isWaiting(): boolean {
    return this.#entries.some(({ state }) => state === 'disk')
  }

  /** Whether a position stands in what waits on disk only, or is on its way from there. */
  isOnDiskOnly(position: Position): boolean {
    return this.#entries.some(
      ({ start, end, state }) => start < position && position <= end && (state === 'disk' || state === 'sending'),
    )
  }

  /** Nobody needs an entry any more. */
  finish(entry: Entry): void {
    entry.state = 'done'
    let count = 0
    while (this.#entries[count]?.state === 'done') this.#doneUpTo = (this.#entries[count++] as Entry).end
    if (count > 0) this.#entries.splice(0, count)
  }

  /** Everything up to a position has been delivered by somebody else. */
  finishUpTo(position: Position): void {
    for (const entry of this.#entries.filter(({ end }) => end <= position)) this.finish(entry)
  }

  /** Whether something of an entry was discarded. */
  isCut({ start }: Entry): boolean {
    return start < this.#goneUpTo
  }

  /** Everything up to a position is gone: its segment was discarded. */
  forget(upTo: Position): void {
    this.#goneUpTo = upTo
    const gone = this.#entries.filter(({ end, state }) => end <= upTo && state === 'disk')
    for (const entry of gone) this.finish(entry)
  }

  /** Tells the journal what nobody needs any more. @throws {PlutusError} if the file system fails. */
  acknowledge(): void {
    if (this.#doneUpTo > this.journal.acknowledged) this.journal.acknowledge(this.#doneUpTo)
  }

  /**
   * Reads what is to be sent next, one request's worth, unless something is on its way already: order is kept.
   *
   * @throws {PlutusError} if the file system fails.
   */
  next(now: number): { readonly entry: Entry; readonly batch: PackedBatch } | undefined {
    if (this.#entries.some(({ state }) => state === 'sending')) return undefined
    for (;;) {
      const at = this.#entries.findIndex(({ state }) => state === 'disk')
      const entry = this.#entries[at]
      if (entry === undefined || entry.retryAt > now) return undefined
      const chunk = this.#readChunk(entry)
      const rest = { ...entry, start: chunk?.end ?? entry.end }
      const taken: Entry = { ...entry, end: rest.start, state: 'sending' }
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

  /** Reads frames of one resource until they fill a request. */
  #readChunk(entry: Entry): { readonly end: Position; readonly batch: PackedBatch } | undefined {
    const chunk = new ChunkBuilder()
    let reader = this.#reader
    if (reader?.at !== entry.start) {
      reader = { frames: this.journal.read(entry.start), at: entry.start, ahead: undefined }
      this.#reader = reader
    }
    for (;;) {
      const frame = reader.ahead ?? nextOf(reader.frames)
      reader.ahead = frame
      if (frame === undefined) this.#reader = undefined // more may come later
      if (frame === undefined || frame.position > entry.end || !chunk.add(frame)) break
      reader.ahead = undefined
      reader.at = frame.position
    }
    const batch = chunk.finish()
    if (batch === undefined) return undefined
    // What could not be read behind the last good frame of the entry is done with it.
    const isLast = reader.ahead === undefined || reader.ahead.position > entry.end
    if (isLast) reader.at = entry.end
    return { end: isLast ? entry.end : reader.at, batch }
  }
}

function nextOf(frames: Iterator<JournalFrame>): JournalFrame | undefined {
  const step = frames.next()
  return step.done === true ? undefined : step.value
}

/** Puts frames into one batch. */
class ChunkBuilder {
  #bytes = Buffer.from(new ArrayBuffer(CHUNK_BYTES))
  #length = 0
  #records = 0
  #label: Uint8Array | undefined
  readonly #scopes: Uint8Array[] = []
  readonly #runs: number[] = []

  /** Takes a frame; not if another request has to begin with it. Frames that are none of a spool's are left out. */
  add({ bytes, segment: { label } }: JournalFrame): boolean {
    if (this.#label !== undefined && this.#label !== label && Buffer.compare(this.#label, label) !== 0) return false
    const content = readFrame(bytes)
    if (content === undefined) return true
    const { scope, records } = content
    const end = this.#length + records.length
    if (this.#records > 0 && end > CHUNK_BYTES) return false
    if (end > this.#bytes.length) this.#bytes = Buffer.from(new ArrayBuffer(end))
    this.#label = label
    this.#bytes.set(records, this.#length)
    const last = this.#scopes.length - 1
    if (last >= 0 && Buffer.compare(this.#scopes[last] as Uint8Array, scope) === 0) {
      this.#runs[this.#runs.length - 1] = end
    } else {
      this.#scopes.push(scope.slice())
      this.#runs.push(last + 1, this.#length, end)
    }
    this.#length = end
    this.#records += countRecords(records)
    return true
  }

  finish(): PackedBatch | undefined {
    const label = this.#label && readLabel(this.#label)
    if (label === undefined || this.#records === 0) return undefined
    return {
      signal: label.signal,
      isDurable: label.kind === 'durable',
      bytes: new Uint8Array(this.#bytes.buffer),
      scopes: this.#scopes,
      runs: Uint32Array.from(this.#runs),
      records: this.#records,
      resource: label.resource.slice(),
    }
  }
}
