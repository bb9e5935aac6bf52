import type { Policy } from '../policy.ts'
import { NO_DISKS } from '../rules/prometheus.ts'
import type { DashboardParts, PlacelessPanel } from './dashboard.ts'
import { timeSeries } from './panels.ts'
import { collectorRates, legendOf, rate, sdkSeries, sum } from './promql.ts'
import type { ItemKind } from './promql.ts'
import type { CollectorMetric } from './shown-metrics.ts'

const KINDS = ['records', 'spans', 'data points']

/** Whether telemetry arrives: the collectors' own metrics, and the SDK's of what it sent and lost. */
export function pipeline(policy: Policy): DashboardParts {
  return {
    name: 'pipeline',
    title: 'pipeline',
    sections: [
      {
        title: 'Collectors',
        panels: [
          kinds('Accepted', (kind) => `otelcol_receiver_accepted_${kind}`, ['receiver']),
          kinds('Refused: senders try again', (kind) => `otelcol_receiver_refused_${kind}`, ['receiver']),
          kinds('Sent', (kind) => `otelcol_exporter_sent_${kind}`, ['exporter']),
          kinds('Dropped: the backend refused them', (kind) => `otelcol_exporter_send_failed_${kind}`, ['exporter']),
        ],
      },
      {
        title: 'Queues',
        panels: [
          timeSeries(
            'Fill of queues',
            [
              {
                expr: 'max by (instance, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)',
                legend: '{{instance}} {{exporter}}',
              },
            ],
            { unit: 'percentunit', max: 1, limit: 0.7 },
          ),
          kinds('Refused by a queue', (kind) => `otelcol_exporter_enqueue_failed_${kind}`, ['exporter']),
          timeSeries(
            'Disk',
            [
              {
                expr: `max by (instance, mountpoint) (1 - node_filesystem_avail_bytes{fstype!~"${NO_DISKS}"} / node_filesystem_size_bytes{fstype!~"${NO_DISKS}"})`,
                legend: '{{instance}} {{mountpoint}}',
              },
            ],
            {
              description: 'By the node exporter.',
              unit: 'percentunit',
              max: 1,
              limit: policy.limits.diskAlertShare,
            },
          ),
        ],
      },
      {
        title: 'Memory and sampling',
        panels: [
          timeSeries('Memory', [{ expr: 'max by (instance) (otelcol_process_memory_rss)', legend: '{{instance}}' }], {
            description: 'The line is what the policy allows.',
            unit: 'bytes',
            limit: policy.limits.memoryBytes,
          }),
          timeSeries('Cores', [{ expr: rate('otelcol_process_cpu_seconds', ['instance']), legend: '{{instance}}' }]),
          kinds('Refused for lack of memory', (kind) => `otelcol_processor_memory_limiter_refused_${kind}`, [
            'instance',
          ]),
          timeSeries('Traces decided', [
            {
              expr: rate('otelcol_processor_tail_sampling_global_count_traces_sampled', ['sampled']),
              legend: 'sampled {{sampled}}',
            },
            {
              expr: rate('otelcol_processor_tail_sampling_sampling_trace_dropped_too_early'),
              legend: 'decided before they were whole',
            },
          ]),
          timeSeries(
            'Traces held',
            [
              {
                expr: sum('otelcol_processor_tail_sampling_sampling_traces_on_memory', ['instance']),
                legend: '{{instance}}',
              },
            ],
            { description: 'The line is sampling.max_traces of the policy.', limit: policy.sampling.maxTraces },
          ),
        ],
      },
      {
        title: 'Services',
        panels: [
          timeSeries('Delivered', [
            {
              expr: rate(sdkSeries('plutus.telemetry.exported'), ['plutus.signal']),
              legend: legendOf(['plutus.signal']),
            },
          ]),
          timeSeries('Lost', [
            {
              expr: rate(sdkSeries('plutus.telemetry.dropped'), ['plutus.signal', 'plutus.drop.reason']),
              legend: legendOf(['plutus.signal', 'plutus.drop.reason']),
            },
          ]),
          timeSeries('Spools', [{ expr: sum(sdkSeries('plutus.spool.size'), ['job']), legend: '{{job}}' }], {
            description: 'What waits on the disks of the services.',
            unit: 'bytes',
          }),
          timeSeries(
            'Age of the oldest in a spool',
            [{ expr: `max by (job) (${sdkSeries('plutus.spool.age')})`, legend: '{{job}}' }],
            { unit: 's' },
          ),
        ],
      },
    ],
  }
}

/** A metric of the collector for each kind of telemetry. */
function kinds(title: string, of: (kind: ItemKind) => CollectorMetric, by: readonly string[]): PlacelessPanel {
  const queries = collectorRates(of, by).map((expr, at) => ({ expr, legend: legendOf(by, KINDS[at]) }))
  return timeSeries(title, queries)
}
