import { loadBuiltin } from '../delivery/builtins.ts'
import { isDiskFull } from './disk-full.ts'
import type { Entry } from './ledger.ts'

/** Where the records of a batch stand that a worker thread handed over: in the journal of that thread. */
export interface ThreadPlace {
  /** Directory of the thread. */
  readonly directory: string
  /** Position before the first record. */
  readonly start: number
  /** Position of the last. */
  readonly end: number
}

const ACKED_FILE = 'acked'

/**
 * Keeps account, on the main thread, of what worker threads have on disk and the main thread delivers. A thread may end
 * at any moment, so what was delivered is told by a file in its directory: to the thread, or to who takes over from it.
 */
export class ThreadAccount {
  readonly #directory: string
  #entries: Entry[] = []
  #end = 0
  #doneUpTo = 0
  #told = 0

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Takes account of a batch. What the thread did not hand over is not delivered here, and nothing behind it is told. */
  add(start: number, end: number, records: number): Entry {
    if (start > this.#end) this.#entries.push({ start: this.#end, end: start, state: 'memory', retryAt: 0 })
    const entry: Entry = { start, end, state: 'memory', retryAt: 0, records }
    this.#entries.push(entry)
    this.#end = end
    return entry
  }

  /** Records that are not known to have been delivered, those aside that the thread did not hand over. */
  get records(): number {
    return this.#entries.reduce((sum, { records = 0 }) => sum + records, 0)
  }

  /** Whether the directory is where the thread made it. */
  get isThere(): boolean {
    return loadBuiltin('node:fs').existsSync(this.#directory)
  }

  finish(entry: Entry): void {
    entry.state = 'done'
    while (this.#entries[0]?.state === 'done') this.#doneUpTo = (this.#entries.shift() as Entry).end
  }

  /** Tells what was delivered, on a full disk later. Returns whether there is anybody to tell. */
  acknowledge(): boolean {
    if (this.#doneUpTo === this.#told) return true
    const { writeFileSync, renameSync } = loadBuiltin('node:fs')
    const file = `${this.#directory}/${ACKED_FILE}`
    try {
      writeFileSync(`${file}.new`, String(this.#doneUpTo), { mode: 0o600 })
      renameSync(`${file}.new`, file)
      this.#told = this.#doneUpTo
      return true
    } catch (error) {
      // Else the directory was taken over, and what was delivered is delivered twice.
      return isDiskFull(error)
    }
  }
}

/** Up to where the main thread has delivered what is in the journal of a thread. */
export function readAcked(directory: string): number {
  try {
    const position = Number(loadBuiltin('node:fs').readFileSync(`${directory}/${ACKED_FILE}`, 'utf8'))
    return Number.isSafeInteger(position) ? position : 0
  } catch {
    return 0
  }
}

/** Nobody is told any more of what the main thread has delivered. @throws if the file system fails. */
export function forgetAcked(directory: string): void {
  for (const name of ACKED_FILES) loadBuiltin('node:fs').rmSync(`${directory}/${name}`, { force: true })
}

/** Names of the files by which threads are told. */
export const ACKED_FILES: readonly string[] = [ACKED_FILE, `${ACKED_FILE}.new`]
