import { constants } from 'node:fs'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, journalError, toJournalError } from './journal-error.ts'
import type { JournalFiles } from './journal-files.ts'
import { makeFolder } from './make-folder.ts'

const { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } = constants
// Windows has neither, nor links that another user could plant in a folder of ours. A pipe must not hold us up.
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0
const O_NONBLOCK = constants.O_NONBLOCK ?? 0
const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
const OTHERS = 0o077

/** The folder of a journal: every file in it is reached through here, is private, and is never a link. */
export class JournalFolder {
  readonly path: string
  readonly #files: JournalFiles
  #identity: Pick<Stats, 'dev' | 'ino'> | undefined

  constructor(path: string, files: JournalFiles) {
    this.path = path
    this.#files = files
  }

  /**
   * Whether the folder is there.
   *
   * @throws {PlutusError} if it is not private, or another than it was.
   */
  isThere(): boolean {
    let stats: Stats
    try {
      stats = this.#files.lstatSync(this.path)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' && this.#identity === undefined) return false
      throw toJournalError(error, this.path, 'reach its folder')
    }
    if (!stats.isDirectory()) throw this.#unsafe('is no folder')
    this.#checkOwner(stats, '')
    if (this.#identity !== undefined && (stats.dev !== this.#identity.dev || stats.ino !== this.#identity.ino)) {
      throw journalError('PLUTUS_JOURNAL_VANISHED', `The folder ${this.path} of a journal is another than it was.`)
    }
    this.#identity ??= { dev: stats.dev, ino: stats.ino }
    return true
  }

  /** Makes the folder unless it is there. */
  make(): void {
    if (this.isThere()) return
    this.#try('make its folder', () => makeFolder(this.path, FOLDER_MODE, this.#files))
    this.isThere()
  }

  /** Names in the folder. */
  list(): string[] {
    return this.#try('list its folder', () => this.#files.readdirSync(this.path))
  }

  /** Makes a file that must not be there yet, and opens it to write. */
  create(name: string): number {
    return this.#try('make a file', () =>
      this.#files.openSync(join(this.path, name), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, FILE_MODE),
    )
  }

  /** Writes a small file whole, over what was there. */
  write(name: string, bytes: Uint8Array): void {
    this.#try('write a file', () => {
      const flags = O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW
      const file = this.#files.openSync(join(this.path, name), flags, FILE_MODE)
      try {
        this.#writeAll(file, bytes)
      } finally {
        this.#files.closeSync(file)
      }
    })
  }

  /** Writes all bytes to an open file. */
  append(file: number, bytes: Uint8Array, length: number): void {
    this.#try('write', () => this.#writeAll(file, bytes, length))
  }

  /** Size of a file. */
  sizeOf(name: string): number {
    return this.#withFile(name, (file) => this.#files.fstatSync(file).size)
  }

  /** Reads bytes of a file, into `memory` where they fit; fewer where it ends. */
  read(name: string, offset: number, length: number, memory?: Buffer): Buffer {
    return this.#withFile(name, (file) => {
      const isRoom = memory !== undefined && length <= memory.length
      const bytes = isRoom ? memory : Buffer.allocUnsafeSlow(length)
      let at = 0
      while (at < length) {
        const count = this.#files.readSync(file, bytes, at, length - at, offset + at)
        if (count === 0) break
        at += count
      }
      return at === bytes.length ? bytes : bytes.subarray(0, at)
    })
  }

  rename(from: string, to: string): void {
    this.#try('rename a file', () => this.#files.renameSync(join(this.path, from), join(this.path, to)))
  }

  /** Deletes a file; one that is gone already is no fault. */
  unlink(name: string): void {
    this.#try('delete a file', () => {
      try {
        this.#files.unlinkSync(join(this.path, name))
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw error
      }
    })
  }

  truncate(name: string, size: number): void {
    this.#try('shorten a file', () => {
      const file = this.#files.openSync(join(this.path, name), O_WRONLY | O_NOFOLLOW)
      try {
        this.#files.ftruncateSync(file, size)
      } finally {
        this.#files.closeSync(file)
      }
    })
  }

  /** Deletes the folder if nothing is in it; says whether it did. */
  remove(): boolean {
    try {
      this.#files.rmdirSync(this.path)
      return true
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errnoOf(error))) return false
      throw toJournalError(error, this.path, 'delete its folder')
    }
  }

  /** Whether an open file has not been deleted. */
  isLinked(file: number): boolean {
    return this.#try('look at a file', () => this.#files.fstatSync(file).nlink > 0)
  }

  shorten(file: number, size: number): void {
    this.#try('shorten a file', () => this.#files.ftruncateSync(file, size))
  }

  close(file: number): void {
    this.#try('close a file', () => this.#files.closeSync(file))
  }

  /** Forces the bytes of an open file to the disk, and blocks for as long as it takes. */
  forceNow(file: number): void {
    this.#try('force bytes to the disk', () => this.#files.fdatasyncSync(file))
  }

  /** Forces names that were made, changed or deleted to the disk, and blocks for as long as it takes. */
  forceNamesNow(): void {
    if (process.platform === 'win32') return // opens no folders
    this.#try('force names to the disk', () => {
      const folder = this.#files.openSync(this.path, O_RDONLY)
      try {
        this.#files.fsyncSync(folder)
      } finally {
        this.#files.closeSync(folder)
      }
    })
  }

  /** Forces the bytes of a file to the disk on another thread. */
  force(name: string): Promise<void> {
    // A descriptor of its own: the one that is written to may be closed, and its number used again, before this ends.
    return this.#forceOpened(
      join(this.path, name),
      process.platform === 'win32' ? 'r+' : O_RDONLY | O_NOFOLLOW,
      'fdatasync',
    )
  }

  /** Forces names to the disk on another thread. */
  forceNames(): Promise<void> {
    return process.platform === 'win32' ? Promise.resolve() : this.#forceOpened(this.path, O_RDONLY, 'fsync')
  }

  #forceOpened(path: string, flags: number | string, call: 'fdatasync' | 'fsync'): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => reject(toJournalError(error, this.path, 'force bytes to the disk'))
      let file: number
      try {
        file = this.#files.openSync(path, flags)
      } catch (error) {
        fail(error)
        return
      }
      this.#files[call](file, (error) => {
        this.#files.closeSync(file)
        if (error === null) resolve()
        else fail(error)
      })
    })
  }

  #withFile<T>(name: string, use: (file: number) => T): T {
    return this.#try('read a file', () => {
      const file = this.#files.openSync(join(this.path, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      try {
        const stats = this.#files.fstatSync(file)
        if (!stats.isFile()) throw this.#unsafe(`holds ${name}, which is no file`)
        this.#checkOwner(stats, name)
        return use(file)
      } finally {
        this.#files.closeSync(file)
      }
    })
  }

  #writeAll(file: number, bytes: Uint8Array, length = bytes.length): void {
    // A disk that is nearly full takes a part, and says so at the next call only.
    for (let at = 0; at < length;) at += this.#files.writeSync(file, bytes, at, length - at)
  }

  #checkOwner(stats: Stats, name: string): void {
    const user = process.getuid?.()
    if (user === undefined) return
    const what = name === '' ? '' : `holds ${name}, which `
    if (stats.uid !== user) throw this.#unsafe(`${what}belongs to another user`)
    if ((stats.mode & OTHERS) !== 0) throw this.#unsafe(`${what}is open to others`)
  }

  #unsafe(how: string): Error {
    return journalError('PLUTUS_JOURNAL_UNSAFE', `The folder ${this.path} of a journal ${how}.`)
  }

  #try<T>(what: string, act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw toJournalError(error, this.path, what)
    }
  }
}
