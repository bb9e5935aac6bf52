import { setTimeout } from 'node:timers'
import type { PlutusError } from '@plutus/conventions'
import { CURSOR_NAME, NEW_CURSOR_NAME, readCursor, writeCursor } from './cursor.ts'
import { countFrameHeads, FRAME_HEAD_BYTES, MAX_FRAME_BYTES, writeFrameHead } from './frames.ts'
import { journalError } from './journal-error.ts'
import { JournalFolder } from './journal-folder.ts'
import type { Discarded, Journal, JournalFrame, JournalOptions, JournalSegment, Position } from './journal.ts'
import { KeyRing } from './key-ring.ts'
import { readFrames } from './read-frames.ts'
import { decodeHeader, encodeHeader } from './segment-header.ts'
import { asideName, readHeader, Segment, segmentName, setAsideAs, startOf } from './segment.ts'

const SCRATCH_BYTES = 16 * 1024
// How long bytes may go into a file that somebody deleted before it is noticed.
const LOOK_MILLIS = 1000

/** The segment being written. */
interface Active {
  readonly segment: Segment
  /** Descriptor of its file. */
  readonly file: number
  /** When the next append begins another. */
  readonly retiresAt: number
}

/** A file that is kept and not read. */
interface Aside {
  readonly name: string
  readonly bytes: number
  readonly kind: 'quarantine' | 'unread'
}

/** A journal in a folder. */
export class FileJournal implements Journal {
  readonly #options: Required<JournalOptions>
  readonly #folder: JournalFolder
  readonly #keys: KeyRing
  readonly #segments: Segment[] = []
  readonly #aside: Aside[] = []
  readonly #quarantined = { bytes: 0, frames: 0 }
  readonly #unforced = new Set<Segment>()
  #active: Active | undefined
  #scratch: Buffer | undefined
  #nextLook = 0
  #acknowledged: Position = 0
  #end: Position = 0
  #bytes = 0
  #areNamesForced = true
  #hasTimer = false
  #forcing: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: Required<JournalOptions>) {
    this.#options = options
    this.#folder = new JournalFolder(options.directory, options.files)
    this.#keys = new KeyRing(options.keys)
    if (this.#folder.isThere()) this.#recover()
  }

  get acknowledged(): Position {
    return this.#acknowledged
  }

  get end(): Position {
    return this.#end
  }

  get segments(): readonly JournalSegment[] {
    return this.#segments
  }

  get bytes(): number {
    return this.#bytes
  }

  get unread(): readonly string[] {
    return this.#aside.filter(({ kind }) => kind === 'unread').map(({ name }) => name)
  }

  get quarantined(): { readonly files: number; readonly bytes: number; readonly frames: number } {
    return { files: this.#aside.filter(({ kind }) => kind === 'quarantine').length, ...this.#quarantined }
  }

  append(frame: Uint8Array): Position {
    this.#checkOpen()
    if (frame.length === 0 || frame.length > MAX_FRAME_BYTES) {
      throw journalError('PLUTUS_JOURNAL_FRAME_INVALID', `A frame has ${frame.length} bytes.`)
    }
    const now = this.#options.clock.monotonic()
    const active = this.#takeActive(now, frame.length)
    const { segment, file } = active
    const stored = segment.cipher === undefined ? frame : segment.cipher.seal(frame, segment.bytes)
    const size = FRAME_HEAD_BYTES + stored.length
    const bytes = size > SCRATCH_BYTES ? Buffer.allocUnsafeSlow(size) : (this.#scratch ??= Buffer.alloc(SCRATCH_BYTES))
    writeFrameHead(bytes, stored, segment.seed)
    bytes.set(stored, FRAME_HEAD_BYTES)
    try {
      this.#folder.append(file, bytes, size)
      if (this.#options.sync === 'always') this.#folder.forceNow(file)
    } catch (error) {
      this.#abandon(active)
      throw error
    }
    segment.end += size
    this.#end = segment.end
    this.#bytes += size
    if (segment.isForced && this.#options.sync !== 'always') this.#noteUnforced(segment)
    return segment.end
  }

  *read(from: Position = this.#acknowledged): IterableIterator<JournalFrame> {
    let position = from
    for (;;) {
      this.#checkOpen()
      const segment = this.#segments.find(({ end }) => end > position)
      if (segment === undefined) return
      position = Math.max(position, segment.start)
      const { frames, sizes, isBad } = this.#readOrLeave(segment, position)
      for (const [index, bytes] of frames.entries()) {
        position += sizes[index] ?? 0
        yield { position, bytes, segment }
        if (segment.isGone) break
      }
      if (isBad && !segment.isGone) this.#quarantine(segment, position)
    }
  }

  acknowledge(position: Position): void {
    this.#checkOpen()
    const next = Math.min(position, this.#end)
    if (!(next > this.#acknowledged)) return
    const before = this.#acknowledged
    this.#acknowledged = next
    try {
      this.#writeCursor()
    } catch (error) {
      this.#acknowledged = before
      throw error
    }
    this.#deleteAcknowledged()
  }

  /** On a disk that is full there is room for the cursor only once what it tells of is gone. */
  #writeCursor(): void {
    try {
      writeCursor(this.#folder, this.#acknowledged)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'PLUTUS_JOURNAL_FULL')) throw error
      this.#deleteAcknowledged()
      writeCursor(this.#folder, this.#acknowledged)
    }
  }

  discardOldest(): Discarded | undefined {
    this.#checkOpen()
    const aside = this.#aside.find(({ kind }) => kind === 'quarantine') ?? this.#aside[0]
    if (aside !== undefined) {
      this.#folder.unlink(aside.name)
      this.#aside.splice(this.#aside.indexOf(aside), 1)
      this.#bytes -= aside.bytes
      const { name, bytes, kind } = aside
      return { name, bytes, frames: 0, kind: kind === 'unread' ? kind : 'quarantined' }
    }
    const segment = this.#segments[0]
    if (segment === undefined) return undefined
    if (segment === this.#active?.segment) this.#retire()
    const { name, bytes } = segment
    const from = Math.max(segment.start, Math.min(this.#acknowledged, segment.end))
    const frames = countFrameHeads(this.#readRest(segment, from))
    this.#delete(segment)
    return { name, bytes, frames, kind: 'segment' }
  }

  async sync(): Promise<void> {
    this.#checkOpen()
    await Promise.all([this.#forcing, this.#force()])
  }

  close(): void {
    if (this.#isClosed) return
    this.#retire()
    const last = this.#segments.at(-1)
    try {
      if (last !== undefined && last.end <= this.#acknowledged) this.#deleteAcknowledged()
    } catch {
      // It is found by the next process, which deletes it.
    }
    this.#isClosed = true
    if (this.#options.sync === 'interval') this.#forceInBackground()
  }

  closeAndRemove(): boolean {
    this.#checkOpen()
    this.close()
    if (this.#segments.length > 0 || this.#aside.length > 0 || !this.#folder.isThere()) return false
    this.#folder.unlink(NEW_CURSOR_NAME)
    this.#folder.unlink(CURSOR_NAME)
    return this.#folder.remove()
  }

  /** Takes up what an earlier process left. */
  #recover(): void {
    const names = this.#folder.list().sort()
    if (names.includes(CURSOR_NAME)) this.#acknowledged = readCursor(this.#folder)
    this.#end = this.#acknowledged
    const late: string[] = []
    let end = 0
    for (const name of names) {
      const start = startOf(name)
      if (start === undefined) {
        if (setAsideAs(name) === 'unread') late.push(name)
        else if (setAsideAs(name) === 'quarantine') this.#keepAside(name, 'quarantine')
      } else if (start < end) {
        late.push(name) // a power loss brought it back: its place is taken
      } else {
        end = this.#takeUp(name, start)?.end ?? end
      }
    }
    // What could not be read then is newer now than all the rest: its old place may lie before what is acknowledged.
    for (const name of late) this.#takeUp(name, this.#end)
    this.#deleteAcknowledged()
  }

  #takeUp(name: string, start: Position): Segment | undefined {
    const size = this.#folder.sizeOf(name)
    if (size === 0) {
      this.#folder.unlink(name) // its maker was killed before it wrote anything
      return undefined
    }
    const header = readHeader(this.#folder, name)
    if (header === 'bad') {
      this.#bytes += size
      this.#tellQuarantined(this.#setAside(name, size, 'quarantine'), size, 1)
      return undefined
    }
    const cipher = header === 'unknown' ? 'missing' : this.#keys.cipherFor(header)
    if (header === 'unknown' || cipher === 'missing') {
      if (setAsideAs(name) === 'unread') this.#keepAside(name, 'unread')
      else {
        this.#bytes += size
        this.#setAside(name, size, 'unread')
      }
      return undefined
    }
    if (size === header.size) {
      this.#folder.unlink(name) // or before it wrote a frame
      return undefined
    }
    const ownName = segmentName(start)
    if (name !== ownName) this.#folder.rename(name, ownName)
    const segment = new Segment(ownName, start, start + size - header.size, header, cipher)
    this.#segments.push(segment)
    this.#bytes += size
    this.#end = Math.max(this.#end, segment.end)
    return segment
  }

  #keepAside(name: string, kind: Aside['kind']): void {
    const bytes = this.#folder.sizeOf(name)
    this.#aside.push({ name, bytes, kind })
    this.#bytes += bytes
  }

  /** The segment to append to: the one being written, or a new one. */
  #takeActive(now: number, length: number): Active {
    const { maxSegmentBytes } = this.#options
    if (this.#active !== undefined && now >= this.#nextLook) this.#look(this.#active, now)
    const { segment } = this.#active ?? {}
    if (segment !== undefined && segment.bytes + length > maxSegmentBytes && segment.end > segment.start) this.#retire()
    return this.#active ?? this.#begin(now)
  }

  /** Retires a segment that is old, and finds out whether its file is still where it was. */
  #look(active: Active, now: number): void {
    this.#nextLook = Math.min(now + LOOK_MILLIS, active.retiresAt)
    if (now < active.retiresAt && this.#isWhereItWas(active)) return
    this.#retire() // where the folder is another one, the next segment cannot be made either, and says why
  }

  #isWhereItWas({ file }: Active): boolean {
    try {
      return this.#folder.isLinked(file) && this.#folder.isThere()
    } catch {
      return false
    }
  }

  #begin(now: number): Active {
    const { clock, label, maxSegmentAgeMillis, sync } = this.#options
    this.#folder.make()
    const start = this.#end
    const name = segmentName(start)
    const encoded = encodeHeader({
      createdAt: clock.wall(),
      keyId: this.#keys.keyId,
      salt: this.#keys.drawSalt(),
      label,
    })
    const header = decodeHeader(encoded)
    if (typeof header === 'string') throw new Error('a header that was just written can be read')
    const cipher = this.#keys.cipherFor(header)
    const segment = new Segment(name, start, start, header, cipher === 'missing' ? undefined : cipher)
    segment.isOwn = true
    const file = this.#folder.create(name)
    const active: Active = { segment, file, retiresAt: now + maxSegmentAgeMillis }
    this.#active = active
    this.#segments.push(segment)
    this.#bytes += segment.bytes
    try {
      this.#folder.append(file, encoded, encoded.length)
      if (sync === 'always') this.#folder.forceNamesNow()
      else this.#areNamesForced = false
    } catch (error) {
      this.#abandon(active)
      throw error
    }
    this.#nextLook = Math.min(now + LOOK_MILLIS, active.retiresAt)
    return active
  }

  /** Leaves a segment after a write that failed. What was written of it is no frame, or is cut off. */
  #abandon({ segment, file }: Active): void {
    try {
      this.#folder.shorten(file, segment.bytes)
    } catch {
      // Then a later process finds a frame that is not whole.
    }
    this.#retire()
    if (segment.end > segment.start) return
    try {
      this.#delete(segment)
    } catch {
      // A later process deletes it; its name is taken until then.
      this.#forget(segment)
      this.#end++
    }
  }

  #retire(): void {
    const { file } = this.#active ?? {}
    this.#active = undefined
    try {
      if (file !== undefined) this.#folder.close(file)
    } catch {
      // Its bytes are with the kernel, whatever became of the descriptor.
    }
  }

  #readOrLeave(segment: Segment, position: Position): ReturnType<typeof readFrames> {
    try {
      return readFrames(this.#folder, segment, position)
    } catch (error) {
      // The next attempt goes on behind it.
      if (segment === this.#active?.segment) this.#retire()
      this.#forget(segment)
      throw error
    }
  }

  /** Moves the bytes from a position to the end of a segment aside, and tells of them. */
  #quarantine(segment: Segment, position: Position): void {
    if (segment === this.#active?.segment) this.#retire()
    const { name } = segment
    const offset = segment.offsetOf(position)
    const lost = segment.bytes - offset
    const rest = this.#readRest(segment, position)
    let aside = name
    if (position === segment.start) {
      aside = this.#setAside(name, segment.bytes, 'quarantine')
      this.#bytes += segment.bytes // set aside, it still is there
      this.#forget(segment)
    } else {
      segment.hasBadRest = true
      try {
        aside = asideName(name, 'quarantine', this.#folder.list())
        this.#folder.write(aside, Buffer.concat([segment.header.bytes, rest]))
        this.#folder.truncate(name, offset)
        this.#aside.push({ name: aside, bytes: segment.header.size + rest.length, kind: 'quarantine' })
        this.#bytes += segment.header.size
        segment.hasBadRest = false
      } catch {
        // A full disk, say: then the segment is set aside whole when the rest of it is acknowledged.
      }
      segment.end = position
    }
    this.#tellQuarantined(aside, lost, Math.max(1, countFrameHeads(rest)))
  }

  /** The bytes of a segment from a position on; none if the disk does not give them. */
  #readRest(segment: Segment, position: Position): Buffer {
    try {
      return this.#folder.read(segment.name, segment.offsetOf(position), segment.end - position)
    } catch {
      return Buffer.alloc(0)
    }
  }

  #tellQuarantined(name: string, bytes: number, frames: number): void {
    this.#quarantined.bytes += bytes
    this.#quarantined.frames += frames
    this.#options.onQuarantine({ name, bytes, frames })
  }

  /** Renames a file so that it is not read again, and returns its new name: the old one where that cannot be done. */
  #setAside(name: string, bytes: number, kind: Aside['kind']): string {
    let aside = name
    try {
      const free = asideName(name, kind, this.#folder.list())
      this.#folder.rename(name, free)
      aside = free
    } catch {
      // On a read-only disk it stays as it is; this journal leaves it alone all the same.
    }
    this.#aside.push({ name: aside, bytes, kind })
    return aside
  }

  #deleteAcknowledged(): void {
    for (;;) {
      const segment = this.#segments[0]
      if (segment === undefined || segment.end > this.#acknowledged || segment === this.#active?.segment) return
      if (this.#hasGrown(segment)) return
      if (segment.hasBadRest) {
        this.#bytes += segment.bytes
        this.#setAside(segment.name, segment.bytes, 'quarantine')
        this.#forget(segment)
      } else this.#delete(segment)
    }
  }

  /** Whether a process that was thought dead went on writing into the last segment it left. */
  #hasGrown(segment: Segment): boolean {
    if (segment.isOwn || segment.hasBadRest || segment !== this.#segments.at(-1)) return false
    const grown = this.#folder.sizeOf(segment.name) - segment.bytes
    if (grown <= 0) return false
    segment.end += grown
    this.#bytes += grown
    this.#end = Math.max(this.#end, segment.end)
    return true
  }

  #delete(segment: Segment): void {
    this.#folder.unlink(segment.name)
    this.#forget(segment)
  }

  #forget(segment: Segment): void {
    segment.isGone = true
    this.#unforced.delete(segment)
    this.#segments.splice(this.#segments.indexOf(segment), 1)
    this.#bytes -= segment.bytes
  }

  #noteUnforced(segment: Segment): void {
    segment.isForced = false
    this.#unforced.add(segment)
    if (this.#hasTimer || this.#options.sync === 'none') return
    this.#hasTimer = true
    setTimeout(() => {
      this.#hasTimer = false
      this.#forceInBackground()
    }, this.#options.syncIntervalMillis).unref()
  }

  #forceInBackground(): void {
    this.#forcing = this.#force()
    this.#forcing.catch((error: PlutusError) => {
      this.#forcing = Promise.resolve()
      if (!this.#isClosed) this.#retire()
      this.#options.onSyncError(error)
    })
  }

  /** Forces to the disk what was not, on another thread. */
  async #force(): Promise<void> {
    const segments = [...this.#unforced]
    this.#unforced.clear()
    const waits = segments.map(async (segment) => {
      segment.isForced = true // bytes that come from now on make it false again
      await this.#folder.force(segment.name).catch((error: unknown) => {
        if (!segment.isGone) throw error
      })
    })
    if (!this.#areNamesForced) {
      this.#areNamesForced = true
      waits.push(this.#folder.forceNames())
    }
    await Promise.all(waits)
  }

  #checkOpen(): void {
    if (this.#isClosed) throw journalError('PLUTUS_JOURNAL_CLOSED', `The journal in ${this.#folder.path} is closed.`)
  }
}
