import { labelName, prometheusName } from '../rules/prometheus-names.ts'
import { SDK_METRICS } from './shown-metrics.ts'
import type { CollectorMetric, SdkMetric, ShownMetric } from './shown-metrics.ts'

// Grafana's shortest time over which a rate is right, whatever the interval of scraping.
const RATE = '[$__rate_interval]'
// Where a backend gives no job, "All" matches that too.
const JOB = 'job=~"$job"'
const ITEM_KINDS = ['log_records', 'spans', 'metric_points'] as const

/** What the collector counts apart. */
export type ItemKind = (typeof ITEM_KINDS)[number]

/** Name under which Prometheus has a metric; of a histogram without `_bucket`, `_sum` and `_count`. */
export function nameOf(name: string, { kind, unit }: ShownMetric): string {
  return prometheusName(name, kind === 'counter' ? { unit } : { unit, value: name })
}

/** The series of a metric of the SDK, of the services that are chosen. */
export function sdkSeries(metric: SdkMetric, suffix = '', matcher?: string): string {
  const matchers = matcher === undefined ? JOB : `${JOB},${matcher}`
  return `${nameOf(metric, SDK_METRICS[metric])}${suffix}{${matchers}}`
}

/** What grows per second, summed by labels. */
export function rate(series: string, by: readonly string[] = []): string {
  return sum(`rate(${series}${RATE})`, by)
}

/** A sum by attributes. */
export function sum(what: string, by: readonly string[] = []): string {
  return by.length === 0 ? `sum(${what})` : `sum by (${by.map(labelName).join(', ')}) (${what})`
}

/** A quantile of a histogram whose name ends before `_bucket`, given with its matchers. */
export function quantile(share: number, buckets: string, by: readonly string[] = []): string {
  return `histogram_quantile(${share}, ${rate(buckets, ['le', ...by])})`
}

/** The share of one rate in another, 0 where the first has no series, absent where nothing happens at all. */
export function shareOf(part: string, whole: string): string {
  return `(${rate(part)} or 0 * ${rate(whole)}) / (${rate(whole)} > 0)`
}

/** Rates of a metric of the collector for every kind of telemetry, by labels. */
export function collectorRates(of: (kind: ItemKind) => CollectorMetric, by: readonly string[]): readonly string[] {
  return ITEM_KINDS.map((kind) => rate(of(kind), by))
}

/** The legend that names the values of attributes. */
export function legendOf(by: readonly string[], before = ''): string {
  return [...(before === '' ? [] : [before]), ...by.map((attribute) => `{{${labelName(attribute)}}}`)].join(' ')
}
