import { ValueType } from '@opentelemetry/api'
import type { BatchObservableResult, Meter } from '@opentelemetry/api'
import {
  ATTR_CONNECTION_STATE,
  ATTR_POOL_NAME,
  METRIC_CONNECTION_COUNT,
  METRIC_CONNECTION_MAX,
  METRIC_CONNECTION_PENDING,
} from './attributes.ts'
import { PoolSet } from './pool-set.ts'
import type { PoolKind, PoolState } from './pool-set.ts'
import { quietly } from './quietly.ts'

const EMPTY: PoolState = { used: 0, idle: 0, pending: 0 }

/** Observes connection pools when metrics are collected, without keeping any pool alive. */
export class PoolMetrics {
  readonly #meter: Meter
  readonly #pools = new PoolSet()
  #reported: ReadonlyMap<string, PoolState> = new Map()
  #isObserving = false

  constructor(meter: Meter) {
    this.#meter = meter
  }

  /** Observes a pool until it ends or is gone; does nothing if it is observed already. Throws nothing. */
  track<T extends object>(pool: T, kind: PoolKind<T>): void {
    if (this.#pools.add(pool, kind)) quietly(() => this.#observe())
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
      const states = this.#pools.statesByName()
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
}
