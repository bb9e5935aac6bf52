import { countFrameHeads } from './frames.ts'
import type { JournalFolder } from './journal-folder.ts'
import type { Discarded, Journal, Position, Quarantined } from './journal.ts'
import { asideName } from './segment.ts'
import type { Segment } from './segment.ts'

/** A file that is kept and not read. */
interface Aside {
  readonly name: string
  readonly bytes: number
  readonly kind: 'quarantine' | 'unread'
}

/** The files of a journal that are kept and not read: what is damaged, and what this process cannot read. */
export class AsideFiles {
  readonly #folder: JournalFolder
  readonly #onQuarantine: (quarantined: Quarantined) => void
  readonly #files: Aside[] = []
  readonly #quarantined = { bytes: 0, frames: 0 }

  constructor(folder: JournalFolder, onQuarantine: (quarantined: Quarantined) => void) {
    this.#folder = folder
    this.#onQuarantine = onQuarantine
  }

  get isEmpty(): boolean {
    return this.#files.length === 0
  }

  get bytes(): number {
    return this.#files.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  get unread(): readonly string[] {
    return this.#files.filter(({ kind }) => kind === 'unread').map(({ name }) => name)
  }

  get quarantined(): Journal['quarantined'] {
    return { files: this.#files.filter(({ kind }) => kind === 'quarantine').length, ...this.#quarantined }
  }

  /** Takes account of a file that was set aside before. */
  keep(name: string, kind: Aside['kind']): void {
    this.#files.push({ name, bytes: this.#folder.sizeOf(name), kind })
  }

  /** Renames a file so that it is not read again, and returns its new name: the old one where that cannot be done. */
  setAside(name: string, bytes: number, kind: Aside['kind']): string {
    let aside = name
    try {
      const free = asideName(name, kind, this.#folder.list())
      this.#folder.rename(name, free)
      aside = free
    } catch {
      // On a read-only disk it stays as it is; this journal leaves it alone all the same.
    }
    this.#files.push({ name: aside, bytes, kind })
    return aside
  }

  /** Sets aside a file whose header is damaged, and tells it. */
  quarantineFile(name: string, bytes: number): void {
    this.#tell(this.setAside(name, bytes, 'quarantine'), bytes, 1)
  }

  /**
   * Moves the bytes from a position to the end of a segment aside, and tells of them.
   *
   * @param rest the bytes, as far as the disk gives them.
   * @returns whether the segment is set aside as a whole.
   */
  quarantineRest(segment: Segment, position: Position, rest: Buffer): boolean {
    const { name } = segment
    const offset = segment.offsetOf(position)
    const lost = segment.bytes - offset
    const frames = Math.max(1, countFrameHeads(rest))
    if (position === segment.start) {
      this.#tell(this.setAside(name, segment.bytes, 'quarantine'), lost, frames)
      return true
    }
    segment.end = position
    segment.badBytes = lost
    let aside = name
    try {
      aside = asideName(name, 'quarantine', this.#folder.list())
      this.#folder.write(aside, Buffer.concat([segment.header.bytes, rest]))
      this.#folder.truncate(name, offset)
      this.#files.push({ name: aside, bytes: segment.header.size + rest.length, kind: 'quarantine' })
      segment.badBytes = 0
    } catch {
      // A full disk, say: then the segment is set aside whole when the rest of it is acknowledged.
    }
    this.#tell(aside, lost, frames)
    return false
  }

  /** Deletes the oldest of the damaged files, else the oldest one. Returns nothing if there is none. */
  discardFirst(): Discarded | undefined {
    const aside = this.#files.find(({ kind }) => kind === 'quarantine') ?? this.#files[0]
    if (aside === undefined) return undefined
    this.#folder.unlink(aside.name)
    this.#files.splice(this.#files.indexOf(aside), 1)
    const { name, bytes, kind } = aside
    return { name, bytes, frames: 0, kind: kind === 'unread' ? kind : 'quarantined' }
  }

  #tell(name: string, bytes: number, frames: number): void {
    this.#quarantined.bytes += bytes
    this.#quarantined.frames += frames
    this.#onQuarantine({ name, bytes, frames })
  }
}
