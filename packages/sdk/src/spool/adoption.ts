import { loadBuiltin } from '../delivery/builtins.ts'
import { closeAdopted, openAdoptedInSteps } from './adopted-directory.ts'
import type { AdoptedDirectory, JournalSettings } from './adopted-directory.ts'
import { findOwner, innerOf, INSTANCE, spreadInner, takeDirectory } from './instance-directory.ts'
import { LeaseWatch, readLease } from './lease.ts'
import type { LeaseTimes } from './lease.ts'
import type { DeadDirectory } from './own-directory.ts'
import { findFault } from './private-directory.ts'

/** What an adoption is made of. */
export interface AdoptionOptions {
  readonly root: string
  readonly times: LeaseTimes & { readonly scan: number }
  readonly journals: JournalSettings
  /** The directory of this process, made if need be; `undefined` if there can be none. */
  readonly own: () => string | undefined
  /** Makes a directory whose owner is dead that of this process, where there is no room for one. Returns its path, if it is. */
  readonly inherit: (dead: DeadDirectory) => string | undefined
  /** The same, if it has been made. */
  readonly ownPath: () => string | undefined
  /** Whether there is so little room that everything that can be dropped has to be found. */
  readonly isCrowded: () => boolean
  /** A directory was taken over. */
  readonly onAdopted: () => void
  readonly onFailure: (error: unknown) => void
}

// The others wait until these are sent; so many, too, are taken in one turn of the event loop.
const MAX_ADOPTED = 16

const MORE_MILLIS = 200
// Files that are opened in one turn of the event loop, which stays short.
const STEP_FILES = 32

// As Node made them: a test of the application may replace them.
const { setTimeout } = globalThis

/** Takes over what dead processes left in the directory that processes of a service share. Throws nothing. */
export class Adoption {
  readonly #options: AdoptionOptions
  readonly #watch: LeaseWatch
  #adopted: AdoptedDirectory[] = []
  /** Directories that have been taken over and are not open yet, in the order in which they were. */
  #opening: Generator<undefined, AdoptedDirectory>[] = []
  #isScheduled = false

  constructor(options: AdoptionOptions) {
    this.#options = options
    this.#watch = new LeaseWatch(options.times)
  }

  /** What was taken over and is still needed, the oldest first. */
  get adopted(): readonly AdoptedDirectory[] {
    return this.#adopted
  }

  /** Whether nothing of others is here. */
  get isEmpty(): boolean {
    return this.#adopted.length + this.#opening.length === 0
  }

  /** Looks for directories, from now on now and then. */
  begin(): void {
    const { times } = this.#options
    // Without waiting for the disk: the directory may be on another machine.
    loadBuiltin('node:fs').readdir(this.#options.root, (error, names) => {
      const found = error === null ? this.#look(names) : 'nothing'
      const wait = { nothing: times.scan, silent: times.renew, more: MORE_MILLIS }[found]
      setTimeout(() => this.begin(), wait).unref()
    })
  }

  /** Gives back what nobody needs any more. */
  release(): void {
    const done = this.#adopted.filter(({ ledgers }) => ledgers.every((ledger) => ledger.isDone))
    if (done.length === 0) return
    this.#adopted = this.#adopted.filter((directory) => !done.includes(directory))
    for (const directory of done) closeAdopted(directory)
  }

  /** Forgets all of it: it is in a directory that was removed or taken. */
  abandon(): void {
    this.#opening = []
    for (const { ledgers } of this.#adopted) for (const { journal } of ledgers) journal.close()
    this.#adopted = []
  }

  /** Takes over what is known to be dead. Returns whether there is more to be found out. */
  #look(names: readonly string[]): 'nothing' | 'silent' | 'more' {
    const { root, ownPath, isCrowded } = this.#options
    if (findFault(root) !== undefined) return 'nothing'
    const found = names.filter((name) => INSTANCE.test(name) && `${root}/${name}` !== ownPath()).sort()
    this.#watch.retain(new Set(found))
    let isSilent = false
    let taken = 0
    let isFull = false
    for (const name of found) {
      const needed = this.#adopted.filter(isNeeded).length + this.#opening.length
      isFull = taken >= MAX_ADOPTED || (needed >= MAX_ADOPTED && !isCrowded())
      if (isFull) break
      const text = readLease(`${root}/${name}`)
      const fate = this.#judge(name, text)
      if (fate === 'dead') taken += this.#take(name, text) ? 1 : 0
      else if (fate === 'silent') isSilent = true
    }
    if (taken > 0 && !this.#isScheduled) this.#openNext()
    // What the dead had taken over themselves.
    if (taken > 0 || isFull) return 'more'
    return isSilent ? 'silent' : 'nothing'
  }

  #judge(name: string, text: string | undefined): 'alive' | 'silent' | 'dead' {
    const found = findOwner(name, text)
    if (found === 'gone') return 'dead'
    if (found === 'alive') return 'alive'
    return this.#watch.look(name, text)
  }

  #take(name: string, text: string | undefined): boolean {
    const { root, own, inherit } = this.#options
    const into = own()
    if (into === undefined) {
      const path = inherit({ name, lease: text })
      if (path === undefined) return false
      for (const inner of innerOf(path)) this.#open(`${path}/${inner}`)
      this.#options.onAdopted() // what is in it itself
      return true
    }
    const path = `${into}/${name}`
    if (takeDirectory(root, name, path, text) !== 'taken') return false
    this.#open(path)
    for (const inner of spreadInner(path, root)) this.#open(`${path}/${inner}`)
    return true
  }

  #step(): IteratorResult<undefined, AdoptedDirectory> | undefined {
    try {
      return this.#opening[0]?.next()
    } catch (error) {
      this.#opening.shift()
      this.#options.onFailure(error)
      return undefined
    }
  }

  #open(path: string): void {
    const { journals, onFailure } = this.#options
    this.#opening.push(openAdoptedInSteps(path, journals, onFailure))
  }

  /** Opens what was taken over: as much as one turn of the event loop may, and the rest in turns to come. */
  #openNext(): void {
    this.#isScheduled = false
    let isAny = false
    for (let files = 0; files < STEP_FILES; files++) {
      const opening = this.#opening[0]
      const step = this.#step()
      // At a step it may turn out that all of it is gone.
      if (step === undefined || this.#opening[0] !== opening) break
      if (step.done !== true) continue
      this.#opening.shift()
      this.#adopted.push(step.value)
      isAny = true
    }
    if (isAny) this.#options.onAdopted()
    if (this.#opening.length === 0) return
    this.#isScheduled = true
    setTimeout(() => this.#openNext(), 0).unref()
  }
}

/** Whether something is left to be sent. */
function isNeeded({ ledgers }: AdoptedDirectory): boolean {
  return ledgers.some(({ kind, isDone }) => kind !== 'refused' && !isDone)
}
