import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { builtInPolicy, parsePolicy } from '../parse-policy.ts'
import { policyHash } from '../policy-hash.ts'
import { labelName, prometheusName } from './prometheus-names.ts'
import { renderRules } from './render-rules.ts'

const RENDERED = new URL('../../../../otel-collector/rendered/rules/', import.meta.url)

it.each(renderRules(builtInPolicy()))('$name is rendered from the built-in policy', async ({ name, text }) => {
  await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(name, RENDERED)))
  expect(text).toContain(policyHash(builtInPolicy()))
})

// As the collector and Prometheus translate names: https://prometheus.io/docs/guides/opentelemetry
it.each([
  ['payment.completions', '{payment}', undefined, 'payment_completions_total'],
  ['payment.processing.duration', 's', 'payment.duration', 'payment_processing_duration_seconds'],
  ['http.seconds', 's', 'a', 'http_seconds'],
  ['cache.size', 'By', 'a', 'cache_size_bytes'],
  ['risk.score', '1', 'a', 'risk_score_ratio'],
  ['log.errors', '1', undefined, 'log_errors_total'],
])('names %s in %s as Prometheus does', (name, unit, value, expected) => {
  expect(prometheusName(name, { unit, ...(value === undefined ? {} : { value }) })).toBe(expected)
})

it('names a label as Prometheus does', () => {
  expect(labelName('plutus.data-class')).toBe('plutus_data_class')
})

const POLICY = parsePolicy(
  [
    'version: 1',
    'metrics:',
    '  ledger.bookings: { description: B., unit: "{booking}", events: [ledger.*, "x.y"], severity: warn, by: [kind, ledger.side] }',
    'alerts:',
    '  ledger: { description: L., metric: ledger.bookings, where: { kind: [a.b, c], ledger.side: "de\\"bit" }, reaches: 3, within: 90s, severity: warning }',
  ].join('\n'),
)

/** The expression of the alert above in one of the files. */
function exprIn(file: string): string {
  const { text = '' } = renderRules(POLICY).find(({ name }) => name === file) ?? {}
  const { groups } = parse(text) as { groups: { rules: { alert: string; expr: string }[] }[] }
  return groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === 'PlutusLedger')?.expr ?? ''
}

it('counts in Prometheus what has one of the values, in the time of the alert', () => {
  const series = String.raw`ledger_bookings_total{kind=~"a\\.b|c",ledger_side="de\"bit"}`
  expect(exprIn('prometheus-rules.yaml')).toBe(
    `sum((${series} - last_over_time(${series}[1h] offset 90s) >= 0) or ${series}) >= 3`,
  )
})

it('counts in Loki the same records by name, severity and values', () => {
  expect(exprIn('loki-rules.yaml')).toBe(
    String.raw`sum(count_over_time({plutus_data_class=~".+"} | event_name=~"ledger\\..*|x\\.y" | severity_number >= 13 | kind=~"a\\.b|c" | ledger_side="de\"bit" [90s])) >= 3`,
  )
})
