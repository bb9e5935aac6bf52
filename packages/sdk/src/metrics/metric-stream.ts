import type { MetricSnapshot } from '@plutus/otlp'
import type { InstrumentDescription } from './instrument-description.ts'
import type { Temporality } from './temporality.ts'
import type { Troubles } from './troubles.ts'

/** What an instrument's measurements become. */
export interface MetricStream {
  readonly description: InstrumentDescription
  /** Under `cumulative` a collection tells again what the one before has told. */
  readonly temporality: Temporality
  /**
   * Hands over its metric, if there is anything to tell, and begins the next interval. It yields after each part, with
   * the points that `emit` took; what is recorded meanwhile goes on.
   */
  report(time: number, emit: EmitMetric): Generator<number, void>
}

/** Takes a part of a metric, which is valid until it returns, and tells how many points it took. Must not throw. */
export type EmitMetric = (part: MetricSnapshot) => number

/** What streams of one provider share. */
export interface StreamHome {
  /** Unix time in milliseconds, which never runs backwards. */
  readonly now: () => number
  readonly cardinalityLimit: number
  readonly troubles: Troubles
}
