import { NODE_FILES } from './journal-files.ts'
import type { JournalFiles } from './journal-files.ts'

type Call = keyof JournalFiles

/** A file system that fails when it is told to, and passes everything else on to the real one. */
export class FaultyFiles {
  readonly files: JournalFiles
  /** Bytes that can still be written; the write that exceeds them is cut there and the next one fails. */
  bytesLeft = Number.POSITIVE_INFINITY
  /** Calls that still succeed: then the process is dead, and nothing it does reaches the disk. */
  callsLeft = Number.POSITIVE_INFINITY
  readonly #errors = new Map<Call, string>()

  constructor() {
    const entries = Object.entries(NODE_FILES) as [Call, (...args: never[]) => unknown][]
    this.files = Object.fromEntries(
      entries.map(([call, real]) => [call, (...args: never[]) => this.#call(call, real, args)]),
    ) as unknown as JournalFiles
  }

  /** Lets a call fail with the code of a system error, or succeed again. */
  fail(call: Call, code: string | undefined): void {
    if (code === undefined) this.#errors.delete(call)
    else this.#errors.set(call, code)
  }

  /** Whether the simulated process is dead. */
  get isDead(): boolean {
    return this.callsLeft <= 0
  }

  #call(call: Call, real: (...args: never[]) => unknown, args: never[]): unknown {
    if (this.isDead) throw new Error('killed')
    const code = this.#errors.get(call)
    if (code !== undefined) return this.#failWith(call, code, args)
    if (call === 'writeSync') return this.#write(args as unknown as [number, Uint8Array, number, number])
    const result = real(...args)
    this.callsLeft--
    return result
  }

  #failWith(call: Call, code: string, args: readonly unknown[]): void {
    const error = Object.assign(new Error(code), { code })
    const done = args.at(-1)
    if ((call !== 'fdatasync' && call !== 'fsync') || typeof done !== 'function') throw error
    setImmediate(() => done(error))
  }

  #write([file, bytes, at, length]: [number, Uint8Array, number, number]): number {
    const count = Math.min(length, this.bytesLeft)
    if (count === 0) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    // Dying in a write, a process may have written any part of it.
    const part = this.callsLeft < 1 ? Math.floor(count * this.callsLeft) : count
    const written = part === 0 ? 0 : NODE_FILES.writeSync(file, bytes, at, part)
    this.bytesLeft -= written
    this.callsLeft--
    if (this.callsLeft < 0) throw new Error('killed')
    return written
  }
}
