import fs from 'node:fs'
import type { PathLike } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'

/** Calls to the file system that take room, and those that tell which file is meant. */
export type DiskCalls = Pick<
  typeof fs,
  'closeSync' | 'mkdirSync' | 'openSync' | 'renameSync' | 'write' | 'writeFileSync' | 'writeSync'
>

const BLOCK_BYTES = 1024
// As ext4 keeps a folder: a block holds names, each behind 8 bytes, the two of the folders themselves, and a checksum.
const NAME_HEAD_BYTES = 8
const FOLDER_HEAD_BYTES = 36
const NAMES = ['closeSync', 'mkdirSync', 'openSync', 'renameSync', 'write', 'writeFileSync', 'writeSync'] as const
/** As they were when this file was loaded. */
const REAL: DiskCalls = Object.fromEntries(NAMES.map((name) => [name, fs[name]])) as unknown as DiskCalls

/**
 * A folder that behaves as a disk of its own that is soon full, where none may be mounted: calls that take room fail as
 * those of the system do, and what is deleted gives its room back. What is there is written over, and names change,
 * without room, unless their folder has none for the new one. Several processes may pretend the same.
 */
export class PretendedDisk {
  /** What is called in place of `node:fs`; other folders are as always. */
  readonly calls: DiskCalls
  readonly #folder: string
  #bytes: number
  readonly #files = new Set<number>()

  /** @param bytes What all that is on it may take, in whole blocks. */
  constructor(folder: string, bytes = Infinity) {
    this.#folder = folder
    this.#bytes = bytes
    this.calls = {
      openSync: (path, flags, mode) => {
        const file = REAL.openSync(path, flags, mode)
        if (this.#has(path)) this.#files.add(file)
        return file
      },
      closeSync: (file) => {
        this.#files.delete(file)
        REAL.closeSync(file)
      },
      mkdirSync: ((path: PathLike, options: never) => {
        if (this.#isNew(path)) {
          this.#takeName(path)
          if (this.#room < BLOCK_BYTES) throw createFullError('mkdir')
        }
        return REAL.mkdirSync(path, options)
      }) as typeof fs.mkdirSync,
      renameSync: (from, to) => {
        if (this.#isNew(to)) this.#takeName(to)
        REAL.renameSync(from, to)
      },
      writeFileSync: (file, data, options) => {
        if (typeof file === 'number' || !this.#has(file)) return REAL.writeFileSync(file, data, options)
        const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
        if (Buffer.byteLength(data) <= this.#endOf(size)) return REAL.writeFileSync(file, data, options)
        REAL.writeFileSync(file, '', options) // a file can be made, since that takes no room, and stays empty
        throw createFullError('write')
      },
      writeSync: ((file: number, bytes: Uint8Array, at: number, length: number, position?: number) =>
        REAL.writeSync(file, bytes, at, this.#fit(file, length, position), position)) as typeof fs.writeSync,
      write: ((file: number, bytes: Uint8Array, at: number, length: number, position: number, done: never) => {
        try {
          REAL.write(file, bytes, at, this.#fit(file, length, position), position, done)
        } catch (error) {
          setImmediate(done as (error: unknown) => void, error)
        }
      }) as unknown as typeof fs.write,
    }
  }

  /** From now on nothing has room but in the blocks that are there. */
  fill(): void {
    this.#bytes = this.#used
  }

  /** Has `node:fs`, or who has taken calls of it before, behave so. Returns a function that ends it. */
  install(target: Partial<DiskCalls> = fs): () => void {
    const names = NAMES.filter((name) => target[name] !== undefined)
    const set = (calls: DiskCalls): void => {
      Object.assign(target, Object.fromEntries(names.map((name) => [name, calls[name]])))
    }
    set(this.calls)
    return () => set(REAL)
  }

  get #room(): number {
    return this.#bytes - this.#used
  }

  get #used(): number {
    for (;;) {
      try {
        return sizeOfTree(this.#folder)
      } catch (error) {
        // Another process has removed a part of it meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    }
  }

  #has(path: PathLike): boolean {
    return String(path).startsWith(`${this.#folder}${sep}`)
  }

  #isNew(path: PathLike): boolean {
    return this.#has(path) && !fs.existsSync(path)
  }

  /** @throws if the folder has no room for another name. */
  #takeName(path: PathLike): void {
    const size = sizeOfFolder(dirname(String(path)))
    const isMore = blocksOf(size + sizeOfName(basename(String(path)))) > blocksOf(size)
    if (isMore && this.#room < BLOCK_BYTES) throw createFullError('rename')
  }

  /** Where a file of some size has to end that takes what room there is. */
  #endOf(size: number): number {
    return blocksOf(size) + Math.max(0, Math.floor(this.#room / BLOCK_BYTES) * BLOCK_BYTES)
  }

  /** How much of what is to be written has room. @throws if nothing has. */
  #fit(file: number, length: number, position: number | undefined): number {
    if (!this.#files.has(file)) return length
    const { size } = fs.fstatSync(file)
    const count = Math.min(length, this.#endOf(size) - (position ?? size))
    if (count <= 0) throw createFullError('write')
    return count
  }
}

function sizeOfTree(folder: string): number {
  return fs.readdirSync(folder, { recursive: true }).reduce((sum, name) => {
    const path = join(folder, String(name))
    const found = fs.statSync(path)
    return sum + blocksOf(found.isDirectory() ? sizeOfFolder(path) : found.size)
  }, 0)
}

function sizeOfFolder(path: string): number {
  return fs.readdirSync(path).reduce((sum, name) => sum + sizeOfName(name), FOLDER_HEAD_BYTES)
}

function sizeOfName(name: string): number {
  return NAME_HEAD_BYTES + Math.ceil(name.length / 4) * 4
}

function blocksOf(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES
}

function createFullError(syscall: string): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, ${syscall}`), { code: 'ENOSPC', syscall })
}
