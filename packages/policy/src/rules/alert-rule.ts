import { policyHash } from '../policy-hash.ts'
import type { AlertPolicy, Policy } from '../policy.ts'
import { alertName } from './prometheus-names.ts'

/** A rule as Prometheus and Loki read it. */
export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** The rule of an alert of the policy; `expr` says when it fires. */
export function ruleOf(policy: Policy, name: string, { description, severity }: AlertPolicy, expr: string): AlertRule {
  return {
    alert: alertName(name),
    expr,
    labels: { severity, plutus_policy: policyHash(policy) },
    annotations: { summary: description, description: describe(policy, name) },
  }
}

/** What an alert means, in words. */
function describe({ alerts }: Policy, name: string): string {
  const { metric, where, reaches, withinSeconds } = alerts[name] as AlertPolicy
  const conditions = Object.entries(where).map(([attribute, values]) => `${attribute} ${values.join(' or ')}`)
  const what = [metric, ...conditions].join(', ')
  return `{{ $value }} of ${what} within ${withinSeconds} s; the policy alerts at ${reaches}.`
}
