import { stringify } from 'yaml'
import { policyHash } from '../policy-hash.ts'
import type { AlertPolicy, MetricPolicy, Policy } from '../policy.ts'
import { headOf } from '../retention/rendered-file.ts'
import type { RenderedFile } from '../retention/rendered-file.ts'
import { ruleOf } from './alert-rule.ts'
import { labelName, promDuration } from './prometheus-names.ts'

// As OpenTelemetry numbers them.
const SEVERITY_NUMBERS = { debug: 5, info: 9, warn: 13, error: 17, fatal: 21 } as const

/**
 * Renders the policy's alerts as rules of Loki's ruler, which counts records where no metrics are kept. What is sampled
 * away is not counted.
 */
export function renderLokiRules(policy: Policy): RenderedFile {
  const rules = Object.entries(policy.alerts).map(([name, alert]) => {
    const query = queryOf(alert, policy.metrics[alert.metric] as MetricPolicy)
    return ruleOf(
      policy,
      name,
      alert,
      `sum(count_over_time(${query} [${promDuration(alert.withinSeconds)}])) >= ${alert.reaches}`,
    )
  })
  const text = stringify(
    { groups: [{ name: 'plutus-policy', interval: '15s', rules }] },
    { lineWidth: 0, aliasDuplicateObjects: false },
  )
  return { name: 'loki-rules.yaml', text: `${headOf('#', 'alerts in Loki', policyHash(policy))}\n${text}` }
}

/** LogQL for the records that an alert counts. */
function queryOf({ where }: AlertPolicy, { events, severity }: MetricPolicy): string {
  const filters = [
    ...(events.length === 0 ? [] : [match('event_name', events)]),
    ...(severity === undefined ? [] : [`severity_number >= ${SEVERITY_NUMBERS[severity]}`]),
    ...Object.entries(where).map(([attribute, values]) => match(labelName(attribute), values)),
  ]
  // Every record that a collector of ours sent has a class.
  return ['{plutus_data_class=~".+"}', ...filters].join(' | ')
}

function match(name: string, values: readonly string[]): string {
  const [only] = values
  if (values.length === 1 && only !== undefined && !only.includes('*')) return `${name}=${JSON.stringify(only)}`
  const pattern = values.map((value) => value.replaceAll(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`).replaceAll('*', '.*'))
  return `${name}=~${JSON.stringify(pattern.join('|'))}`
}
