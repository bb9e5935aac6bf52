import { stringify } from 'yaml'
import { policyHash } from '../policy-hash.ts'
import type { AlertPolicy, MetricPolicy, Policy } from '../policy.ts'
import { headOf } from '../retention/rendered-file.ts'
import type { RenderedFile } from '../retention/rendered-file.ts'
import { ruleOf } from './alert-rule.ts'
import { labelName, prometheusName } from './prometheus-names.ts'
import { renderCollectorTests, STEP_SECONDS } from './promtool-collector-tests.ts'

// A value that no condition names.
const OTHER = 'plutus_other'

/**
 * Renders tests of the rules for `promtool test rules`. Each alert: fires at the number that the policy names, at once in
 * a new series and spread over several; not at one less; not by what its conditions leave out; and ends when it is over.
 * Those on the collectors fire at their bound and not below, and as late as they should.
 */
export function renderPromtoolTests(policy: Policy): RenderedFile {
  const tests = [
    ...Object.entries(policy.alerts).flatMap(([name, alert]) => testsOf(policy, name, alert)),
    ...renderCollectorTests(policy),
  ]
  const file = { rule_files: ['prometheus-rules.yaml'], evaluation_interval: `${STEP_SECONDS}s`, tests }
  const head = headOf('#', 'tests of the alerts, for promtool test rules', policyHash(policy))
  return {
    name: 'prometheus-rules.test.yaml',
    text: `${head}\n${stringify(file, { lineWidth: 0, aliasDuplicateObjects: false })}`,
  }
}

function testsOf(policy: Policy, name: string, alert: AlertPolicy): readonly unknown[] {
  const { reaches, withinSeconds } = alert
  const steps = Math.ceil(withinSeconds / STEP_SECONDS)
  const firing = { ...ruleOf(policy, name, alert, '') }
  const fires = (value: number): unknown => ({
    exp_labels: firing.labels,
    exp_annotations: {
      ...firing.annotations,
      description: firing.annotations['description']?.replace('{{ $value }}', String(value)),
    },
  })
  const test = (what: string, series: readonly unknown[], at: number, value?: number): unknown => ({
    name: `${name}: ${what}`,
    interval: `${STEP_SECONDS}s`,
    input_series: series,
    alert_rule_test: [
      {
        eval_time: `${at * STEP_SECONDS}s`,
        alertname: firing.alert,
        exp_alerts: value === undefined ? [] : [fires(value)],
      },
    ],
  })
  const series = (one: string, values: string, others?: Readonly<Record<string, string>>): unknown => ({
    series: seriesOf(policy, alert, one, others),
    values,
  })
  // Series that were there before the time of the alert began.
  const before = steps + 4
  const grown = (by: number): string => `7x${before} ${7 + by}x${steps * 3}`
  const left = Object.keys(alert.where)[0]
  return [
    test('at its number in a new series', [series('a', `_x${before} ${reaches}x${steps * 3}`)], before + 1, reaches),
    test('at its number in an old series', [series('a', grown(reaches))], before + 1, reaches),
    test('not one below', [series('a', grown(reaches - 1))], before + 1),
    test('no more when its time is over', [series('a', grown(reaches))], before + 1 + steps),
    ...(reaches > 1
      ? [
          test(
            'in two series together',
            [series('a', grown(reaches - 1)), series('b', `_x${before} 1x${steps * 3}`)],
            before + 1,
            reaches,
          ),
        ]
      : []),
    test('after a collector began anew', [series('a', `1000x${before} ${reaches}x${steps * 3}`)], before + 1, reaches),
    ...(left === undefined
      ? []
      : [test('not by others', [series('a', grown(reaches), { [left]: OTHER })], before + 1)]),
  ]
}

/** A series that an alert counts, but for the attributes that are given another value. */
function seriesOf(
  { metrics }: Policy,
  { metric, where }: AlertPolicy,
  instance: string,
  others: Readonly<Record<string, string>> = {},
): string {
  const definition = metrics[metric] as MetricPolicy
  const labels = definition.by.map((attribute) => {
    const value = others[attribute] ?? where[attribute]?.[0] ?? 'unknown'
    return `${labelName(attribute)}=${JSON.stringify(value)}`
  })
  return `${prometheusName(metric, definition)}{${[...labels, `instance="${instance}"`].join(',')}}`
}
