import { readAttributeSet } from './attribute-set.ts'
import type { AttributeSet } from './attribute-set.ts'
import { detachText } from './detach-text.ts'
import { PathCache } from './path-cache.ts'
import type { Series } from './series.ts'
import type { Troubles } from './troubles.ts'

/** How a table makes series, and how many. */
export interface SeriesTableOptions<S extends Series> {
  /** Instrument that the series are of, for what is told. */
  readonly name: string
  readonly create: (key: string, attributePairs: readonly unknown[]) => S
  /** Series of one interval, the one for all that exceed it included; at least 2. */
  readonly limit: number
  readonly keep: ReadonlySet<string> | undefined
  readonly troubles: Troubles
}

const NO_ATTRIBUTES: object = Object.freeze({})
const EMPTY_SET: AttributeSet = { key: '', names: [], values: [], isScalar: true }
const OVERFLOW_PAIRS = Object.freeze(['otel.metric.overflow', true])
const OVERFLOW_KEY = readAttributeSet({ 'otel.metric.overflow': true })?.key as string
const STEPS_PER_SERIES = 8
const UNUSED = new PathCache<never>(0)

/** Whether a series is the one for measurements that could not have their own. */
export function isOverflow(series: Series): boolean {
  return series.key === OVERFLOW_KEY
}

/**
 * The series of an instrument by attributes: at most `limit` that are active, as many again that were before.
 *
 * What exceeds the limit goes to one series with the attribute `otel.metric.overflow`.
 */
export class SeriesTable<S extends Series> {
  readonly #options: SeriesTableOptions<S>
  #paths: PathCache<S> = UNUSED
  #byKey: Map<string, S> | undefined
  #active = 0
  #hasWarned = false

  constructor(options: SeriesTableOptions<S>) {
    this.#options = options
  }

  /** Returns the series of these attributes, active from now on; never throws. */
  find(attributes: unknown): S {
    const read = typeof attributes === 'object' && attributes !== null ? attributes : NO_ATTRIBUTES
    let known: S | undefined
    try {
      known = this.#paths.get(read)
    } catch {
      // What can be read of them is read below.
    }
    return known?.isActive === true ? known : this.#activate(known ?? this.#lookUp(read))
  }

  /** The series that are active, in the order in which they came. */
  listActive(): S[] {
    const active: S[] = []
    if (this.#byKey !== undefined) for (const series of this.#byKey.values()) if (series.isActive) active.push(series)
    return active
  }

  /** Makes an active series idle: it was told, and starts anew. It may be forgotten when there are too many. */
  release(series: S): void {
    series.isActive = false
    if (!isOverflow(series)) this.#active--
  }

  #activate(series: S): S {
    if (series.isActive) return series
    if (!isOverflow(series)) {
      if (this.#active >= this.#options.limit - 1) return this.#activate(this.#overflow())
      this.#active++
    }
    series.isActive = true
    return series
  }

  #lookUp(attributes: object): S {
    const { keep, limit, troubles } = this.#options
    const set = attributes === NO_ATTRIBUTES ? EMPTY_SET : readAttributeSet(attributes, keep)
    if (set === undefined) {
      troubles.lose('attributes_invalid')
      return this.#overflow()
    }
    const all = this.#all()
    let series = all.get(set.key)
    if (series === undefined) {
      if (this.#active >= limit - 1) return this.#overflow()
      if (all.size >= limit * 2) this.#forgetIdle()
      series = this.#create(set.key, pairsOf(set))
    }
    if (set.isScalar) this.#shortcuts().set(set.names, set.values, series)
    return series
  }

  #overflow(): S {
    const { name, limit, troubles } = this.#options
    if (!this.#hasWarned) {
      this.#hasWarned = true
      troubles.warn(`${name} has over ${limit - 1} sets of attributes, or one too large; the rest is counted together`)
    }
    return this.#all().get(OVERFLOW_KEY) ?? this.#create(OVERFLOW_KEY, OVERFLOW_PAIRS)
  }

  #forgetIdle(): void {
    for (const series of this.#all().values()) if (!series.isActive) this.#all().delete(series.key)
    this.#paths.clear()
  }

  #create(key: string, pairs: readonly unknown[]): S {
    const series = this.#options.create(key, pairs)
    this.#all().set(key, series)
    return series
  }

  #all(): Map<string, S> {
    return (this.#byKey ??= new Map())
  }

  #shortcuts(): PathCache<S> {
    if (this.#paths === UNUSED) this.#paths = new PathCache(this.#options.limit * STEPS_PER_SERIES, this.#options.keep)
    return this.#paths
  }
}

/** The attributes as the encoder takes them; a list, since a key may be `__proto__`. */
function pairsOf({ names, values }: AttributeSet): unknown[] {
  const pairs: unknown[] = []
  names.forEach((name, i) => {
    const value = values[i]
    if (value !== undefined) pairs.push(name, typeof value === 'string' ? detachText(value) : value)
  })
  return pairs
}
