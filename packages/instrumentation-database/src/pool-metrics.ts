import { ValueType } from '@opentelemetry/api'
import type { BatchObservableResult, Meter } from '@opentelemetry/api'
import {
  ATTR_CONNECTION_STATE,
  ATTR_POOL_NAME,
  METRIC_CONNECTION_COUNT,
  METRIC_CONNECTION_MAX,
  METRIC_CONNECTION_PENDING,
} from './attributes.ts'
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

const EMPTY: PoolState = { used: 0, idle: 0, pending: 0 }

/** Observes connection pools when metrics are collected, without keeping any pool alive. */
export class PoolMetrics {
  readonly #meter: Meter
  readonly #known = new WeakSet()
  readonly #tracked = new Set<TrackedPool>()
  #reported: ReadonlyMap<string, PoolState> = new Map()
  #isObserving = false

  constructor(meter: Meter) {
    this.#meter = meter
  }

  /** Observes a pool until it ends or is gone; does nothing if it is observed already. Throws nothing. */
  track<T extends object>(pool: T, kind: PoolKind<T>): void {
    if (this.#known.has(pool)) return
    quietly(() => {
      this.#known.add(pool)
      this.#tracked.add(trackWeakly(kind.name(pool), new WeakRef(pool), kind))
      this.#observe()
    })
  }

  #observe(): void {
    if (this.#isObserving) return
    this.#isObserving = true
    const options = { valueType: ValueType.INT }
    const count = this.#meter.createObservableUpDownCounter(METRIC_CONNECTION_COUNT, {
      ...options,
      description: 'The number of connections that are currently in state described by the state attribute.',
      unit: '{connection}',
    })
    const max = this.#meter.createObservableUpDownCounter(METRIC_CONNECTION_MAX, {
      ...options,
      description: 'The maximum number of open connections allowed.',
      unit: '{connection}',
    })
    const pending = this.#meter.createObservableUpDownCounter(METRIC_CONNECTION_PENDING, {
      ...options,
      description: 'The number of current pending requests for an open connection.',
      unit: '{request}',
    })
    const report = (result: BatchObservableResult): void => {
      const states = this.#statesByName()
      // An SDK may repeat the last value of a series that is observed no more, so the end of one is told once.
      const ended = [...this.#reported].filter(([name]) => !states.has(name))
      this.#reported = new Map(states)
      for (const [name, { max: bound }] of ended) states.set(name, { ...EMPTY, max: bound === undefined ? bound : 0 })
      for (const [name, state] of states) {
        const attributes = { [ATTR_POOL_NAME]: name }
        result.observe(count, state.used, { ...attributes, [ATTR_CONNECTION_STATE]: 'used' })
        result.observe(count, state.idle, { ...attributes, [ATTR_CONNECTION_STATE]: 'idle' })
        result.observe(pending, state.pending, attributes)
        if (state.max !== undefined) result.observe(max, state.max, attributes)
      }
    }
    this.#meter.addBatchObservableCallback(report, [count, max, pending])
  }

  /** Pools of one name are one set of attributes, so their states are added up. */
  #statesByName(): Map<string, PoolState> {
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
