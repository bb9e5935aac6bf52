import { AsyncLocalStorage } from 'node:async_hooks'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { PoolSet } from './pool-set.ts'
import type { PoolKind, PoolState } from './pool-set.ts'
import { quietly } from './quietly.ts'

/** State of the connection pools of one name, told now and then. */
export interface PoolReport extends PoolState {
  /** `db.client.connection.pool.name`: `address:port/namespace`. */
  readonly name: string
  /** Seconds for which requests have been seen waiting for a connection: 0, or 1 and more. */
  readonly waitingSeconds: number
}

/** Hears of the state of pools. What it throws is dropped. */
export type PoolListener = (report: PoolReport) => void

/** What is remembered of a name. */
interface Told {
  state: PoolState
  tellableAt: number
  waitingSince: number | undefined
  isWaitTold: boolean
}

const LOOK_MILLIS = 500
const WAIT_MILLIS = 1_000
const AGAIN_WAITING_MILLIS = 10_000
const AGAIN_MILLIS = 60_000
/** Of all pools together in a minute; the ordinary reports may use half of them. */
const MAX_REPORTS = 60

// A timer keeps the context it is made in, and pools are first seen in the middle of a request.
const outsideOfRequests = AsyncLocalStorage.snapshot()
const watches = new WeakMap<PoolListener, PoolWatch>()

/** The watch of a listener: pools of one name are added up, whatever instrumentation saw them. */
export function poolWatchOf(listener: PoolListener): PoolWatch {
  let watch = watches.get(listener)
  if (watch === undefined) {
    watch = new PoolWatch(listener)
    watches.set(listener, watch)
  }
  return watch
}

/**
 * Looks at pools twice a second and tells a listener
 *
 * - that requests have been waiting at every look for a second, and then every ten seconds until none waits any more,
 * - else a state that has changed, at most once a minute for each name.
 *
 * Its timer runs only while there are pools, and keeps no process alive.
 */
export class PoolWatch {
  readonly #listener: PoolListener
  readonly #pools = new PoolSet()
  readonly #told = new Map<string, Told>()
  #timer: NodeJS.Timeout | undefined
  #minute = { endsAt: 0, reports: 0 }

  constructor(listener: PoolListener) {
    this.#listener = listener
  }

  /** Watches a pool until it ends or is gone; does nothing if it is watched already. Throws nothing. */
  track<T extends object>(pool: T, kind: PoolKind<T>): void {
    if (!this.#pools.add(pool, kind) || this.#timer !== undefined) return
    outsideOfRequests(() => {
      this.#timer = setInterval(() => this.look(performance.now()), LOOK_MILLIS).unref()
    })
  }

  /** Looks at every pool once; `now` is on the clock of `performance.now()`. Throws nothing. */
  look(now: number): void {
    quietly(() => {
      const states = this.#pools.statesByName()
      for (const name of this.#told.keys()) if (!states.has(name)) this.#told.delete(name)
      for (const [name, state] of states) this.#consider(name, state, now)
      if (!this.#pools.isEmpty) return
      clearInterval(this.#timer)
      this.#timer = undefined
    })
  }

  #consider(name: string, state: PoolState, now: number): void {
    const told = this.#told.get(name) ?? { state: NEVER, tellableAt: now, waitingSince: undefined, isWaitTold: false }
    this.#told.set(name, told)
    if (state.pending > 0) {
      told.waitingSince ??= now
      const waited = now - told.waitingSince
      // Shorter waits are what a pool is for.
      if (waited < WAIT_MILLIS || (told.isWaitTold && now < told.tellableAt)) return
      if (!this.#tell({ ...state, name, waitingSeconds: waited / 1_000 }, now, MAX_REPORTS)) return
      Object.assign(told, { state, tellableAt: now + AGAIN_WAITING_MILLIS, isWaitTold: true })
      return
    }
    const isOver = told.isWaitTold // the end of what was told is told at once
    told.waitingSince = undefined
    if (!isOver && (now < told.tellableAt || isSame(state, told.state))) return
    if (!this.#tell({ ...state, name, waitingSeconds: 0 }, now, isOver ? MAX_REPORTS : MAX_REPORTS / 2)) return
    Object.assign(told, { state, tellableAt: now + AGAIN_MILLIS, isWaitTold: false })
  }

  #tell(report: PoolReport, now: number, limit: number): boolean {
    if (now >= this.#minute.endsAt) this.#minute = { endsAt: now + 60_000, reports: 0 }
    if (this.#minute.reports >= limit) return false
    this.#minute.reports += 1
    quietly(() => context.with(ROOT_CONTEXT, this.#listener, undefined, report))
    return true
  }
}

const NEVER: PoolState = { used: -1, idle: -1, pending: -1 }

function isSame(one: PoolState, other: PoolState): boolean {
  return one.used === other.used && one.idle === other.idle && one.max === other.max
}
