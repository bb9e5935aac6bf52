import type { Components } from '../collector-config.ts'
import type { MetricPolicy, Policy } from '../policy.ts'
import { conditionOfRule } from './class-routing.ts'

// Whose metrics these are. More of the resource would make a series for every process that ever ran.
const RESOURCE = ['service.namespace', 'service.name', 'service.version', 'deployment.environment.name']

/** Counts and measures records, before anything is sampled. Empty if the policy has no metrics. */
export function buildLogMetrics(policy: Policy): Components {
  const metrics = Object.entries(policy.metrics)
  if (metrics.length === 0) return {}
  return {
    signal_to_metrics: {
      error_mode: 'ignore', // a record that cannot be measured is passed on all the same
      logs: metrics.map(([name, metric]) => buildMetric(name, metric)),
    },
  }
}

/** Makes counts that start again with every batch into ones that only grow, which is what Prometheus and its like take. */
export function buildCumulative(): Components {
  return { delta_to_cumulative: { max_stale: '1h', max_streams: 100_000 } }
}

function buildMetric(name: string, metric: MetricPolicy): unknown {
  const { description, unit, value, buckets, by } = metric
  const rule = conditionOfRule(metric)
  const conditions = [
    ...(rule === 'true' ? [] : [rule]),
    ...(value === undefined ? [] : [`log.attributes["${value}"] != nil`]),
  ]
  return {
    name,
    description,
    unit,
    ...(conditions.length > 0 ? { conditions: [conditions.join(' and ')] } : {}),
    include_resource_attributes: RESOURCE.map((key) => ({ key })),
    ...(by.length > 0 ? { attributes: by.map((key) => ({ key, default_value: 'unknown' })) } : {}),
    ...(value === undefined
      ? { sum: { value: '1', monotonic: true } }
      : { histogram: { buckets, count: '1', value: `Double(log.attributes["${value}"])` } }),
  }
}
