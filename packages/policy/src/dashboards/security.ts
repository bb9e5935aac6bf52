import type { Policy } from '../policy.ts'
import type { DashboardParts } from './dashboard.ts'
import { records, recordSeries, timeSeries } from './panels.ts'
import { metricPanels } from './policy-panels.ts'
import { legendOf, rate, sdkSeries } from './promql.ts'

/** Logins, incidents, what is refused and what is masked. */
export function security(policy: Policy): DashboardParts {
  const status = ['http.route', 'http.response.status_code']
  const hit = ['redaction.rule', 'redaction.carrier']
  return {
    name: 'security',
    title: 'security',
    sections: [
      { title: 'Security events', panels: metricPanels(policy, 'security') },
      {
        title: 'Refused and masked',
        panels: [
          timeSeries(
            'Requests without permission or over a limit',
            [
              {
                expr: rate(
                  sdkSeries('http.server.request.duration', '_count', 'http_response_status_code=~"401|403|429"'),
                  status,
                ),
                legend: legendOf(status),
              },
            ],
            { unit: 'reqps' },
          ),
          timeSeries('Correlation ids that were not accepted', [
            { expr: rate(sdkSeries('plutus.correlation.refused')), legend: 'refused' },
          ]),
          timeSeries(
            'Masked values by rule',
            [{ expr: rate(sdkSeries('plutus.redaction.hits'), hit), legend: legendOf(hit) }],
            {
              description:
                'What redaction found in telemetry. Card numbers here have a source that should not write them.',
              width: 24,
            },
          ),
        ],
      },
      {
        title: 'Records',
        panels: [
          recordSeries(
            'Security and audit records by severity',
            [
              {
                expr: 'sum by (plutus_data_class, severity_text) (count_over_time({plutus_data_class=~"security|audit"} [$__auto]))',
                legend: '{{plutus_data_class}} {{severity_text}}',
              },
            ],
            { width: 24 },
          ),
          records('Security', '{plutus_data_class="security"} | severity_number >= 13'),
          records('Audit', '{plutus_data_class="audit"}'),
        ],
      },
    ],
  }
}
