import type { TraceState } from '@opentelemetry/api'
import type { TraceId } from '@plutus/otlp'

// OpenTelemetry's consistent probability sampling: a trace has 56 random bits, a service keeps it when they are not
// below its threshold, and so whoever keeps fewer traces keeps some of those that the others keep.

/** 56 bits: the upper 24 and the lower 32, both unsigned. */
export interface Bits56 {
  readonly high: number
  readonly low: number
}

/** From which randomness on a trace is kept, and how `th` writes that. */
export interface Threshold extends Bits56 {
  readonly text: string
}

const DIGITS = 14
// What the specification recommends: digits beyond the leading ones that say no more than how small the share is.
const PRECISION = 4
const ALL = 2n ** 56n

/**
 * Returns the threshold that keeps a share of all traces.
 *
 * @param rate share from 0 to 1.
 * @returns `undefined` if nothing is kept: no threshold says so.
 * @example thresholdOf(0.1)?.text // 'e666'
 */
export function thresholdOf(rate: number): Threshold | undefined {
  const kept = Math.round(Math.min(rate, 1) * 2 ** 56)
  if (!(kept > 0)) return undefined
  const exact = ALL - BigInt(kept)
  const digits = exact.toString(16).padStart(DIGITS, '0')
  const leading = digits.length - digits.replace(/^(?:f+|0+)/, '').length // one run at the start: linear
  const shift = BigInt(4 * Math.max(DIGITS - PRECISION - leading, 0))
  const rounded = ((exact + ((1n << shift) >> 1n)) >> shift) << shift
  return fromHex((rounded < ALL ? rounded : exact).toString(16).padStart(DIGITS, '0'))
}

/** The random bits of a trace id, which are its last ones. */
export function randomnessOf(traceId: TraceId): Bits56 {
  if (typeof traceId !== 'string') {
    return { high: (traceId[2] as number) & 0xff_ffff, low: (traceId[3] as number) >>> 0 }
  }
  return { high: Number.parseInt(traceId.slice(18, 24), 16), low: Number.parseInt(traceId.slice(24, 32), 16) }
}

/** Whether a trace is kept. */
export function isKept(randomness: Bits56, threshold: Bits56 | undefined): boolean {
  if (threshold === undefined) return false
  return randomness.high === threshold.high ? randomness.low >= threshold.low : randomness.high > threshold.high
}

/** What other participants say in the member `ot` of a tracestate; what is malformed is not said. */
export function readProbability(traceState: TraceState): {
  readonly threshold: Threshold | undefined
  readonly randomness: Bits56 | undefined
} {
  let threshold: Threshold | undefined
  let randomness: Bits56 | undefined
  for (const field of (traceState.get('ot') ?? '').split(';')) {
    const value = field.slice(3)
    if (field.startsWith('th:') && /^[\da-f]{1,14}$/.test(value)) threshold = fromHex(value.padEnd(DIGITS, '0'))
    else if (field.startsWith('rv:') && /^[\da-f]{14}$/.test(value)) randomness = fromHex(value)
  }
  return { threshold, randomness }
}

function fromHex(digits: string): Threshold {
  let end = DIGITS
  while (end > 1 && digits[end - 1] === '0') end--
  return {
    high: Number.parseInt(digits.slice(0, 6), 16),
    low: Number.parseInt(digits.slice(6), 16),
    text: digits.slice(0, end),
  }
}
