import type { DashboardParts, PlacelessPanel } from './dashboard.ts'
import { timeSeries } from './panels.ts'
import { legendOf, quantile, rate, sdkSeries, shareOf, sum } from './promql.ts'
import type { SdkMetric } from './shown-metrics.ts'

const SERVER = 'http.server.request.duration'
const CLIENT = 'http.client.request.duration'
const DATABASE = 'db.client.operation.duration'
const POOL = 'db.client.connection.pool.name'

/** Requests that services answer and make, and what they ask of databases. */
export function httpAndDatabase(): DashboardParts {
  const route = ['http.request.method', 'http.route']
  const operation = ['db.system.name', 'db.operation.name', 'db.collection.name']
  return {
    name: 'http-database',
    title: 'HTTP and database',
    sections: [
      {
        title: 'Requests answered',
        panels: [
          timeSeries(
            'Requests by route',
            [{ expr: rate(sdkSeries(SERVER, '_count'), route), legend: legendOf(route) }],
            {
              unit: 'reqps',
            },
          ),
          quantiles('Duration', SERVER),
          slowest('Duration, p95 by route', SERVER, route),
          timeSeries(
            'Answers by status',
            [
              {
                expr: rate(sdkSeries(SERVER, '_count'), ['http.response.status_code']),
                legend: legendOf(['http.response.status_code']),
              },
            ],
            { unit: 'reqps' },
          ),
          timeSeries(
            'Share of 5xx',
            [
              {
                expr: shareOf(
                  sdkSeries(SERVER, '_count', 'http_response_status_code=~"5.."'),
                  sdkSeries(SERVER, '_count'),
                ),
                legend: '5xx',
              },
            ],
            { unit: 'percentunit', max: 1 },
          ),
          errors('Failures by route and error', SERVER, ['http.route', 'error.type']),
        ],
      },
      {
        title: 'Requests made',
        panels: [
          slowest('Duration, p95 by server', CLIENT, ['server.address']),
          errors('Failures by server and error', CLIENT, ['server.address', 'error.type']),
        ],
      },
      {
        title: 'Database',
        panels: [
          timeSeries(
            'Operations',
            [{ expr: rate(sdkSeries(DATABASE, '_count'), operation), legend: legendOf(operation) }],
            { unit: 'ops' },
          ),
          quantiles('Duration', DATABASE),
          slowest('Duration, p95 by operation', DATABASE, operation),
          errors('Failures', DATABASE, ['db.system.name', 'error.type']),
        ],
      },
      {
        title: 'Connection pools',
        panels: [
          timeSeries('Connections by state', [
            {
              expr: sum(sdkSeries('db.client.connection.count'), [POOL, 'db.client.connection.state']),
              legend: legendOf([POOL, 'db.client.connection.state']),
            },
            { expr: sum(sdkSeries('db.client.connection.max'), [POOL]), legend: legendOf([POOL], 'most') },
          ]),
          timeSeries('Waiting for a connection', [
            { expr: sum(sdkSeries('db.client.connection.pending_requests'), [POOL]), legend: legendOf([POOL]) },
          ]),
        ],
      },
    ],
  }
}

/** How long it takes, by quantiles. */
export function quantiles(title: string, metric: SdkMetric): PlacelessPanel {
  const buckets = sdkSeries(metric, '_bucket')
  return timeSeries(
    title,
    [0.5, 0.95, 0.99].map((share) => ({ expr: quantile(share, buckets), legend: `p${share * 100}` })),
    { unit: 's' },
  )
}

/** The 95th percentile by attributes. */
export function slowest(title: string, metric: SdkMetric, by: readonly string[]): PlacelessPanel {
  return timeSeries(title, [{ expr: quantile(0.95, sdkSeries(metric, '_bucket'), by), legend: legendOf(by) }], {
    unit: 's',
  })
}

/** What fails, by attributes. */
export function errors(title: string, metric: SdkMetric, by: readonly string[]): PlacelessPanel {
  return timeSeries(title, [{ expr: rate(sdkSeries(metric, '_count', 'error_type!=""'), by), legend: legendOf(by) }], {
    unit: 'ops',
  })
}
