import type { DataClass, EventSeverity } from '@plutus/conventions'
import { matchesName } from './match-name.ts'
import { CLASS_ORDER } from './policy-fields.ts'
import type { MatchRule, Policy } from './policy.ts'

/** What of a log record decides its class. */
export interface RecordTraits {
  /** Its attribute `plutus.data.class`. */
  readonly dataClass?: unknown
  readonly eventName?: string
  readonly severity?: EventSeverity
}

/** Severities from the least to the most grave. */
export const SEVERITIES = ['debug', 'info', 'warn', 'error', 'fatal'] as const satisfies readonly EventSeverity[]

/**
 * The class that a record belongs to under a policy: the first one that its attribute names or whose match it fits, else
 * `application`.
 *
 * @example classOfRecord(builtInPolicy(), { dataClass: 'payment' }) // 'payment'
 */
export function classOfRecord(policy: Policy, traits: RecordTraits): DataClass {
  const { dataClass } = traits
  return (
    CLASS_ORDER.find(
      (name) => dataClass === name || policy.classes[name].match.some((rule) => fitsRule(rule, traits)),
    ) ?? 'application'
  )
}

/** Whether a record is one that a rule means: all that the rule says holds. */
export function fitsRule({ events, severity }: MatchRule, traits: RecordTraits): boolean {
  if (events !== undefined && events.length > 0) {
    const { eventName } = traits
    if (eventName === undefined || !events.some((pattern) => matchesName(pattern, eventName))) return false
  }
  return severity === undefined || rankOf(traits.severity) >= rankOf(severity)
}

function rankOf(severity: EventSeverity | undefined): number {
  return severity === undefined ? -1 : SEVERITIES.indexOf(severity)
}
