import { AsideFiles } from './aside-files.ts'
import { CURSOR_NAME, NEW_CURSOR_NAME, writeCursor } from './cursor.ts'
import { countFrameHeads, FRAME_HEAD_BYTES, MAX_FRAME_BYTES, writeFrameHead } from './frames.ts'
import { journalError } from './journal-error.ts'
import { JournalFolder } from './journal-folder.ts'
import type { Discarded, Journal, JournalFrame, JournalOptions, JournalSegment, Position } from './journal.ts'
import { KeyRing } from './key-ring.ts'
import { readFrames } from './read-frames.ts'
import { recoverSegments } from './recover-segments.ts'
import { decodeHeader, encodeHeader } from './segment-header.ts'
import { Segment, segmentName } from './segment.ts'
import { UnforcedSegments } from './unforced-segments.ts'

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

/** A journal in a folder. */
export class FileJournal implements Journal {
  readonly #options: Required<JournalOptions>
  readonly #folder: JournalFolder
  readonly #keys: KeyRing
  readonly #segments: Segment[] = []
  readonly #aside: AsideFiles
  readonly #unforced: UnforcedSegments
  #active: Active | undefined
  #scratch: Buffer | undefined
  #nextLook = 0
  #acknowledged: Position = 0
  #end: Position = 0
  #isClosed = false

  constructor(options: Required<JournalOptions>) {
    this.#options = options
    this.#folder = new JournalFolder(options.directory, options.files)
    this.#keys = new KeyRing(options.keys)
    this.#aside = new AsideFiles(this.#folder, options.onQuarantine)
    const { sync, syncIntervalMillis, onSyncError } = options
    this.#unforced = new UnforcedSegments({
      folder: this.#folder,
      sync,
      syncIntervalMillis,
      onError: (error) => {
        if (!this.#isClosed) this.#retire()
        onSyncError(error)
      },
    })
  }

  /** Takes up what is there, one file at each step; to be done before anything else. */
  *recover(): Generator<undefined, void> {
    if (!this.#folder.isThere()) return
    const { segments, acknowledged, end } = yield* recoverSegments(this.#folder, this.#keys, this.#aside)
    this.#segments.push(...segments)
    this.#acknowledged = acknowledged
    this.#end = end
    this.#deleteAcknowledged()
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
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, this.#aside.bytes)
  }

  get unread(): readonly string[] {
    return this.#aside.unread
  }

  get quarantined(): Journal['quarantined'] {
    return this.#aside.quarantined
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
    try {
      this.#write(file, stored, segment.seed)
      if (this.#options.sync === 'always') this.#folder.forceNow(file)
    } catch (error) {
      this.#abandon(active)
      throw error
    }
    segment.end += size
    if (segment.frames !== undefined) segment.frames++
    this.#end = segment.end
    if (segment.isForced && this.#options.sync !== 'always') this.#unforced.note(segment)
    return segment.end
  }

  /** Writes a frame. A long one is written from where it stands, behind what was copied of it. */
  #write(file: number, stored: Uint8Array, seed: number): void {
    const scratch = (this.#scratch ??= Buffer.alloc(SCRATCH_BYTES))
    const copied = Math.min(stored.length, SCRATCH_BYTES - FRAME_HEAD_BYTES)
    writeFrameHead(scratch, stored, seed)
    scratch.set(copied === stored.length ? stored : stored.subarray(0, copied), FRAME_HEAD_BYTES)
    this.#folder.append(file, scratch, FRAME_HEAD_BYTES + copied)
    if (copied < stored.length) this.#folder.append(file, stored.subarray(copied), stored.length - copied)
  }

  *read(from: Position = this.#acknowledged, memory?: Buffer): IterableIterator<JournalFrame> {
    let position = from
    for (;;) {
      this.#checkOpen()
      const segment = this.#segments.find(({ end }) => end > position)
      if (segment === undefined) return
      position = Math.max(position, segment.start)
      const { frames, sizes, isBad } = this.#readOrLeave(segment, position, memory)
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
    const aside = this.#aside.discardFirst()
    if (aside !== undefined) return aside
    const segment = this.#segments[0]
    if (segment === undefined) return undefined
    if (segment === this.#active?.segment) this.#retire()
    const { name, bytes } = segment
    const frames = this.#countNeeded(segment)
    this.#delete(segment)
    return { name, bytes, frames, kind: 'segment' }
  }

  async sync(): Promise<void> {
    this.#checkOpen()
    await this.#unforced.sync()
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
    if (this.#options.sync === 'interval') this.#unforced.forceInBackground()
  }

  closeAndRemove(): boolean {
    this.#checkOpen()
    this.close()
    if (this.#segments.length > 0 || !this.#aside.isEmpty || !this.#folder.isThere()) return false
    this.#folder.unlink(NEW_CURSOR_NAME)
    this.#folder.unlink(CURSOR_NAME)
    return this.#folder.remove()
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
    segment.frames = 0
    const file = this.#folder.create(name)
    const active: Active = { segment, file, retiresAt: now + maxSegmentAgeMillis }
    this.#active = active
    this.#segments.push(segment)
    try {
      this.#folder.append(file, encoded, encoded.length)
      if (sync === 'always') this.#folder.forceNamesNow()
      else this.#unforced.noteName()
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

  #readOrLeave(segment: Segment, position: Position, memory?: Buffer): ReturnType<typeof readFrames> {
    try {
      return readFrames(this.#folder, segment, position, memory)
    } catch (error) {
      // The next attempt goes on behind it, and a later process tries it again.
      if (segment === this.#active?.segment) this.#retire()
      const isThere = error instanceof Error && 'code' in error && error.code === 'PLUTUS_JOURNAL_FAILED'
      if (isThere) this.#aside.setAside(segment.name, segment.bytes, 'unread')
      this.#forget(segment)
      throw error
    }
  }

  #quarantine(segment: Segment, position: Position): void {
    if (segment === this.#active?.segment) this.#retire()
    const rest = this.#readRest(segment, position)
    segment.frames = undefined
    if (this.#aside.quarantineRest(segment, position, rest)) this.#forget(segment)
  }

  /** Frames of a segment that nobody has acknowledged. */
  #countNeeded(segment: Segment): number {
    if (segment.frames !== undefined && this.#acknowledged <= segment.start) return segment.frames
    const from = Math.max(segment.start, Math.min(this.#acknowledged, segment.end))
    return countFrameHeads(this.#readRest(segment, from))
  }

  /** The bytes of a segment from a position on; none if the disk does not give them. */
  #readRest(segment: Segment, position: Position): Buffer {
    try {
      return this.#folder.read(segment.name, segment.offsetOf(position), segment.end - position)
    } catch {
      return Buffer.alloc(0)
    }
  }

  #deleteAcknowledged(): void {
    for (;;) {
      const segment = this.#segments[0]
      if (segment === undefined || segment.end > this.#acknowledged || segment === this.#active?.segment) return
      if (this.#hasGrown(segment)) return
      if (segment.badBytes > 0) {
        this.#aside.setAside(segment.name, segment.bytes, 'quarantine')
        this.#forget(segment)
      } else this.#delete(segment)
    }
  }

  /** Whether a process that was thought dead went on writing into the last segment it left. */
  #hasGrown(segment: Segment): boolean {
    if (segment.isOwn || segment.badBytes > 0 || segment !== this.#segments.at(-1)) return false
    const grown = this.#folder.sizeOf(segment.name) - segment.bytes
    if (grown <= 0) return false
    segment.end += grown
    this.#end = Math.max(this.#end, segment.end)
    return true
  }

  #delete(segment: Segment): void {
    this.#folder.unlink(segment.name)
    this.#forget(segment)
  }

  #forget(segment: Segment): void {
    segment.isGone = true
    this.#unforced.forget(segment)
    this.#segments.splice(this.#segments.indexOf(segment), 1)
  }

  #checkOpen(): void {
    if (this.#isClosed) throw journalError('PLUTUS_JOURNAL_CLOSED', `The journal in ${this.#folder.path} is closed.`)
  }
}
