import { CATALOGUE } from '@plutus/conventions'
import type { DataClass } from '@plutus/conventions'
import { matchesName } from '../match-name.ts'
import type { AlertPolicy, MetricPolicy, Policy } from '../policy.ts'
import { labelName, prometheusName, promDuration } from '../rules/prometheus-names.ts'
import { grownWithin, selectorOf } from '../rules/prometheus.ts'
import type { PlacelessPanel } from './dashboard.ts'
import { bars, timeSeries } from './panels.ts'
import { legendOf, quantile, rate, sum } from './promql.ts'

const THIRD = 8
const QUANTILES = [0.5, 0.95, 0.99]

/** Where an alert's count stands, counted as its rule counts it. */
export function countOfAlert(policy: Policy, alert: AlertPolicy): string {
  const series = selectorOf(alert, policy.metrics[alert.metric] as MetricPolicy)
  return sum(grownWithin(series, promDuration(alert.withinSeconds)))
}

/** Each alert of the policy, with the line at which it fires. */
export function alertPanels(policy: Policy): readonly PlacelessPanel[] {
  return Object.entries(policy.alerts).map(([name, alert]) =>
    timeSeries(`Alert ${name}`, [{ expr: countOfAlert(policy, alert), legend: `within ${alert.withinSeconds} s` }], {
      description: `${alert.description} Fires at ${alert.reaches} within ${alert.withinSeconds} s, of all services together.`,
      limit: alert.reaches,
      width: THIRD,
    }),
  )
}

/** The metrics that the policy makes of records: those of events of a class, or with `undefined` those of no single event. */
export function metricPanels(policy: Policy, dataClass: DataClass | undefined): readonly PlacelessPanel[] {
  return Object.entries(policy.metrics)
    .filter(([, metric]) => isOfClass(metric, dataClass))
    .flatMap(([name, metric]) => (metric.value === undefined ? countPanels(name, metric) : valuePanels(name, metric)))
}

function isOfClass(metric: MetricPolicy, dataClass: DataClass | undefined): boolean {
  const events = CATALOGUE.filter(({ name }) => metric.events.some((pattern) => matchesName(pattern, name)))
  const classes = new Set(events.map((event) => event.class))
  return dataClass === undefined ? !classes.has('payment') && !classes.has('security') : classes.has(dataClass)
}

function countPanels(name: string, metric: MetricPolicy): readonly PlacelessPanel[] {
  const series = `${prometheusName(name, metric)}{job=~"$job"}`
  const legend = legendOf(metric.by)
  const { description } = metric
  return [
    bars(`${name} in the time shown`, [{ expr: sum(grownWithin(series, '$__range'), metric.by), legend }], {
      description,
      width: THIRD,
    }),
    timeSeries(`${name} per minute`, [{ expr: `60 * ${rate(series, metric.by)}`, legend }], {
      description,
      width: THIRD * 2,
    }),
  ]
}

function valuePanels(name: string, metric: MetricPolicy): readonly PlacelessPanel[] {
  const buckets = `${prometheusName(name, metric)}_bucket{job=~"$job"}`
  const unit = metric.unit === 's' ? 's' : 'short'
  const { description } = metric
  const [divisor = ''] = metric.by
  return [
    timeSeries(
      name,
      QUANTILES.map((share) => ({ expr: quantile(share, buckets), legend: `p${share * 100}` })),
      {
        description,
        unit,
      },
    ),
    timeSeries(
      `${name}, p95 by ${divisor === '' ? 'service' : labelName(divisor)}`,
      [{ expr: quantile(0.95, buckets, [divisor || 'job']), legend: legendOf([divisor || 'job']) }],
      { description, unit },
    ),
  ]
}
