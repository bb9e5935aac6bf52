import { fileURLToPath } from 'node:url'
import { CATALOGUE } from '@plutus/conventions'
import { describe, expect, it } from 'vitest'
import { builtInPolicy, parsePolicy } from '../parse-policy.ts'
import { policyHash } from '../policy-hash.ts'
import type { Policy } from '../policy.ts'
import { labelName, prometheusName } from '../rules/prometheus-names.ts'
import { nameOf } from './promql.ts'
import { panelsOf, parseQuery, queriesOf } from './queries.test.support.ts'
import { renderDashboards } from './render-dashboards.ts'
import { COLLECTOR_METRICS, SDK_METRICS } from './shown-metrics.ts'

const RENDERED = new URL('../../../../otel-collector/rendered/dashboards/', import.meta.url)
const OWN = parsePolicy(
  [
    'version: 1',
    'metrics:',
    '  ledger.bookings: { description: B., unit: "{booking}", events: [ledger.*, "x.y"], severity: warn, by: [kind, ledger.side] }',
    '  ledger.weight: { description: W., unit: kg, events: ledger.*, value: ledger.weight, buckets: [1, 2], by: [] }',
    '  attack.probes: { description: P., unit: "{probe}", events: attack.*, by: [attack.kind] }',
    'alerts:',
    '  ledger: { description: L., metric: ledger.bookings, where: { kind: [a.b, c], ledger.side: "de\\"bit" }, reaches: 3, within: 90s, severity: warning }',
  ].join('\n'),
)
const POLICIES: readonly (readonly [string, Policy])[] = [
  ['the built-in policy', builtInPolicy()],
  ['a policy of its own', OWN],
]

it.each(renderDashboards(builtInPolicy()))('$name is rendered from the built-in policy', async (file) => {
  await expect(file.text).toMatchFileSnapshot(fileURLToPath(new URL(file.name, RENDERED)))
  expect(file.text).toContain(policyHash(builtInPolicy()))
})

describe.each(POLICIES)('the dashboards of %s', (_whose, policy) => {
  const files = renderDashboards(policy)
  const queries = files.flatMap((file) => queriesOf(file).map((query) => ({ ...query, of: file.name })))

  it('have queries that parse', () => {
    const wrong = queries.flatMap((query) => parseQuery(query).errors.map((error) => `${query.panel}: ${error}`))
    expect(wrong).toEqual([])
    expect(queries.length).toBeGreaterThan(60)
  })

  it('ask for metrics and labels that something makes', () => {
    const known = labelsByMetric(policy)
    const unknown = queries.flatMap((query) => unknownNames(query, known).map((name) => `${query.panel}: ${name}`))
    expect(unknown).toEqual([])
  })

  it('name series by labels that their queries keep', () => {
    const lost = queries.flatMap(({ expr, legend, panel }) =>
      [...legend.matchAll(/\{\{(\w+)\}\}/g)]
        .map(([, label = '']) => label)
        .filter((label) => !new RegExp(`by \\([^)]*\\b${label}\\b|"${label}", `).test(expr))
        .map((label) => `${panel}: ${label}`),
    )
    expect(lost).toEqual([])
  })

  it('have panels with a place of their own', () => {
    for (const file of files) {
      const panels = panelsOf(file)
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
      )
      expect(new Set(cells).size).toBe(cells.length)
      expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24)
      // One source for a panel: Grafana would ask the panel's for all of them.
      for (const { datasource, targets = [] } of panels)
        expect(targets.map((target) => target.datasource.type)).toEqual(targets.map(() => datasource?.type))
    }
  })
})

// The check itself must see what is wrong.
it.each([
  ['promql', 'sum(rate(log_errors_total[5m])', { errors: [expect.stringContaining('<<here>>')] }],
  ['promql', 'rate(log_errors_total[$__rate_intervall])', { errors: [expect.anything()] }],
  ['logql', '{a="b"} | severity_number >=', { errors: [expect.anything()] }],
  ['promql', 'sum by (a) (x{b="c"}) / on (d) y', { errors: [], metrics: ['x', 'y'], labels: ['a', 'b', 'd'] }],
  [
    'logql',
    'sum by (a) (count_over_time({b="c"} | d >= 1 [$__auto]))',
    { errors: [], metrics: [], labels: ['a', 'b', 'd'] },
  ],
] as const)('reads of %s %s what is wrong with it and what it names', (language, expr, expected) => {
  expect(parseQuery({ language, expr })).toMatchObject(expected)
})

it.each([
  ['promql', 'rate(http_server_request_duration_seconds[5m])', ['http_server_request_duration_seconds']],
  ['promql', 'sum by (http_rout) (rate(http_server_request_duration_seconds_count[5m]))', ['http_rout']],
  ['promql', 'log_errors', ['log_errors']],
  ['promql', 'stripe_client_retries_total{http_route="/"}', ['http_route']],
  ['promql', 'otelcol_exporter_sent_spans_total', ['otelcol_exporter_sent_spans_total']],
  ['logql', '{plutus_data_class="audit"} | severty_number >= 9', ['severty_number']],
] as const)('finds in %s %s what nothing makes', (language, expr, expected) => {
  expect(unknownNames({ language, expr }, labelsByMetric(builtInPolicy()))).toEqual(expected)
})

it('shows metrics of a policy where their events belong, and its alerts with their numbers', () => {
  const titles = Object.fromEntries(
    renderDashboards(OWN).map((file) => [file.name, panelsOf(file).map(({ title }) => title)]),
  )
  expect(titles['overview.json']).toEqual(expect.arrayContaining(['ledger.bookings per minute', 'ledger.weight']))
  expect(titles['security.json']).toContain('attack.probes per minute')
  expect(titles['overview.json']).not.toContain('attack.probes per minute')
  expect(titles['stripe.json']).toContain('payment.completions per minute')
  const [, alert] = POLICIES.map(([, policy]) =>
    renderDashboards(policy)
      .flatMap(panelsOf)
      .find(({ title }) => title === 'Alert ledger'),
  )
  expect(alert?.targets?.map(({ expr }) => expr)).toEqual([
    String.raw`sum((ledger_bookings_total{kind=~"a\\.b|c",ledger_side="de\"bit"} - last_over_time(ledger_bookings_total{kind=~"a\\.b|c",ledger_side="de\"bit"}[1h] offset 90s) >= 0) or ledger_bookings_total{kind=~"a\\.b|c",ledger_side="de\"bit"})`,
  ])
  expect(alert).toMatchObject({ fieldConfig: { defaults: { thresholds: { steps: [{}, { value: 3 }] } } } })
})

// Labels that Prometheus or a query adds, and those of what is not ours.
const ADDED = ['job', 'instance', 'le', 'cause']
const NODE_EXPORTER = {
  node_filesystem_avail_bytes: ['fstype', 'mountpoint'],
  node_filesystem_size_bytes: ['fstype', 'mountpoint'],
}
// What Loki makes of OTLP: labels of streams by the settings that the policy renders for it, and the rest of a record.
const RECORD = ['plutus.data.class', 'service.name', 'deployment.environment.name', 'severity_number', 'severity_text']

/** Every series that the SDK, the policy and the collector make, with its labels. */
function labelsByMetric({ metrics }: Policy): ReadonlyMap<string, readonly string[]> {
  const made = [
    ...Object.entries(SDK_METRICS).map(([name, metric]) => [nameOf(name, metric), metric.kind, metric.by] as const),
    ...Object.entries(metrics).map(
      ([name, metric]) =>
        [prometheusName(name, metric), metric.value === undefined ? 'counter' : 'histogram', metric.by] as const,
    ),
  ]
  return new Map<string, readonly string[]>([
    ...made.flatMap(([name, kind, by]) =>
      (kind === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']).map(
        (suffix) => [`${name}${suffix}`, by.map(labelName)] as const,
      ),
    ),
    ...Object.entries(COLLECTOR_METRICS),
    ...Object.entries(NODE_EXPORTER),
  ])
}

function unknownNames(
  query: Parameters<typeof parseQuery>[0],
  known: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const { metrics, labels } = parseQuery(query)
  const ofRecords = [...RECORD, ...CATALOGUE.flatMap(({ attributes }) => Object.keys(attributes))]
  const fitting =
    query.language === 'logql'
      ? ofRecords.map((name) => labelName(name))
      : [...ADDED, ...metrics.flatMap((metric) => known.get(metric) ?? [])]
  return [...metrics.filter((metric) => !known.has(metric)), ...labels.filter((label) => !fitting.includes(label))]
}
