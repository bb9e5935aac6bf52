import { openJournal } from '@plutus/journal'
import { loadBuiltin } from '../delivery/builtins.ts'
import type { ExportEvents, ExportTarget } from '../delivery/exporter.ts'
import { createLocalSender } from '../delivery/local-sender.ts'
import type { Outcome } from '../delivery/losses.ts'
import type { PackedBatch } from '../delivery/packed-batch.ts'
import { closeAdopted, openAdopted } from './adopted-directory.ts'
import type { AdoptedDirectory } from './adopted-directory.ts'
import { isDiskFull } from './disk-full.ts'
import { findParts, judgeOwner } from './inspect-spool.ts'
import { innerOf, INSTANCE, spreadInner, takeDirectory } from './instance-directory.ts'
import { LEASE_TIMES, LeaseWatch, readLease } from './lease.ts'
import type { LeaseTimes } from './lease.ts'
import { Ledger } from './ledger.ts'
import type { Entry } from './ledger.ts'
import { OwnDirectory } from './own-directory.ts'
import type { DeadDirectory, OwnDirectoryOptions } from './own-directory.ts'
import { writeLabel } from './spool-frame.ts'
import { judge } from './verdict.ts'

const HOLD_MILLIS = 1000

/** How a spool is flushed. */
export interface FlushOptions {
  /** A spool, the part of one process in it, or a directory with several spools. */
  readonly path: string
  /** Keys of 32 bytes that may decrypt it; the first encrypts what is set aside. */
  readonly keys: readonly Uint8Array[]
  /** Where to, and how long to try. */
  readonly targets: readonly ExportTarget[]
  readonly userAgent: string
  /** Whether to send also what an endpoint has refused before. @defaultValue false */
  readonly withRefused?: boolean
  readonly onProgress?: (progress: FlushProgress) => void
  /** Is told, as a line, why something does not go on. */
  readonly warn: (line: string) => void
  /** @defaultValue what is right for services */
  readonly times?: LeaseTimes
}

/** How far a flush is. */
export interface FlushProgress {
  /** `watching` directories of which it is not known whether their owner lives, or `sending`. */
  readonly step: 'watching' | 'sending'
  readonly doneBytes: number
  readonly totalBytes: number
}

/** What a flush has done. */
export interface FlushResult {
  /** Records that the endpoint took. */
  readonly delivered: number
  /** Records that it refuses for good; those of durable classes are kept. */
  readonly refused: number
  /** Parts with something left that could not be sent. */
  readonly left: readonly string[]
  /** Parts that were not touched, since their owner lives and sends them itself. */
  readonly alive: readonly string[]
}

/**
 * Sends what dead processes left, in its order, and removes what has arrived. Parts are taken over as a service would:
 * of several who try one gets each, and what is not sent is left to the next one.
 *
 * @throws if the directory cannot be read.
 */
export async function flushSpools(options: FlushOptions): Promise<FlushResult> {
  const { dirname, basename } = loadBuiltin('node:path')
  const chosen = findParts(options.path).filter((part) => !INSTANCE.test(basename(dirname(part))))
  const results: FlushResult[] = []
  const hold = setInterval(() => {}, HOLD_MILLIS) // sockets that telemetry goes through hold no process
  try {
    for (const root of new Set(chosen.map((part) => dirname(part)))) {
      const names = chosen.filter((part) => dirname(part) === root).map((part) => basename(part))
      results.push(await new Flush(root, options).run(names))
    }
  } finally {
    clearInterval(hold)
  }
  return {
    delivered: results.reduce((sum, { delivered }) => sum + delivered, 0),
    refused: results.reduce((sum, { refused }) => sum + refused, 0),
    left: results.flatMap(({ left }) => left),
    alive: results.flatMap(({ alive }) => alive),
  }
}

/** Flushes the parts of one spool. */
class Flush {
  readonly #root: string
  readonly #options: FlushOptions
  readonly #waiting = new Map<number, (outcomes: readonly Outcome[]) => void>()
  readonly #sender: ReturnType<typeof createLocalSender>
  #own: OwnDirectory | undefined
  /** One that could not be had, since there is no room for another name. */
  #spare: DeadDirectory | undefined
  #lastId = 0
  #delivered = 0
  #refused = 0
  #doneBytes = 0
  #totalBytes = 0

  constructor(root: string, options: FlushOptions) {
    this.#root = root
    this.#options = options
    const { targets, userAgent, warn } = options
    const settings = { targets, userAgent, resource: new Uint8Array(0) }
    const events: ExportEvents = {
      onDone: (id, outcomes) => {
        this.#waiting.get(id)?.(outcomes)
        this.#waiting.delete(id)
      },
      onSuccess: () => {},
      onFailure: () => {},
      onGiveUp: () => {},
    }
    this.#sender = createLocalSender(settings, warn, events, 'stays on disk')
  }

  async run(names: readonly string[]): Promise<FlushResult> {
    const adopted: AdoptedDirectory[] = []
    const alive: string[] = []
    for (let some = names; some.length > 0;) {
      const judged = await this.#judge(some)
      alive.push(...judged.alive)
      // What the dead had taken over themselves stands beside them once they are taken over.
      const inner = judged.dead.flatMap((name) => innerOf(`${this.#root}/${name}`))
      adopted.push(...this.#take(judged.dead))
      some = inner.filter((name) => loadBuiltin('node:fs').existsSync(`${this.#root}/${name}`))
    }
    const left: string[] = []
    try {
      this.#totalBytes = adopted.flatMap(({ ledgers }) => ledgers).reduce((sum, ledger) => sum + sizeOf(ledger), 0)
      // That of this process last, since it holds the others.
      adopted.sort((one, other) => Number(one.path === this.#own?.path) - Number(other.path === this.#own?.path))
      for (const directory of adopted) if (!(await this.#send(directory))) left.push(this.#giveBack(directory))
    } finally {
      this.#own?.close()
    }
    const paths = alive.map((name) => `${this.#root}/${name}`)
    return { delivered: this.#delivered, refused: this.#refused, left, alive: paths }
  }

  /** Tells the dead from the living, some of them by watching for a while. */
  async #judge(names: readonly string[]): Promise<{ readonly dead: readonly string[]; readonly alive: string[] }> {
    const times = this.#options.times ?? LEASE_TIMES
    const watch = new LeaseWatch(times)
    const dead: string[] = []
    const alive: string[] = []
    let unknown = [...names]
    for (;;) {
      unknown = unknown.filter((name) => {
        const path = `${this.#root}/${name}`
        const owner = judgeOwner(path)
        const fate = owner === 'unknown' ? watch.look(name, readLease(path)) : owner
        if (fate === 'dead' || fate === 'gone') dead.push(name)
        else if (fate === 'alive') alive.push(name)
        return fate === 'silent'
      })
      if (unknown.length === 0) return { dead: dead.sort(), alive }
      this.#progress('watching')
      await new Promise((resolve) => setTimeout(resolve, times.renew))
    }
  }

  #take(names: readonly string[]): AdoptedDirectory[] {
    const { keys, warn } = this.#options
    const journals = { sync: 'interval' as const, keys }
    const tell = (error: unknown): void => warn(error instanceof Error ? error.message : 'a journal cannot be opened')
    return names.flatMap((name) => {
      const seen = readLease(`${this.#root}/${name}`)
      const isFirst = this.#own === undefined
      const own = this.#openOwn({ name, lease: seen })
      if (own === undefined) return []
      // On a full disk the first one is that of this process now.
      if (isFirst && own.ledgers.length > 0) {
        const inner = innerOf(own.path).map((each) => openAdopted(`${own.path}/${each}`, journals, tell))
        return [...inner, { path: own.path, ledgers: own.ledgers }]
      }
      const path = `${own.path}/${name}`
      if (takeDirectory(this.#root, name, path, seen) !== 'taken') return []
      const inner = spreadInner(path, this.#root).map((each) => openAdopted(`${path}/${each}`, journals, tell))
      return [...inner, openAdopted(path, journals, tell)]
    })
  }

  /**
   * A directory of its own keeps what was taken from others who would take it too. On a full disk it is the one given.
   *
   * @returns nothing if that one could not be had, so that the next one has to be tried. @throws if there can be none.
   */
  #openOwn(dead: DeadDirectory): OwnDirectory | undefined {
    const options: OwnDirectoryOptions = {
      root: this.#root,
      isThread: false,
      resource: () => new Uint8Array(0), // nothing is recorded in it
      journals: { sync: 'interval', keys: this.#options.keys },
      times: this.#options.times ?? LEASE_TIMES,
      onLost: () => {},
    }
    try {
      this.#own ??= OwnDirectory.make(options)
    } catch (error) {
      if (!isDiskFull(error)) throw error
      const own = OwnDirectory.inherit(options, dead, this.#spare)
      this.#spare = own === 'full' ? dead : undefined
      if (typeof own !== 'string') this.#own = own
    }
    return this.#own
  }

  /** Sends a directory; says whether nothing of it is left. */
  async #send({ path, ledgers }: AdoptedDirectory): Promise<boolean> {
    const open = [...ledgers]
    for (const ledger of ledgers) {
      if (ledger.kind === 'refused' && this.#options.withRefused !== true) continue
      if (!(await this.#sendLedger(ledger, { path, ledgers: open }))) break
    }
    return closeAdopted({ path, ledgers: open })
  }

  async #sendLedger(ledger: Ledger, directory: OpenDirectory): Promise<boolean> {
    for (let next = ledger.next(performance.now()); next !== undefined; next = ledger.next(performance.now())) {
      if (next === 'unfinished') continue
      const { entry, batch } = next
      const verdict = judge(await this.#bring(batch))
      const refused = verdict.refused.reduce((sum, [from, to]) => sum + to - from, 0)
      // What is refused a second time stays where it is.
      if (!verdict.isSettled || (refused > 0 && ledger.kind === 'refused')) {
        entry.state = 'disk'
        return false
      }
      if (refused > 0 && ledger.kind === 'durable') this.#setAside(ledger, entry, batch, verdict.refused, directory)
      this.#delivered += verdict.counted.reduce(
        (sum, { reason, count }) => (reason === undefined ? sum + count : sum),
        0,
      )
      this.#refused += refused
      this.#doneBytes += entry.end - entry.start
      ledger.finish(entry)
      ledger.acknowledge()
      this.#progress('sending')
    }
    ledger.acknowledge() // what a main thread had delivered for its thread
    return ledger.isDone
  }

  #bring(batch: PackedBatch): Promise<readonly Outcome[]> {
    return new Promise((resolve) => {
      const id = ++this.#lastId
      this.#waiting.set(id, resolve)
      this.#sender.send({ id, batch, size: batch.bytes.length })
    })
  }

  /** Keeps durable records that the endpoint refuses for good, beside the others of their process. */
  #setAside(
    ledger: Ledger,
    entry: Entry,
    { resource = new Uint8Array(0) }: PackedBatch,
    refused: readonly (readonly [from: number, to: number])[],
    { path, ledgers }: OpenDirectory,
  ): void {
    let target = ledgers.find(({ kind }) => kind === 'refused')
    if (target === undefined) {
      const label = writeLabel('refused', resource)
      target = new Ledger('refused', openJournal({ directory: `${path}/refused`, label, keys: this.#options.keys }))
      ledgers.push(target)
    }
    let at = 0
    for (const { bytes } of ledger.framesOf(entry)) {
      if (refused.some(([from, to]) => at >= from && at < to)) target.journal.append(bytes)
      at++ // of a durable journal each frame is one record
    }
  }

  /** Puts a part back where the next process of its service finds it. */
  #giveBack({ path }: AdoptedDirectory): string {
    const { basename } = loadBuiltin('node:path')
    const place = `${this.#root}/${basename(path)}`
    try {
      loadBuiltin('node:fs').renameSync(path, place)
      return place
    } catch {
      return path // it is found by whoever takes over the directory that it is in
    }
  }

  #progress(step: FlushProgress['step']): void {
    this.#options.onProgress?.({ step, doneBytes: this.#doneBytes, totalBytes: this.#totalBytes })
  }
}

/** A directory that was taken over, to which journals may be added. */
interface OpenDirectory {
  readonly path: string
  readonly ledgers: Ledger[]
}

function sizeOf({ journal }: Ledger): number {
  return journal.end - journal.acknowledged
}

// As Node made it: a test of the application may replace it.
const { clearInterval, setInterval, setTimeout } = globalThis
