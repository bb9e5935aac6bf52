import type { HistogramPoint, NumberPoint } from '@plutus/otlp'

/** What every series has: its attributes, and whether it says anything in the interval that runs. */
export interface Series {
  /** Of its attributes, see `AttributeSet`. */
  readonly key: string
  readonly attributePairs: readonly unknown[]
  /** Bytes that it takes at most as a point. */
  readonly weight: number
  startTime: number
  time: number
  isActive: boolean
}

// Tags, lengths, times and values of a point.
const POINT_BYTES = 64
const BYTES_PER_CHAR = 3
const BYTES_PER_BUCKET = 16

/** Value of an instrument for one set of attributes. It is a point to the encoder, so that collecting copies nothing. */
export class NumberSeries implements Series, NumberPoint {
  readonly key: string
  readonly attributePairs: readonly unknown[]
  readonly weight: number
  startTime: number
  time = 0
  isActive = false
  value = 0

  constructor(key: string, attributePairs: readonly unknown[], startTime: number) {
    this.key = key
    this.attributePairs = attributePairs
    this.weight = POINT_BYTES + key.length * BYTES_PER_CHAR
    this.startTime = startTime
  }
}

/** Value that callbacks observe for one set of attributes. */
export class ObservedSeries extends NumberSeries {
  /** What was observed last. */
  observed = 0
  /** What had been observed when a point was made last. */
  reported = 0
}

/** Distribution of values for one set of attributes. It is a point to the encoder. */
export class HistogramSeries implements Series, HistogramPoint {
  readonly key: string
  readonly attributePairs: readonly unknown[]
  readonly weight: number
  startTime: number
  time = 0
  isActive = false
  count = 0
  sum = 0
  min = Infinity
  max = -Infinity
  readonly bounds: Float64Array
  readonly bucketCounts: Float64Array

  constructor(key: string, attributePairs: readonly unknown[], startTime: number, bounds: Float64Array) {
    this.key = key
    this.attributePairs = attributePairs
    this.weight = POINT_BYTES + key.length * BYTES_PER_CHAR + bounds.length * BYTES_PER_BUCKET
    this.startTime = startTime
    this.bounds = bounds
    // Counts reach beyond 32 bits in a service that runs for a year.
    this.bucketCounts = new Float64Array(bounds.length + 1)
  }

  /** Counts a value into its bucket; a value that is a bound belongs below it. */
  record(value: number): void {
    this.count++
    this.sum += value
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    const { bounds } = this
    let low = 0
    let high = bounds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (value > (bounds[middle] as number)) low = middle + 1
      else high = middle
    }
    const counts = this.bucketCounts
    counts[low] = (counts[low] as number) + 1
  }

  /** Starts again from nothing. */
  reset(): void {
    this.count = 0
    this.sum = 0
    this.min = Infinity
    this.max = -Infinity
    this.bucketCounts.fill(0)
  }
}
