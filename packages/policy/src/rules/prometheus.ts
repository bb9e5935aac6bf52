import { stringify } from 'yaml'
import { policyHash } from '../policy-hash.ts'
import type { AlertPolicy, MetricPolicy, Policy } from '../policy.ts'
import { headOf } from '../retention/rendered-file.ts'
import type { RenderedFile } from '../retention/rendered-file.ts'
import { ruleOf } from './alert-rule.ts'
import type { AlertRule } from './alert-rule.ts'
import { labelName, prometheusName, promDuration } from './prometheus-names.ts'

// How long a series may be absent, as in an outage of scraping, until it counts as new again.
const LOOKBACK = '1h'
/** Kinds of file systems that nothing is stored on. */
export const NO_DISKS = 'tmpfs|ramfs|overlay|squashfs|iso9660'

/** Renders the policy's alerts, and those on the collectors themselves, as rules of Prometheus or VictoriaMetrics. */
export function renderPrometheusRules(policy: Policy): RenderedFile {
  const hash = policyHash(policy)
  const groups = [
    { name: 'plutus-policy', interval: '15s', rules: policyRules(policy) },
    { name: 'plutus-collector', interval: '30s', rules: collectorRules(policy) },
  ]
  const text = stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false })
  return { name: 'prometheus-rules.yaml', text: `${headOf('#', 'alerts in Prometheus', hash)}\n${text}` }
}

/** The series that an alert counts. */
export function selectorOf({ metric, where }: AlertPolicy, definition: MetricPolicy): string {
  const matchers = Object.entries(where).map(([attribute, values]) =>
    values.length === 1
      ? `${labelName(attribute)}=${JSON.stringify(values[0])}`
      : `${labelName(attribute)}=~${JSON.stringify(values.map(escapeRegex).join('|'))}`,
  )
  const name = prometheusName(metric, definition)
  return matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`
}

/**
 * How much series have grown within a time.
 *
 * `increase` guesses beyond the first and the last sample, and does not see the first one of a new series: a burst of
 * failures with a new status would not count at all. This counts exactly: what a series has more than before, or, where
 * it was not there before or began anew, all that it has.
 */
export function grownWithin(series: string, within: string): string {
  return `(${series} - last_over_time(${series}[${LOOKBACK}] offset ${within}) >= 0) or ${series}`
}

function policyRules(policy: Policy): readonly AlertRule[] {
  return Object.entries(policy.alerts).map(([name, alert]) => {
    const series = selectorOf(alert, policy.metrics[alert.metric] as MetricPolicy)
    const grown = grownWithin(series, promDuration(alert.withinSeconds))
    return ruleOf(policy, name, alert, `sum(${grown}) >= ${alert.reaches}`)
  })
}

/** Alerts on the collectors themselves, by their own metrics. */
export function collectorRules(policy: Policy): readonly AlertRule[] {
  const hash = policyHash(policy)
  const { limits } = policy
  const rule = (alert: string, severity: string, wait: string, expr: string, summary: string): AlertRule => ({
    alert,
    expr,
    for: wait,
    labels: { severity, plutus_policy: hash },
    annotations: { summary },
  })
  return [
    rule(
      'PlutusDisk',
      'warning',
      '5m',
      `max by (instance, mountpoint) (1 - node_filesystem_avail_bytes{fstype!~"${NO_DISKS}"} / node_filesystem_size_bytes{fstype!~"${NO_DISKS}"}) >= ${limits.diskAlertShare}`,
      'A disk fills up: a full one loses acknowledged records when a collector starts again.',
    ),
    rule(
      'PlutusQueueFilling',
      'warning',
      '1m',
      'max by (instance, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity) > 0.7',
      'A queue fills up: its backend is away or too slow.',
    ),
    rule(
      'PlutusQueueRefuses',
      'critical',
      '0s',
      lost('exporter_enqueue_failed', 'instance, exporter'),
      'A queue is full or its disk is: senders are refused.',
    ),
    rule(
      'PlutusBackendRefuses',
      'critical',
      '0s',
      lost('exporter_send_failed', 'instance, exporter'),
      'A backend answered 400, 401, 404, 413 or 500, and the exporter dropped what it sent. Durable classes are in the archive.',
    ),
    rule(
      'PlutusMemoryLimited',
      'warning',
      '1m',
      lost('processor_memory_limiter_refused', 'instance'),
      'A collector refuses telemetry for lack of memory; senders try again.',
    ),
    rule(
      'PlutusTracesTooEarly',
      'warning',
      '0s',
      counted(['otelcol_processor_tail_sampling_sampling_trace_dropped_too_early'], 'instance'),
      'The sampler holds too few traces: some were decided before they were whole. Raise sampling.max_traces.',
    ),
    rule(
      'PlutusCollectorAway',
      'critical',
      '2m',
      'up{job=~"plutus.*|otelcol.*"} == 0',
      "A collector's own metrics cannot be read.",
    ),
  ]
}

/** Whether something was lost, of any kind of telemetry. */
function lost(what: string, by: string): string {
  return counted(
    ['log_records', 'spans', 'metric_points'].map((kind) => `otelcol_${what}_${kind}`),
    by,
  )
}

/** Whether a count of the collector's own has grown. Most of them begin with what they are about, as new series. */
function counted(series: readonly string[], by: string): string {
  return series.map((one) => `sum by (${by}) (${grownWithin(one, '5m')}) > 0`).join(' or ')
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
