import type { DataClass } from '@plutus/conventions'
import type { MatchRule, Policy } from '../policy.ts'
import { asLiteral } from './environment.ts'

const CLASS = 'log.attributes["plutus.data.class"]'
const SEVERITY = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' } as const

/** The OTTL condition by which a record is of a class. */
export function conditionOfClass(policy: Policy, name: DataClass): string {
  return [`${CLASS} == "${name}"`, ...policy.classes[name].match.map(conditionOfRule)].join(' or ')
}

/** The OTTL condition of event names and a least severity; `true` where both are absent. */
export function conditionOfRule({ events, severity }: MatchRule): string {
  const parts = [
    ...(events === undefined || events.length === 0 ? [] : [conditionOfEvents(events)]),
    ...(severity === undefined ? [] : [`log.severity_number >= SEVERITY_NUMBER_${SEVERITY[severity]}`]),
  ]
  return parts.length === 0 ? 'true' : `(${parts.join(' and ')})`
}

function conditionOfEvents(events: readonly string[]): string {
  if (events.length === 1 && !events[0]?.includes('*')) return `log.event_name == "${events[0]}"`
  const patterns = events.map((name) => name.replaceAll('.', '[.]').replaceAll('*', '.*'))
  return `IsMatch(log.event_name, "${asLiteral(`^(?:${patterns.join('|')})$`)}")`
}
