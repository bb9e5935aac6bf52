import { isFull } from '@plutus/test-kit'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { FaultyFiles } from './faulty-files.test.helper.ts'
import { createFolders, HandClock, open } from './journal.test.helper.ts'
import type { Journal } from './journal.ts'

const newFolder = createFolders()
const KEY = new Uint8Array(32).fill(7)

type Step =
  | { readonly do: 'append'; readonly size: number }
  | { readonly do: 'acknowledge'; readonly share: number }
  | { readonly do: 'discard' | 'grow old' | 'restart' }
  // Dies after so many calls to the file system, in the middle of a write where the number is not whole. The process
  // that is started then dies as well; the third does not.
  | { readonly do: 'crash'; readonly calls: number; readonly callsOfNext: number }

const size = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 5, max: 60 }) }, fc.integer({ min: 1500, max: 9000 }))
const share = fc.double({ min: 0, max: 1, noNaN: true })
const calls = fc.double({ min: 0.1, max: 12, noNaN: true })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('append' as const), size }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('acknowledge' as const), share }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('discard' as const, 'grow old' as const, 'restart' as const) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('crash' as const), calls, callsOfNext: calls }) },
)

/** A frame that says in each of its bytes which it is. */
function frameOf(id: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(length, id % 256)
  bytes.writeUInt32LE(id)
  return bytes
}

function readIds(journal: Journal): number[] {
  return [...journal.read()].map(({ bytes }) => {
    const id = Buffer.from(bytes).readUInt32LE()
    return bytes.subarray(4).every((byte) => byte === id % 256) ? id : -1
  })
}

/** A process that uses the journal until it dies, and those after it. */
class Processes {
  readonly #options: Parameters<typeof open>[1]
  readonly #folder = newFolder()
  readonly #clock = new HandClock()
  #disk = new FaultyFiles()
  #journal: Journal
  #callsOfNext = Number.POSITIVE_INFINITY
  #nextId = 0
  /** What has to be read, oldest first. */
  #kept: readonly number[] = []
  /** What may be read instead, if the process died before it could know. */
  #instead: readonly (readonly number[])[] = []

  /** Readings that should not have been. */
  readonly surprises: { readonly read: readonly number[]; readonly allowed: readonly (readonly number[])[] }[] = []

  constructor(keys: readonly Uint8Array[]) {
    this.#options = { clock: this.#clock, keys, maxSegmentBytes: 4096 }
    this.#journal = this.#open()
  }

  take(step: Step): void {
    this.#instead = []
    this.#untilDeath(() => this.#do(step))
    if (this.#disk.isDead) this.#restart()
  }

  #do(step: Step): void {
    const kept = this.#kept
    if (step.do === 'append') {
      const after = [...kept, this.#nextId]
      this.#instead = [after]
      this.#journal.append(frameOf(this.#nextId++, step.size))
      this.#kept = after
    } else if (step.do === 'acknowledge') {
      const frames = [...this.#journal.read()]
      const count = Math.round(step.share * frames.length)
      this.#instead = [kept.slice(count)]
      this.#journal.acknowledge(frames[count - 1]?.position ?? 0)
      this.#kept = kept.slice(count)
    } else if (step.do === 'discard') {
      this.#instead = kept.map((_id, at) => kept.slice(at + 1))
      this.#kept = kept.slice(this.#journal.discardOldest()?.frames)
      this.#compare([this.#kept])
    } else if (step.do === 'restart') {
      this.#journal.close()
      this.#restart()
    } else if (step.do === 'crash') {
      this.#disk.callsLeft = step.calls
      this.#callsOfNext = step.callsOfNext
    } else this.#clock.now += 60_000
  }

  #restart(): void {
    this.#untilDeath(() => {
      this.#disk = new FaultyFiles()
      this.#disk.callsLeft = this.#callsOfNext
      readIds(this.#open())
    })
    this.#callsOfNext = Number.POSITIVE_INFINITY
    this.#disk = new FaultyFiles()
    this.#journal = this.#open()
    this.#kept = this.#compare([this.#kept, ...this.#instead])
  }

  /** Reads what is there, and notes it if it is none of what it may be. */
  #compare(allowed: readonly (readonly number[])[]): readonly number[] {
    const read = readIds(this.#journal)
    if (!allowed.some((ids) => ids.join() === read.join())) this.surprises.push({ read, allowed })
    return read
  }

  #open(): Journal {
    return open(this.#folder, { ...this.#options, files: this.#disk.files }).journal
  }

  #untilDeath(act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!this.#disk.isDead) throw error
    }
  }
}

it.each([
  ['plain', []],
  ['encrypted', [KEY]],
])(
  'a %s journal reads all frames for which append returned, in order and once, whenever its process is killed',
  { timeout: 300_000 },
  (_how, keys) => {
    const steps = fc.array(step, { maxLength: 40 })
    fc.assert(
      fc.property(steps, (taken) => {
        const processes = new Processes(keys)
        for (const one of [...taken, { do: 'restart' } as const]) processes.take(one)
        expect(processes.surprises).toEqual([])
      }),
      { numRuns: isFull ? 5000 : 200 },
    )
  },
)
