import { loadBuiltin } from '../delivery/builtins.ts'
import { LeaseWatch, parseLease, readLease } from './lease.ts'
import type { LeaseTimes } from './lease.ts'
import { closeAdopted, INSTANCE, openAdopted, takeDirectory } from './own-directory.ts'
import type { AdoptedDirectory, JournalSettings } from './own-directory.ts'
import { findProcess } from './owner-process.ts'
import { findFault } from './private-directory.ts'

/** What an adoption is made of. */
export interface AdoptionOptions {
  readonly root: string
  readonly times: LeaseTimes & { readonly scan: number }
  readonly journals: JournalSettings
  /** The directory of this process, made if need be; `undefined` if there can be none. */
  readonly own: () => string | undefined
  /** The same, if it has been made. */
  readonly ownPath: () => string | undefined
  /** A directory was taken over. */
  readonly onAdopted: () => void
  readonly onFailure: (error: unknown) => void
}

// Each has files open; the others wait until these are sent.
const MAX_ADOPTED = 16

const MORE_MILLIS = 200

// As Node made them: a test of the application may replace them.
const { setTimeout } = globalThis

/** Takes over what dead processes left in the directory that processes of a service share. Throws nothing. */
export class Adoption {
  readonly #options: AdoptionOptions
  readonly #watch: LeaseWatch
  #adopted: AdoptedDirectory[] = []

  constructor(options: AdoptionOptions) {
    this.#options = options
    this.#watch = new LeaseWatch(options.times)
  }

  /** What was taken over and is still needed, the oldest first. */
  get adopted(): readonly AdoptedDirectory[] {
    return this.#adopted
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

  /** Takes over what is known to be dead. Returns whether there is more to be found out. */
  #look(names: readonly string[]): 'nothing' | 'silent' | 'more' {
    const { root, ownPath, onAdopted } = this.#options
    if (findFault(root) !== undefined) return 'nothing'
    const found = names.filter((name) => INSTANCE.test(name) && `${root}/${name}` !== ownPath()).sort()
    this.#watch.retain(new Set(found))
    let isSilent = false
    let isAny = false
    let isFull = false
    for (const name of found) {
      isFull = this.#adopted.filter(isNeeded).length >= MAX_ADOPTED
      if (isFull) break
      const text = readLease(`${root}/${name}`)
      const fate = this.#judge(name, text)
      if (fate === 'dead') isAny = this.#take(name, text) || isAny
      else if (fate === 'silent') isSilent = true
    }
    if (isAny) onAdopted()
    // What the dead had taken over themselves.
    if (isAny || isFull) return 'more'
    return isSilent ? 'silent' : 'nothing'
  }

  #judge(name: string, text: string | undefined): 'alive' | 'silent' | 'dead' {
    const content = text === undefined ? undefined : parseLease(text)
    const found = content?.process === undefined ? 'unknown' : findProcess(content.process)
    if (found === 'gone') return 'dead'
    // A thread may have ended before its process.
    if (found === 'alive' && content?.isThread === false) return 'alive'
    return this.#watch.look(name, text)
  }

  #take(name: string, text: string | undefined): boolean {
    const { root, own, journals, onFailure } = this.#options
    const into = own()
    if (into === undefined) return false
    const path = takeDirectory(root, name, into, text)
    if (path === undefined) return false
    this.#adopted.push(openAdopted(path, journals, onFailure))
    return true
  }
}

/** Whether something is left to be sent. */
function isNeeded({ ledgers }: AdoptedDirectory): boolean {
  return ledgers.some(({ kind, isDone }) => kind !== 'refused' && !isDone)
}
