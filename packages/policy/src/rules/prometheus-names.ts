import type { MetricPolicy } from '../policy.ts'

// UCUM units that Prometheus spells out; those in braces are annotations, which it leaves out.
const UNITS: Readonly<Record<string, string>> = {
  ms: 'milliseconds',
  s: 'seconds',
  min: 'minutes',
  h: 'hours',
  By: 'bytes',
  '1': 'ratio',
  '%': 'percent',
}

/** Name under which Prometheus has a metric of the policy; of a histogram without `_bucket`, `_sum` and `_count`. */
export function prometheusName(name: string, { unit, value }: Pick<MetricPolicy, 'unit' | 'value'>): string {
  const isCount = value === undefined
  // A count has no ratio: `1` says nothing of it.
  const suffix =
    unit.startsWith('{') || (isCount && unit === '1') ? undefined : (UNITS[unit] ?? unit.replaceAll(/\W+/g, '_'))
  const base = labelName(name)
  const withUnit = suffix === undefined || base.endsWith(`_${suffix}`) ? base : `${base}_${suffix}`
  return isCount ? `${withUnit}_total` : withUnit
}

/** Name of the label that an attribute becomes. */
export function labelName(attribute: string): string {
  return attribute.replaceAll(/\W/g, '_')
}

/** Name of an alert: `payment_failures` becomes `PlutusPaymentFailures`. */
export function alertName(name: string): string {
  const words = name.split(/[._]/)
  return `Plutus${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`
}

/** A time as Prometheus and Loki write it. */
export function promDuration(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}
