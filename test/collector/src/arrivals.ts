import type { ReceivedAttributes, Receiver } from '@plutus/test-kit'
import { COUNTED, type Counts } from './emitter.ts'

/** What became of what a service recorded. */
export interface Outcome {
  readonly emitted: Counts
  /** Recorded, but not at a backend. */
  readonly lost: Counts
  /** Arrived once more: records of durable classes by `log.record.uid`, others by what they are. */
  readonly twice: Counts
  /** Records that came under more than one `log.record.uid`; there must be none. */
  readonly renamed: number
}

/** Counts what arrives at receivers from a service of `emit.mjs`. */
export class Arrivals {
  readonly #receivers: readonly Receiver[]
  readonly #read = new Map<readonly unknown[], number>()
  readonly #uids = new Map<string, unknown>()
  readonly #arrived: Record<string, number> = {}
  readonly #different: Record<string, number> = {}
  #renamed = 0

  constructor(...receivers: readonly Receiver[]) {
    this.#receivers = receivers
  }

  /** Whether all has arrived. */
  isComplete(emitted: Counts): boolean {
    this.#update()
    return COUNTED.every((name) => (this.#different[name] ?? 0) >= emitted[name])
  }

  compare(emitted: Counts): Outcome {
    this.#update()
    const different = (name: string): number => this.#different[name] ?? 0
    return {
      emitted,
      lost: countsOf((name) => emitted[name] - different(name)),
      twice: countsOf((name) => (this.#arrived[name] ?? 0) - different(name)),
      renamed: this.#renamed,
    }
  }

  /** How many of something are there by now. */
  count(name: keyof Counts): number {
    this.#update()
    return this.#different[name] ?? 0
  }

  /** Reads what has come since the last time: there may be hundreds of thousands. */
  #update(): void {
    for (const { logs, spans } of this.#receivers) {
      for (const list of [logs, spans]) {
        for (let at = this.#read.get(list) ?? 0; at < list.length; at++) this.#add(list[at]?.attributes ?? {})
        this.#read.set(list, list.length)
      }
    }
  }

  #add({ id, 'log.record.uid': uid }: ReceivedAttributes): void {
    if (typeof id !== 'string') return
    const name = id.slice(0, id.lastIndexOf('-'))
    this.#arrived[name] = (this.#arrived[name] ?? 0) + 1
    if (!this.#uids.has(id)) {
      this.#uids.set(id, uid)
      this.#different[name] = (this.#different[name] ?? 0) + 1
    } else if (this.#uids.get(id) !== uid) {
      this.#renamed++
    }
  }
}

function countsOf(count: (name: (typeof COUNTED)[number]) => number): Counts {
  return Object.fromEntries(COUNTED.map((name) => [name, count(name)])) as unknown as Counts
}
