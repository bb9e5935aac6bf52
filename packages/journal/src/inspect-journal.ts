import type { JournalFiles } from './journal-files.ts'
import type { JournalFrame, Position } from './journal.ts'

/** What a file of a journal holds, found by reading all of it. */
export interface InspectedSegment {
  readonly name: string
  /**
   * - `good`: every byte can be read.
   * - `damaged`: the frames counted can be read, `badBytes` behind them cannot.
   * - `locked`: encrypted with a key that was not given; whether it is whole was checked all the same.
   * - `unknown`: of a version that this program does not know.
   * - `quarantined`: set aside by an earlier reader.
   */
  readonly state: 'good' | 'damaged' | 'locked' | 'unknown' | 'quarantined'
  /** Empty if the header cannot be read. */
  readonly label: Uint8Array
  /** Bytes of the file. */
  readonly bytes: number
  /** Bytes behind the last good frame. */
  readonly badBytes: number
  readonly frames: number
  /** How many of the frames are acknowledged. */
  readonly acknowledgedFrames: number
  /** Milliseconds since 1970; 0 if the header cannot be read. */
  readonly createdAt: number
  /** Whether its frames are encrypted. */
  readonly isEncrypted: boolean
}

/** What a folder of a journal holds. */
export interface JournalInspection {
  readonly acknowledged: Position
  readonly segments: readonly InspectedSegment[]
  /** The frames that can be read, also those acknowledged; positions of segments set aside count from their start. */
  frames(): IterableIterator<JournalFrame & { readonly isAcknowledged: boolean }>
}

/**
 * Reads a journal and changes nothing: for people and for checks, also while another process writes it. The last frame
 * of a journal that is being written may then count as damaged.
 *
 * @throws {PlutusError} if the folder cannot be read, or is not private to this user.
 */
export function inspectJournal(
  _directory: string,
  _options: { readonly keys?: readonly Uint8Array[]; readonly files?: JournalFiles } = {},
): JournalInspection {
  throw new Error('not yet')
}
