import { ValueType } from '@opentelemetry/api'
import type { MetricOptions } from '@opentelemetry/api'
import type { InstrumentKind } from './temporality.ts'
import type { Troubles } from './troubles.ts'

/** What an instrument is, as far as the application tells. */
export interface InstrumentDescription {
  readonly kind: InstrumentKind
  readonly name: string
  /** The longest that any of its creators gave. */
  description: string
  /** UCUM, such as `s` or `By`. */
  readonly unit: string
  readonly valueType: 'int' | 'double'
  /** Upper bounds of a histogram's buckets, rising. */
  readonly bounds: Float64Array
  /** Keys of the attributes that make series; all if undefined. */
  readonly keep: ReadonlySet<string> | undefined
}

/** Longest name that an instrument of ours may have; longer ones than the specification's 255 are told, not refused. */
export const MAX_NAME_CHARS = 1_023

const NAME = /^[a-z][a-z0-9_.\-/]{0,254}$/i // linear: one character class after another
const DEFAULT_BOUNDS = Float64Array.of(0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000)
const NO_BOUNDS = new Float64Array(0)
const MAX_BOUNDS = 1_000

/** Whether a name is one of the specification: a letter, then up to 254 letters, digits and `_.-/`. */
export function isInstrumentName(name: string): boolean {
  return NAME.test(name)
}

/** Reads what is given for an instrument; what is wrong with it is told and replaced by the default. */
export function describeInstrument(
  kind: InstrumentKind,
  name: string,
  options: MetricOptions | undefined,
  troubles: Troubles,
): InstrumentDescription {
  try {
    const advice = (options?.advice ?? {}) as Record<string, unknown>
    return {
      kind,
      name,
      description: textOf(options?.description),
      unit: textOf(options?.unit),
      valueType: options?.valueType === ValueType.INT ? 'int' : 'double',
      bounds: kind === 'histogram' ? boundsOf(name, advice['explicitBucketBoundaries'], troubles) : NO_BOUNDS,
      keep: keysOf(name, advice['attributes'], troubles),
    }
  } catch {
    troubles.warn(`The options of the instrument ${name} cannot be read; the defaults are used`)
    return describeInstrument(kind, name, undefined, troubles)
  }
}

function textOf(text: unknown): string {
  return typeof text === 'string' ? text : ''
}

function boundsOf(name: string, advised: unknown, troubles: Troubles): Float64Array {
  if (advised === undefined || advised === null) return DEFAULT_BOUNDS
  const isList = Array.isArray(advised) && advised.length <= MAX_BOUNDS
  if (!isList || advised.some((bound) => typeof bound !== 'number' || Number.isNaN(bound))) {
    troubles.warn(
      `advice.explicitBucketBoundaries of ${name} must be up to ${MAX_BOUNDS} numbers; the defaults are used`,
    )
    return DEFAULT_BOUNDS
  }
  // Beyond the outermost bounds there are buckets anyway, so infinite ones say nothing.
  return Float64Array.from(new Set((advised as number[]).filter(Number.isFinite))).sort()
}

function keysOf(name: string, advised: unknown, troubles: Troubles): ReadonlySet<string> | undefined {
  if (advised === undefined || advised === null) return undefined
  if (Array.isArray(advised) && advised.every((key) => typeof key === 'string')) return new Set(advised)
  troubles.warn(`advice.attributes of ${name} must be a list of keys; all attributes are kept`)
  return undefined
}
