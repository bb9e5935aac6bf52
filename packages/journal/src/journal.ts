import type { PlutusError } from '@plutus/conventions'
import type { JournalFiles } from './journal-files.ts'

/**
 * Where a frame ends, counted in bytes since the journal began. Later frames have greater positions; positions are
 * never used twice, also not by a later process in the same directory. 0 is before the first frame.
 */
export type Position = number

/**
 * When appended bytes are forced to the disk. A killed process loses nothing under any of them; a machine that loses
 * its power loses what was not yet forced.
 *
 * - `none`: when the kernel likes, within about half a minute.
 * - `interval`: every `syncIntervalMillis` while there is something new, on a thread of Node's pool.
 * - `always`: before `append` returns. This blocks the caller for as long as the disk takes.
 */
export type SyncPolicy = 'none' | 'interval' | 'always'

/** The times that a journal needs. */
export interface JournalClock {
  /** Milliseconds since 1970, by the wall clock: the birthday of a segment. May step in either direction. */
  wall(): number
  /** Milliseconds since some moment; never steps back. */
  monotonic(): number
}

/** How a journal is kept. */
export interface JournalOptions {
  /**
   * Folder that belongs to this journal alone, with one writer at a time. It is made with mode 0700 at the first
   * append, with the folders above it.
   */
  readonly directory: string
  /** What stands at the head of each new segment for whoever reads it: at most 65,535 bytes. @defaultValue none */
  readonly label?: Uint8Array
  /** Size beyond which a segment is closed, in bytes, from 4,096. @defaultValue 1 MiB */
  readonly maxSegmentBytes?: number
  /** Age beyond which the next append begins a new segment, in milliseconds. @defaultValue 5000 */
  readonly maxSegmentAgeMillis?: number
  /** @defaultValue 'interval' */
  readonly sync?: SyncPolicy
  /** Longest time that bytes wait for the disk under `interval`, in milliseconds. @defaultValue 1000 */
  readonly syncIntervalMillis?: number
  /**
   * Keys of 32 bytes each: the first encrypts new segments, all of them read. None: new segments are not encrypted.
   * `parseJournalKeys` reads them from a key file.
   */
  readonly keys?: readonly Uint8Array[]
  /** Is told of bytes that could not be read, once for each place, after they were moved aside. */
  readonly onQuarantine?: (quarantined: Quarantined) => void
  /** Is told when bytes could not be forced to the disk in the background; the journal goes on in a new segment. */
  readonly onSyncError?: (error: PlutusError) => void
  /** The calls to the file system; for tests of faults. @defaultValue those of `node:fs` */
  readonly files?: JournalFiles
  /** @defaultValue the clocks of the machine */
  readonly clock?: JournalClock
}

/** One file of a journal. */
export interface JournalSegment {
  /** Name of the file, without its folder. */
  readonly name: string
  /** The label that its writer gave. */
  readonly label: Uint8Array
  /** Bytes on disk, header included. */
  readonly bytes: number
  /** Position before its first frame. */
  readonly start: Position
  /** Position of its last frame; of a segment of another process, where it would be if all bytes are good. */
  readonly end: Position
  /** When it was made, in milliseconds since 1970 by the clock of its writer. */
  readonly createdAt: number
}

/** What was appended at once. */
export interface JournalFrame {
  readonly position: Position
  /** The bytes as they were given to `append`. They stay as they are, unless the reader gave memory for them. */
  readonly bytes: Uint8Array
  readonly segment: JournalSegment
}

/** Bytes that cannot be read and were moved aside, into a file that `plutus spool verify` can tell of. */
export interface Quarantined {
  /** Name of the file that holds them, ending in `.quarantine`. */
  readonly name: string
  readonly bytes: number
  /** Frames among them, as far as their lengths can be followed; at least 1 if there are bytes behind a header. */
  readonly frames: number
}

/** What `discardOldest` took away. */
export interface Discarded {
  readonly name: string
  readonly bytes: number
  /** Frames in it that nobody had acknowledged. */
  readonly frames: number
  /** Whether it was a segment, or a file that was set aside before: damaged, or unreadable to this process. */
  readonly kind: 'segment' | 'quarantined' | 'unread'
}

/** An append-only sequence of frames in files. All methods are synchronous unless they say otherwise. */
export interface Journal {
  /**
   * Writes a frame behind all others. When it returns, the bytes are with the kernel: they survive the end of the
   * process, by whatever signal. The bytes may be used again.
   *
   * After an error nothing of the frame is read later, and the next call tries again in a new segment.
   *
   * @returns the position of the frame.
   * @throws {PlutusError} `PLUTUS_JOURNAL_FULL`, `_READ_ONLY`, `_VANISHED`, `_UNSAFE`, `_FAILED`, `_CLOSED`, or
   * `PLUTUS_JOURNAL_FRAME_INVALID` if there are no bytes or more than 16 MiB.
   */
  append(frame: Uint8Array): Position
  /**
   * Reads what stands behind a position, in order, up to the last frame appended; also while others are appended,
   * acknowledged or discarded between two steps. Bytes that cannot be read are quarantined on the way: of a damaged
   * segment the frames before the damage are read, then those of the next segment.
   *
   * @param from Position of the last frame that is not wanted. @defaultValue the acknowledged position
   * @param memory What frames are read into, where they fit: their bytes are good until the next step then. 64 KiB are
   * read at once. @defaultValue memory of their own, so that bytes stay as they are
   * @throws {PlutusError} at a step, if the file system fails.
   */
  read(from?: Position, memory?: Buffer): IterableIterator<JournalFrame>
  /**
   * Says that nobody needs the frames up to a position any more: a later process does not read them, and segments
   * that hold nothing else are deleted. A position that is not beyond the acknowledged one changes nothing.
   *
   * @throws {PlutusError} if the file system fails: the frames may then be read again by a later process.
   */
  acknowledge(position: Position): void
  /** Everything up to here is acknowledged. */
  readonly acknowledged: Position
  /** Position of the last frame. */
  readonly end: Position
  /** The segments that hold a frame which is not acknowledged, and the one being written, oldest first. */
  readonly segments: readonly JournalSegment[]
  /** Bytes of all files of this journal, with those set aside. */
  readonly bytes: number
  /** Names of the files that were set aside because this process lacks their key or does not know their version. */
  readonly unread: readonly string[]
  /** Bytes and frames moved aside since this journal was opened, and how many files hold such, now, of any process. */
  readonly quarantined: { readonly files: number; readonly bytes: number; readonly frames: number }
  /**
   * Deletes the oldest file to gain space: first what is quarantined, then what is unread, then the oldest segment,
   * also the one being written. Without a file it returns nothing.
   */
  discardOldest(): Discarded | undefined
  /** Resolves when everything appended so far has been forced to the disk. @throws {PlutusError} if that failed. */
  sync(): Promise<void>
  /** Ends writing and reading. What was appended stays. Bytes not yet forced to the disk are so in the background. */
  close(): void
  /**
   * Closes the journal, and deletes its folder if it holds nothing that is not acknowledged, quarantined or unread.
   *
   * @returns whether the folder is gone.
   */
  closeAndRemove(): boolean
}
