import { inspect, types } from 'node:util'
import { context as contextApi, ROOT_CONTEXT } from '@opentelemetry/api'
import type { BatchObservableCallback, ObservableCallback } from '@opentelemetry/api'
import { ObservableInstrument } from './observable-instrument.ts'
import { Observer } from './observer.ts'
import type { Troubles } from './troubles.ts'

/** A callback with the instruments that it may observe. */
export type Registration =
  | { readonly kind: 'single'; readonly callback: ObservableCallback; readonly observables: readonly unknown[] }
  | { readonly kind: 'batch'; readonly callback: BatchObservableCallback; readonly observables: readonly unknown[] }

interface Entry {
  readonly registration: Registration
  readonly observables: ReadonlySet<ObservableInstrument>
  /** What it returned for an earlier collection, until that has settled. */
  running: object | undefined
}

/** Callbacks that run for one collection. */
export interface ObservationRound {
  /** Whether there are any. */
  readonly isAny: boolean
  /** Settles, and never rejects, when the asynchronous callbacks have; undefined if there are none. */
  readonly settled: Promise<unknown> | undefined
  /** Ends the round: what is observed from now on is ignored, and what has not settled is counted. */
  close(): void
}

// Callbacks come from program text; a program that adds one per request must not fill the memory.
const MAX_CALLBACKS = 10_000

/** The callbacks of a provider's observable instruments. */
export class CallbackRegistry {
  readonly #troubles: Troubles
  readonly #entries: Entry[] = []
  #isCalling = false

  constructor(troubles: Troubles) {
    this.#troubles = troubles
  }

  /** Adds a callback, unless it is there for the same instruments. */
  add(registration: Registration): void {
    const observables = observablesOf(registration)
    if (typeof registration.callback !== 'function' || observables.size === 0) {
      this.#troubles.warn('A callback of observable instruments must be a function, and name instruments of this SDK')
      return
    }
    if (this.#find(registration, observables) >= 0) return
    if (this.#entries.length >= MAX_CALLBACKS) {
      this.#troubles.lose('callback_failed')
      this.#troubles.warn(`There are ${MAX_CALLBACKS} callbacks of observable instruments; further ones never run`)
      return
    }
    this.#entries.push({ registration, observables, running: undefined })
  }

  /** Removes a callback that was added for the same instruments. */
  remove(registration: Registration): void {
    const at = this.#find(registration, observablesOf(registration))
    if (at >= 0) this.#entries.splice(at, 1)
  }

  /** Runs the callbacks: all of them up to their first `await` before this returns. Never throws. */
  run(): ObservationRound {
    const observers: Observer[] = []
    const promises: Promise<void>[] = []
    const unfinished = new Set<object>()
    // A callback may ask for a collection, or remove itself.
    const entries = this.#isCalling ? [] : this.#entries.slice()
    const isOutermost = !this.#isCalling
    this.#isCalling = true
    for (const entry of entries) {
      if (entry.running !== undefined && !isSettled(entry.running)) {
        unfinished.add(entry.running)
        this.#troubles.warn(`A callback of ${namesOf(entry)} does not end; it is not called again before it has`)
        continue
      }
      const observer = new Observer(entry.observables)
      observers.push(observer)
      const returned = this.#start(entry, observer)
      if (returned === undefined) continue
      unfinished.add(returned)
      promises.push(this.#finish(entry, returned).then(() => void unfinished.delete(returned)))
    }
    if (isOutermost) this.#isCalling = false
    return {
      isAny: observers.length > 0,
      settled: promises.length === 0 ? undefined : Promise.all(promises),
      close: () => {
        for (const observer of observers) observer.close()
        const pending = [...unfinished].filter((returned) => !isSettled(returned)).length
        if (pending > 0) this.#troubles.lose('callback_unfinished', pending)
        unfinished.clear()
      },
    }
  }

  /** Calls a callback. Returns the promise, if it gives one. */
  #start(entry: Entry, observer: Observer): object | undefined {
    const { registration } = entry
    try {
      // Nothing of whoever happens to collect belongs to what the callback does.
      const returned: unknown = contextApi.with(ROOT_CONTEXT, () =>
        registration.kind === 'single' ? registration.callback(observer.single) : registration.callback(observer.batch),
      )
      if (typeof returned !== 'object' || returned === null || !('then' in returned)) return undefined
      entry.running = returned
      return returned
    } catch {
      this.#fail(entry)
      return undefined
    }
  }

  /** Settles when the callback has, and never rejects. */
  async #finish(entry: Entry, returned: object): Promise<void> {
    try {
      await (returned as PromiseLike<unknown>)
    } catch {
      this.#fail(entry)
    } finally {
      if (entry.running === returned) entry.running = undefined
    }
  }

  #fail(entry: Entry): void {
    this.#troubles.lose('callback_failed')
    this.#troubles.warn(`A callback of ${namesOf(entry)} threw; it is called again at the next collection`)
  }

  #find({ kind, callback }: Registration, observables: ReadonlySet<unknown>): number {
    return this.#entries.findIndex(
      (entry) =>
        entry.registration.kind === kind &&
        entry.registration.callback === callback &&
        entry.observables.size === observables.size &&
        [...entry.observables].every((observable) => observables.has(observable)),
    )
  }
}

function namesOf({ observables }: Entry): string {
  return [...observables].map(ObservableInstrument.nameOf).join(', ')
}

function observablesOf({ observables }: Registration): ReadonlySet<ObservableInstrument> {
  const all: unknown = observables
  return new Set(Array.isArray(all) ? all.filter((one) => one instanceof ObservableInstrument) : [])
}

// A collection at the end of the process has no turn left in which a promise could tell that it has settled: an
// asynchronous callback that waits for nothing has, all the same.
function isSettled(returned: object): boolean {
  return types.isPromise(returned) && !inspect(returned, { customInspect: false, depth: 0 }).includes('<pending>')
}
