import { expect, it } from 'vitest'
import { comparePolicies, tabulateChanges } from './compare-policies.ts'
import { formatTable } from './format.ts'
import { builtInPolicy, parsePolicy } from './parse-policy.ts'

const builtIn = builtInPolicy()
const changesOf = (text: string): string[] =>
  comparePolicies(builtIn, parsePolicy(`version: 1\n${text}`)).map(
    ({ path, before, after, loses }) => `${loses ? '!' : '+'} ${path}: ${before} -> ${after}`,
  )

it('finds nothing between policies that decide the same', () => {
  expect(changesOf('# mine\ntiers: { hot: 1w }\nclasses: { payment: { description: Money. } }')).toEqual([])
})

// One change each, and whether something is lost by it.
it.each([
  ['classes: { payment: { searchable: 90d } }', '+ classes.payment.searchable: 60d -> 90d'],
  ['classes: { payment: { searchable: 30d } }', '! classes.payment.searchable: 60d -> 30d'],
  ['classes: { payment: { archive: 1y } }', '! classes.payment.archive: 7y -> 1y'],
  ['classes: { performance: { archive: 14d } }', '+ classes.performance.archive: none -> 14d'],
  ['classes: { performance: { keep: all } }', '+ classes.performance.keep: warn-and-above -> all'],
  ['classes: { payment: { durable: false } }', '! classes.payment.durable: true -> false'],
  ['classes: { audit: { immutable: false } }', '! classes.audit.immutable: true -> false'],
  ['classes: { payment: { queue: 1GiB } }', '! classes.payment.queue: 2GiB -> 1GiB'],
  [
    'classes: { audit: { match: [{ events: payment.refund }] } }',
    '+ classes.audit.match: [] -> [{"events":["payment.refund"]}]',
  ],
  ['sampling: { rate: 10% }', '! sampling.rate: 100% -> 10%'],
  ['sampling: { decided_by: process }', '+ sampling.decided_by: collector -> process'],
  ['sampling: { slow: 5s }', '! sampling.slow: 2s -> 5s'],
  ['sampling: { wait: 1500ms }', '! sampling.wait: 30s -> 1500ms'],
  ['sampling: { max_traces: 100 }', '! sampling.max_traces: 50000 -> 100'],
  ['sampling: { trace_size: 10KiB }', '+ sampling.trace_size: 20KiB -> 10KiB'],
  ['tiers: { hot: 8d }', '+ tiers.hot: 7d -> 8d'],
  ['targets: { backend: grafana }', '+ targets.backend: otlp -> grafana'],
  ['redaction: { unmasked_links: pass }', '! redaction.unmasked_links: drop -> pass'],
  ['limits: { disk: 50GiB }', '+ limits.disk: 20GiB -> 50GiB'],
  ['limits: { disk_alert: 90% }', '! limits.disk_alert: 80% -> 90%'],
  ['limits: { traces_queue: 1200MiB }', '+ limits.traces_queue: 1GiB -> 1200MiB'],
  [
    'metrics: { payment.attempts: { by: [] } }',
    '+ metrics.payment.attempts: count of payment.attempt by payment.currency, payment.method -> count of payment.attempt',
  ],
  ['metrics: { payment.attempts: null }', '! metrics.payment.attempts: Payments that were begun. -> -'],
  ['alerts: { incidents: null }', '! alerts.incidents: An incident was declared. -> -'],
  [
    'alerts: { fraud_blocks: { reaches: 11 } }',
    '! alerts.fraud_blocks: 10 of fraud.decisions, fraud.action block in 1m, warning -> 11 of fraud.decisions, fraud.action block in 1m, warning',
  ],
  [
    'alerts: { errors: { severity: critical } }',
    '+ alerts.errors: 100 of log.errors in 1m, warning -> 100 of log.errors in 1m, critical',
  ],
])('tells of %s', (text, change) => {
  expect(changesOf(text)).toEqual([change])
})

it('tells of every class that a profile raises', () => {
  expect(changesOf('profile: pci')).toEqual([
    '+ profile: default -> pci',
    '+ classes.payment.searchable: 60d -> 90d',
    '+ classes.performance.searchable: 14d -> 90d',
    '+ classes.performance.archive: none -> 1y',
    '+ classes.application.searchable: 30d -> 90d',
    '+ classes.application.archive: none -> 1y',
  ])
})

it('says for whom it changes, and marks what loses something', () => {
  const policy = parsePolicy(
    'version: 1\nsampling: { rate: 10% }\nclasses: { audit: { match: [{ events: payment.refund }] }, payment: { searchable: 1y } }',
  )
  expect(formatTable(tabulateChanges(comparePolicies(builtIn, policy)))).toBe(
    [
      '   MEMBER                      BEFORE  AFTER                            EFFECT',
      '   classes.payment.searchable  60d     1y                               Who searches finds its records for 1y.',
      '   classes.audit.match         []      [{"events":["payment.refund"]}]  Other records are of the class; of the catalogue: payment.refund.',
      '!  sampling.rate               100%    10%                              Developers find 10% of ordinary traces and of their records below WARN.',
      '',
    ].join('\n'),
  )
})
