import type { Policy } from '../policy.ts'
import type { AlertRule } from './alert-rule.ts'
import { collectorRules } from './prometheus.ts'

/** Values of series by name and labels, as promtool writes them. */
type Series = Readonly<Record<string, string>>

/** Time between two values. */
export const STEP_SECONDS = 15
const DISK_PARTS = 10_000

/** What a test of an alert on collectors is made of: series, the time at which it is asked, and what it then fires for. */
interface CollectorCase {
  readonly alert: string
  readonly what: string
  readonly series: Series
  readonly seconds: number
  /** Labels of what fires; none where it must not. */
  readonly fires?: Readonly<Record<string, string>>
}

/**
 * Renders tests of the alerts on collectors: each fires at its bound and not below, not before its time, and not for what is
 * not meant.
 */
export function renderCollectorTests(policy: Policy): readonly unknown[] {
  const rules = new Map(collectorRules(policy).map((rule) => [rule.alert, rule]))
  return casesOf(policy).map(({ alert, what, series, seconds, fires }) => {
    const { labels, annotations } = rules.get(alert) as AlertRule
    const expected = fires === undefined ? [] : [{ exp_labels: { ...labels, ...fires }, exp_annotations: annotations }]
    return {
      name: `${alert}: ${what}`,
      interval: `${STEP_SECONDS}s`,
      input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
      alert_rule_test: [{ eval_time: `${seconds}s`, alertname: alert, exp_alerts: expected }],
    }
  })
}

function casesOf({ limits }: Policy): readonly CollectorCase[] {
  return [
    ...diskCases(limits.diskAlertShare),
    ...queueCases(),
    ...growthCases('PlutusQueueRefuses', 'otelcol_exporter_enqueue_failed_log_records', {
      exporter: 'otlp_http/audit',
    }),
    ...growthCases('PlutusQueueRefuses', 'otelcol_exporter_enqueue_failed_spans', { exporter: 'otlp_http/traces' }),
    ...growthCases('PlutusBackendRefuses', 'otelcol_exporter_send_failed_log_records', { exporter: 'otlp_http/audit' }),
    ...growthCases('PlutusBackendRefuses', 'otelcol_exporter_send_failed_metric_points', {
      exporter: 'otlp_http/metrics',
    }),
    ...growthCases('PlutusMemoryLimited', 'otelcol_processor_memory_limiter_refused_log_records', {}, 60),
    ...growthCases('PlutusTracesTooEarly', 'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early', {}),
    ...awayCases(),
  ]
}

function diskCases(share: number): readonly CollectorCase[] {
  const alert = 'PlutusDisk'
  const available = Math.round((1 - share) * DISK_PARTS)
  const disk = (kind: string, parts: number): Series => {
    const labels = `{instance="a",mountpoint="/queue",fstype="${kind}"}`
    return {
      [`node_filesystem_avail_bytes${labels}`]: `${parts}x40`,
      [`node_filesystem_size_bytes${labels}`]: `${DISK_PARTS}x40`,
    }
  }
  const fires = { instance: 'a', mountpoint: '/queue' }
  return [
    { alert, what: 'above its share', series: disk('ext4', available - 1), seconds: 330, fires },
    { alert, what: 'not below', series: disk('ext4', available + 1), seconds: 330 },
    { alert, what: 'not at once', series: disk('ext4', available - 1), seconds: 240 },
    { alert, what: 'not for what is no disk', series: disk('tmpfs', 0), seconds: 330 },
  ]
}

function queueCases(): readonly CollectorCase[] {
  const alert = 'PlutusQueueFilling'
  const fires = { instance: 'a', exporter: 'otlp_http/audit' }
  return [
    { alert, what: 'above seven tenths', series: queueOf(71), seconds: 90, fires },
    { alert, what: 'not at seven tenths', series: queueOf(70), seconds: 90 },
    { alert, what: 'not at once', series: queueOf(71), seconds: 30 },
  ]
}

function queueOf(size: number): Series {
  return {
    'otelcol_exporter_queue_size{instance="a",exporter="otlp_http/audit",data_type="logs"}': `${size}x20`,
    'otelcol_exporter_queue_capacity{instance="a",exporter="otlp_http/audit",data_type="logs"}': '100x20',
  }
}

/** A count of the collector's own: of most there is no series before there is something to count. */
function growthCases(
  alert: string,
  metric: string,
  by: Readonly<Record<string, string>>,
  wait = 0,
): readonly CollectorCase[] {
  const fires = { instance: 'a', ...by }
  const labels = Object.entries(fires).map(([name, value]) => `${name}="${value}"`)
  const series = (values: string): Series => ({ [`${metric}{${labels.join(',')}}`]: values })
  const at = 600 + wait + 2 * STEP_SECONDS
  return [
    { alert, what: `by the first that ${metric} counts`, series: series('_x40 1x20'), seconds: at, fires },
    { alert, what: `by one more that ${metric} counts`, series: series('7x40 8x20'), seconds: at, fires },
    { alert, what: `not while ${metric} stays as it is`, series: series('7x60'), seconds: at },
    { alert, what: `no more when ${metric} has stayed for long`, series: series('7x40 8x60'), seconds: at + 330 },
  ]
}

function awayCases(): readonly CollectorCase[] {
  const alert = 'PlutusCollectorAway'
  const labels = { job: 'otelcol', instance: 'a' }
  return [
    { alert, what: 'after two minutes', series: upOf('otelcol', 0), seconds: 150, fires: labels },
    { alert, what: 'not before', series: upOf('otelcol', 0), seconds: 90 },
    { alert, what: 'not while it answers', series: upOf('otelcol', 1), seconds: 150 },
    { alert, what: 'not for another job', series: upOf('shop', 0), seconds: 150 },
  ]
}

function upOf(job: string, value: number): Series {
  return { [`up{job="${job}",instance="a"}`]: `${value}x20` }
}
