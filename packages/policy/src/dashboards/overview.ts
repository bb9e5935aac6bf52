import type { Policy } from '../policy.ts'
import type { DashboardParts } from './dashboard.ts'
import { bars, records, recordSeries, score, stat, timeSeries } from './panels.ts'
import { alertPanels, countOfAlert, metricPanels } from './policy-panels.ts'
import { legendOf, quantile, rate, sdkSeries, shareOf } from './promql.ts'

const REQUESTS = sdkSeries('http.server.request.duration', '_count')
const FAILING = sdkSeries('http.server.request.duration', '_count', 'http_response_status_code=~"5.."')

/** How a service and the way of its telemetry are, at a glance. */
export function overview(policy: Policy): DashboardParts {
  const worries = worriesOf(policy)
  return {
    name: 'overview',
    title: 'overview',
    sections: [
      {
        title: 'Health',
        panels: [
          score(
            'Health score',
            { expr: `100 * (1 - clamp_max(max(${worries}), 1))` },
            {
              description:
                'What is worst decides: 0 when an alert of the policy fires, when every request fails, or when a queue is full; 100 when there is nothing of that. Without any telemetry there is no score.',
              width: 6,
            },
          ),
          bars('What takes from it', [{ expr: `sort_desc(${worries})`, legend: '{{cause}}' }], {
            description: 'Alerts as the share of the number at which they fire, requests and queues as they are.',
            unit: 'percentunit',
            max: 1,
            width: 10,
          }),
          stat('Requests', [{ expr: rate(REQUESTS) }], { unit: 'reqps', width: 4 }),
          stat('Failing requests', [{ expr: shareOf(FAILING, REQUESTS) }], { unit: 'percentunit', width: 4 }),
        ],
      },
      {
        title: 'Requests',
        panels: [
          timeSeries('Requests by service', [{ expr: rate(REQUESTS, ['job']), legend: legendOf(['job']) }], {
            unit: 'reqps',
          }),
          timeSeries(
            'Duration, p95 by service',
            [
              {
                expr: quantile(0.95, sdkSeries('http.server.request.duration', '_bucket'), ['job']),
                legend: legendOf(['job']),
              },
            ],
            { unit: 's' },
          ),
        ],
      },
      { title: 'Alerts of the policy', panels: alertPanels(policy) },
      { title: 'Metrics of records', panels: metricPanels(policy, undefined) },
      {
        title: 'Records',
        panels: [
          recordSeries(
            'Records by class',
            [
              {
                expr: 'sum by (plutus_data_class) (rate({plutus_data_class=~".+"} [$__auto]))',
                legend: '{{plutus_data_class}}',
              },
            ],
            { width: 24 },
          ),
          records('Errors', '{plutus_data_class=~".+"} | severity_number >= 17'),
        ],
      },
    ],
  }
}

/** All that takes from the score, each between 0 for well and 1 for bad, with a label that names it. */
function worriesOf(policy: Policy): string {
  return [
    ...Object.entries(policy.alerts).map(([name, alert]) =>
      worry(`alert ${name}`, `clamp_max(${countOfAlert(policy, alert)} / ${alert.reaches}, 1)`),
    ),
    worry('failing requests', shareOf(FAILING, REQUESTS)),
    worry('queue of a collector', 'max(otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)'),
  ].join(' or ')
}

function worry(cause: string, expr: string): string {
  return `label_replace(${expr}, "cause", "${cause}", "", "")`
}
