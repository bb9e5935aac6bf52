import { quietly } from './quietly.ts'

/** Connections of a pool at one moment. */
export interface PoolState {
  readonly used: number
  readonly idle: number
  /** Requests that wait for a connection. */
  readonly pending: number
  /** The most connections allowed; `undefined` if there is no bound. */
  readonly max?: number | undefined
}

/** How a kind of pool is read. */
export interface PoolKind<T extends object> {
  /** Name of the pool, the same for pools of the same server and database. */
  name(pool: T): string
  /** What the pool holds now; `undefined` once it has ended. */
  read(pool: T): PoolState | undefined
}

interface TrackedPool {
  readonly name: string
  read(): PoolState | undefined
}

/** Pools that have not ended, none of them kept alive. */
export class PoolSet {
  readonly #known = new WeakSet()
  readonly #tracked = new Set<TrackedPool>()

  /** Whether there is none left, as far as the last reading knows. */
  get isEmpty(): boolean {
    return this.#tracked.size === 0
  }

  /** Adds a pool until it ends or is gone; `false` if it is known already or cannot be named. Throws nothing. */
  add<T extends object>(pool: T, kind: PoolKind<T>): boolean {
    if (this.#known.has(pool)) return false
    let isAdded = false
    quietly(() => {
      this.#known.add(pool)
      this.#tracked.add(trackWeakly(kind.name(pool), new WeakRef(pool), kind))
      isAdded = true
    })
    return isAdded
  }

  /** Reads them all. Pools of one name are one series of telemetry, so their states are added up. */
  statesByName(): Map<string, PoolState> {
    const states = new Map<string, PoolState>()
    for (const pool of this.#tracked) {
      let state: PoolState | undefined
      quietly(() => {
        state = pool.read()
      })
      if (state === undefined) {
        this.#tracked.delete(pool)
        continue
      }
      const other = states.get(pool.name)
      states.set(pool.name, other === undefined ? state : addStates(state, other))
    }
    return states
  }
}

/** A function of its own: a closure made where the pool is in scope would keep it alive. */
function trackWeakly<T extends object>(name: string, reference: WeakRef<T>, kind: PoolKind<T>): TrackedPool {
  return {
    name,
    read: () => {
      const pool = reference.deref()
      return pool === undefined ? undefined : kind.read(pool)
    },
  }
}

function addStates(one: PoolState, other: PoolState): PoolState {
  return {
    used: one.used + other.used,
    idle: one.idle + other.idle,
    pending: one.pending + other.pending,
    max: one.max === undefined || other.max === undefined ? undefined : one.max + other.max,
  }
}
