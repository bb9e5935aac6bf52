import type { FrameCipher } from './frame-cipher.ts'
import type { FrameRules } from './frames.ts'
import type { JournalFolder } from './journal-folder.ts'
import type { JournalSegment, Position } from './journal.ts'
import { decodeHeader, MAX_HEADER_BYTES } from './segment-header.ts'
import type { ReadHeader } from './segment-header.ts'

// Positions are at most 2^53, so 14 digits would do; sorted names are in the order of positions.
const NAME = /^([0-9a-f]{16})\.segment$/
const SET_ASIDE = /^[0-9a-f]{16}\.segment(?:\.\d+)?\.(quarantine|unread)$/
const LIKELY_HEADER_BYTES = 4096

/** Name of the file of a segment that begins at a position. */
export function segmentName(start: Position): string {
  return `${start.toString(16).padStart(16, '0')}.segment`
}

/** Position that the name of a segment says it begins at; undefined if it is the name of something else. */
export function startOf(name: string): Position | undefined {
  const start = Number.parseInt(NAME.exec(name)?.[1] ?? '', 16)
  return Number.isSafeInteger(start) ? start : undefined
}

/** Why a file was set aside, by its name; undefined if it was not. */
export function setAsideAs(name: string): 'quarantine' | 'unread' | undefined {
  return SET_ASIDE.exec(name)?.[1] as 'quarantine' | 'unread' | undefined
}

/** Name to set a segment aside under, which none of the others has. */
export function asideName(name: string, kind: 'quarantine' | 'unread', others: readonly string[]): string {
  const taken = new Set(others)
  let free = `${name}.${kind}`
  for (let count = 2; taken.has(free); count++) free = `${name}.${count}.${kind}`
  return free
}

/** Reads the header of a segment. */
export function readHeader(folder: JournalFolder, name: string): ReadHeader | 'unknown' | 'bad' {
  const first = folder.read(name, 0, LIKELY_HEADER_BYTES)
  const header = decodeHeader(first)
  return header === 'bad' && first.length === LIKELY_HEADER_BYTES
    ? decodeHeader(folder.read(name, 0, MAX_HEADER_BYTES)) // a long label
    : header
}

/** A segment that can be read. */
export class Segment implements JournalSegment, FrameRules {
  readonly name: string
  readonly start: Position
  end: Position
  readonly header: ReadHeader
  readonly cipher: FrameCipher | undefined
  /** Whether this process made it. */
  isOwn = false
  /** Frames in it, where this process wrote them and all of them are good. */
  frames: number | undefined
  /** Whether all of it has been forced to the disk. */
  isForced = true
  /** Whether its file was deleted or set aside. */
  isGone = false
  /** Damaged bytes behind `end` that could not be moved aside yet. */
  badBytes = 0

  constructor(name: string, start: Position, end: Position, header: ReadHeader, cipher: FrameCipher | undefined) {
    this.name = name
    this.start = start
    this.end = end
    this.header = header
    this.cipher = cipher
  }

  get label(): Uint8Array {
    return this.header.label
  }

  get createdAt(): number {
    return this.header.createdAt
  }

  get seed(): number {
    return this.header.seed
  }

  get bytes(): number {
    return this.offsetOf(this.end) + this.badBytes
  }

  /** Where in the file a position is. */
  offsetOf(position: Position): number {
    return this.header.size + position - this.start
  }
}
