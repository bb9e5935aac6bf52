import type { JournalFiles } from '@plutus/journal'
import { loadBuiltin } from '../delivery/builtins.ts'

/** Writes in the background, as `write` of `node:fs` does. */
export type BackgroundWrite = (
  file: number,
  bytes: Uint8Array,
  at: number,
  length: number,
  position: number,
  done: (error: Error | null, written: number) => void,
) => void

/** How slow is slow, and who hears of it. */
export interface SlowDiskOptions {
  /** The calls that are really made. */
  readonly files: JournalFiles
  /** @defaultValue that of `node:fs` */
  readonly write?: BackgroundWrite
  /** Moving average of a write, in milliseconds, from which on nobody waits for writes. */
  readonly limitMillis: number
  /** How long nobody does then, at least. */
  readonly holdMillis: number
  readonly now: () => number
  readonly onChange: (isSlow: boolean) => void
  /** A write that nobody waited for failed. */
  readonly onError: (error: Error) => void
}

interface Write {
  readonly file: number
  readonly bytes: Uint8Array
  readonly position: number
}

// Weight of the last write in the average, and the most that it counts, in limits: a thread that has to wait for a
// processor now and then does not make a disk slow.
const WEIGHT = 1 / 32
const MOST_LIMITS = 8
// What waits for a slow disk; what does not fit is refused, as by a full one.
const MAX_WAITING_BYTES = 8 * 1024 * 1024

/**
 * Calls to the file system for a journal that blocks nobody for long: while writes are slow they are made on a thread of
 * Node's pool, one after the other. Whatever else is called waits for them.
 */
export class SlowDisk {
  readonly files: JournalFiles
  readonly #options: SlowDiskOptions
  #average = 0
  #slowUntil: number | undefined
  #isEnding = false
  /** Where the next write of a file goes, for files that were written to in the background. */
  readonly #ends = new Map<number, number>()
  #waiting: Write[] = []
  #waitingBytes = 0
  /** On its way; it may have been made by somebody else meanwhile, since it says where it goes. */
  #inFlight: Write | undefined
  readonly #toClose = new Set<number>()

  constructor(options: SlowDiskOptions) {
    this.#options = options
    const { files } = options
    const afterAll = <Args extends unknown[], R>(call: (...args: Args) => R) => {
      return (...args: Args): R => {
        this.settle()
        return call(...args)
      }
    }
    this.files = {
      ...files,
      writeSync: ((file: number, bytes: Uint8Array, at: number, length: number) =>
        this.#write(file, bytes, at, length)) as JournalFiles['writeSync'],
      closeSync: (file) => this.#close(file),
      openSync: afterAll(files.openSync),
      ftruncateSync: (file, size) => {
        this.settle()
        this.#ends.delete(file)
        files.ftruncateSync(file, size)
      },
      fdatasyncSync: afterAll(files.fdatasyncSync),
    }
  }

  /** Whether writes are slow. */
  get isSlow(): boolean {
    return this.#slowUntil !== undefined
  }

  /** The process ends: whatever waits is made at once, and from now on each write is waited for. */
  end(): void {
    this.#isEnding = true
    this.#slowUntil = undefined
    this.settle()
  }

  /** Makes at once whatever waits. */
  settle(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const write of waiting) {
      try {
        this.#writeNow(write)
      } catch (error) {
        this.#options.onError(error as Error)
      }
    }
  }

  #write(file: number, bytes: Uint8Array, at: number, length: number): number {
    const { files, now } = this.#options
    if (this.#slowUntil !== undefined) {
      if (this.#waiting.length === 0 && now() > this.#slowUntil) this.#change(false)
      else return this.#defer(file, Uint8Array.from(bytes.subarray(at, at + length))) // the caller writes over them
    }
    const since = now()
    const end = this.#ends.get(file)
    const written =
      end === undefined ? files.writeSync(file, bytes, at, length) : files.writeSync(file, bytes, at, length, end)
    if (end !== undefined) this.#ends.set(file, end + written)
    this.#measure(now() - since)
    return written
  }

  #measure(millis: number): void {
    const { limitMillis } = this.#options
    this.#average += (Math.min(millis, MOST_LIMITS * limitMillis) - this.#average) * WEIGHT
    if (this.#average > limitMillis && this.#slowUntil === undefined && !this.#isEnding) this.#change(true)
  }

  #change(isSlow: boolean): void {
    const { now, holdMillis, onChange } = this.#options
    this.#average = 0
    this.#slowUntil = isSlow ? now() + holdMillis : undefined
    onChange(isSlow)
  }

  #defer(file: number, bytes: Uint8Array): number {
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      throw Object.assign(new Error('too much waits for a slow disk'), { code: 'EAGAIN' })
    }
    const position = this.#ends.get(file) ?? this.#options.files.fstatSync(file).size
    this.#ends.set(file, position + bytes.length)
    this.#waiting.push({ file, bytes, position })
    this.#waitingBytes += bytes.length
    if (this.#inFlight === undefined) this.#next()
    return bytes.length
  }

  #next(): void {
    const write = this.#waiting[0]
    this.#inFlight = write
    if (write === undefined) return
    const { now, onError } = this.#options
    const inBackground: BackgroundWrite = this.#options.write ?? loadBuiltin('node:fs').write
    const since = now()
    inBackground(write.file, write.bytes, 0, write.bytes.length, write.position, (error, written) => {
      if (now() - since > this.#options.limitMillis) this.#slowUntil = now() + this.#options.holdMillis
      if (this.#toClose.delete(write.file)) this.#options.files.closeSync(write.file)
      if (this.#waiting[0] === write) {
        this.#waiting.shift()
        this.#waitingBytes -= write.bytes.length
        if (error !== null) onError(error)
        else if (written < write.bytes.length) {
          const rest = { ...write, bytes: write.bytes.subarray(written), position: write.position + written }
          this.#waiting.unshift(rest)
          this.#waitingBytes += rest.bytes.length
        }
      }
      this.#next()
    })
  }

  #writeNow({ file, bytes, position }: Write): void {
    for (let at = 0; at < bytes.length;) {
      at += this.#options.files.writeSync(file, bytes, at, bytes.length - at, position + at)
    }
  }

  /** A file that is being written to is closed when that is over: its number may be another file's then. */
  #close(file: number): void {
    this.settle()
    this.#ends.delete(file)
    if (this.#inFlight?.file === file) this.#toClose.add(file)
    else this.#options.files.closeSync(file)
  }
}
