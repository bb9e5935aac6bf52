import { resolve } from 'node:path'
import { CURSOR_NAME, readCursor } from './cursor.ts'
import { countFrameHeads } from './frames.ts'
import { JournalFolder } from './journal-folder.ts'
import { NODE_FILES } from './journal-files.ts'
import type { JournalFiles } from './journal-files.ts'
import type { JournalFrame, Position } from './journal.ts'
import { KeyRing } from './key-ring.ts'
import { readFrames } from './read-frames.ts'
import { readHeader, Segment, setAsideAs, startOf } from './segment.ts'

/** What a file of a journal holds, found by reading all of it. */
export interface InspectedSegment {
  readonly name: string
  /**
   * - `good`: every byte can be read.
   * - `damaged`: the frames counted can be read, `badBytes` behind them cannot.
   * - `locked`: encrypted with a key that was not given; whether it is whole was checked all the same.
   * - `unknown`: of a version that this program does not know.
   * - `quarantined`: set aside by an earlier reader, because it could not be read.
   */
  readonly state: 'good' | 'damaged' | 'locked' | 'unknown' | 'quarantined'
  /** Empty if the header cannot be read. */
  readonly label: Uint8Array
  /** Bytes of the file. */
  readonly bytes: number
  /** Bytes behind the last good frame. */
  readonly badBytes: number
  /** Frames in those, as far as their lengths can be followed. */
  readonly badFrames: number
  /** Frames in it; of bytes that cannot be read, as far as their lengths can be followed. */
  readonly frames: number
  /** How many of the frames are acknowledged. */
  readonly acknowledgedFrames: number
  /** Milliseconds since 1970; 0 if the header cannot be read. */
  readonly createdAt: number
  /** Whether its frames are encrypted. */
  readonly isEncrypted: boolean
}

/** A frame, and whether it is needed. */
export interface InspectedFrame extends JournalFrame {
  readonly isAcknowledged: boolean
}

/** What a folder of a journal holds. */
export interface JournalInspection {
  readonly acknowledged: Position
  readonly segments: readonly InspectedSegment[]
  /** Reads the frames that can be read, in order, also those acknowledged; of files set aside, none. */
  frames(): IterableIterator<InspectedFrame>
}

/** How a journal is read that is not to be changed. */
export interface InspectionOptions {
  /** Keys of 32 bytes each. @defaultValue none */
  readonly keys?: readonly Uint8Array[]
  /** Up to where somebody knows frames not to be needed whom the journal was not told of. @defaultValue 0 */
  readonly acknowledged?: Position
  /** @defaultValue those of `node:fs` */
  readonly files?: JournalFiles
}

/**
 * Reads a journal and changes nothing: for people and for checks, also while another process writes it. The last frame
 * of a journal that is being written may then count as damaged.
 *
 * @throws {PlutusError} if the folder cannot be read, or is not private to this user.
 */
export function inspectJournal(directory: string, options: InspectionOptions = {}): JournalInspection {
  const folder = new JournalFolder(resolve(directory), options.files ?? NODE_FILES)
  const keys = new KeyRing(options.keys ?? [])
  folder.isThere()
  const names = folder.list().sort()
  const acknowledged = Math.max(names.includes(CURSOR_NAME) ? readCursor(folder) : 0, options.acknowledged ?? 0)
  const readable: Segment[] = []
  const segments: InspectedSegment[] = []
  for (const name of names) {
    const start = startOf(name)
    if (start === undefined && setAsideAs(name) === undefined) continue
    const inspected = inspect(folder, keys, name, start ?? 0, acknowledged)
    if (inspected === undefined) continue
    segments.push(inspected.report)
    if (inspected.segment !== undefined && start !== undefined) readable.push(inspected.segment)
  }
  return { acknowledged, segments, frames: () => framesOf(folder, readable, acknowledged) }
}

interface Inspected {
  readonly report: InspectedSegment
  /** Undefined if its frames cannot be read. */
  readonly segment: Segment | undefined
}

/** Looks at one file; undefined if there is nothing in it. */
function inspect(
  folder: JournalFolder,
  keys: KeyRing,
  name: string,
  start: Position,
  acknowledged: Position,
): Inspected | undefined {
  const bytes = folder.sizeOf(name)
  if (bytes === 0) return undefined
  const header = readHeader(folder, name)
  if (typeof header === 'string') {
    const isQuarantined = setAsideAs(name) === 'quarantine'
    const state = isQuarantined ? 'quarantined' : header === 'unknown' ? 'unknown' : 'damaged'
    const nothing = { label: new Uint8Array(0), acknowledgedFrames: 0, createdAt: 0, isEncrypted: false }
    return { report: { ...nothing, name, state, bytes, badBytes: bytes, badFrames: 1, frames: 0 }, segment: undefined }
  }
  const { label, createdAt, keyId } = header
  const about = { name, label, bytes, createdAt, isEncrypted: keyId !== undefined }
  if (setAsideAs(name) === 'quarantine') {
    const rest = folder.read(name, header.size, bytes - header.size)
    const badFrames = countFrameHeads(rest)
    const report = { ...about, frames: badFrames, badBytes: rest.length, badFrames, acknowledgedFrames: 0 }
    return { report: { ...report, state: 'quarantined' }, segment: undefined }
  }
  const cipher = keys.cipherFor(header)
  const isLocked = cipher === 'missing'
  const segment = new Segment(name, start, start + bytes - header.size, header, isLocked ? undefined : cipher)
  let [frames, acknowledgedFrames] = [0, 0]
  const physicalEnd = segment.end
  for (const { isAcknowledged } of framesOf(folder, [segment], acknowledged)) {
    frames++
    if (isAcknowledged) acknowledgedFrames++
  }
  const badBytes = physicalEnd - segment.end
  const badFrames = badBytes > 0 ? countFrameHeads(folder.read(name, bytes - badBytes, badBytes)) : 0
  const state = badBytes > 0 ? 'damaged' : isLocked ? 'locked' : 'good'
  const report = { ...about, state, badBytes, badFrames, frames, acknowledgedFrames } as const
  return { report, segment: isLocked ? undefined : segment }
}

/** Reads segments; where one is damaged, it ends there from then on. */
function* framesOf(
  folder: JournalFolder,
  segments: readonly Segment[],
  acknowledged: Position,
): IterableIterator<InspectedFrame> {
  for (const segment of segments) {
    let position = segment.start
    while (position < segment.end) {
      const { frames, sizes, isBad } = readFrames(folder, segment, position)
      for (const [index, bytes] of frames.entries()) {
        position += sizes[index] ?? 0
        yield { position, bytes, segment, isAcknowledged: position <= acknowledged }
      }
      if (isBad) segment.end = position
    }
  }
}
