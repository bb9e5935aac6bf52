import type { Policy } from '../policy.ts'
import type { DashboardParts } from './dashboard.ts'
import { errors, quantiles, slowest } from './http-database.ts'
import { records, timeSeries } from './panels.ts'
import { metricPanels } from './policy-panels.ts'
import { legendOf, rate, sdkSeries, shareOf } from './promql.ts'

const CALLS = 'stripe.client.operation.duration'

/** Calls to Stripe, and the payments that records tell of. */
export function stripe(policy: Policy): DashboardParts {
  const operation = ['stripe.operation']
  return {
    name: 'stripe',
    title: 'Stripe and payments',
    sections: [
      {
        title: 'Calls to Stripe',
        panels: [
          timeSeries('Calls', [{ expr: rate(sdkSeries(CALLS, '_count'), operation), legend: legendOf(operation) }], {
            unit: 'reqps',
          }),
          quantiles('Duration with all attempts', CALLS),
          slowest('Duration, p95 by operation', CALLS, operation),
          timeSeries(
            'Share that fails',
            [
              {
                expr: shareOf(sdkSeries(CALLS, '_count', 'error_type!=""'), sdkSeries(CALLS, '_count')),
                legend: 'failing',
              },
            ],
            { unit: 'percentunit', max: 1 },
          ),
          errors('Failures by operation and error', CALLS, ['stripe.operation', 'error.type', 'stripe.error.code']),
          timeSeries('Answers by status', [
            {
              expr: rate(sdkSeries(CALLS, '_count'), ['stripe.status_class']),
              legend: legendOf(['stripe.status_class']),
            },
          ]),
          timeSeries('Attempts beyond the first', [
            { expr: rate(sdkSeries('stripe.client.retries'), operation), legend: legendOf(operation) },
          ]),
          timeSeries('Declines by code', [
            {
              expr: rate(sdkSeries('stripe.client.declines'), ['stripe.decline_code']),
              legend: legendOf(['stripe.decline_code']),
            },
          ]),
        ],
      },
      { title: 'Payments', panels: metricPanels(policy, 'payment') },
      {
        title: 'Records',
        panels: [records('Payments that need a look', '{plutus_data_class="payment"} | severity_number >= 13')],
      },
    ],
  }
}
