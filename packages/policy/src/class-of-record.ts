import type { DataClass, EventSeverity } from '@plutus/conventions'
import { compileName } from './match-name.ts'
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
  let tests = compiled.get(policy)
  if (tests === undefined) compiled.set(policy, (tests = compileClasses(policy)))
  for (const { name, rules } of tests) {
    if (traits.dataClass === name) return name
    for (const fits of rules) if (fits(traits)) return name
  }
  return 'application'
}

/** Whether a record is one that a rule means: all that the rule says holds. */
export function fitsRule(rule: MatchRule, traits: RecordTraits): boolean {
  return compileRule(rule)(traits)
}

type RecordTest = (traits: RecordTraits) => boolean

interface ClassTest {
  readonly name: DataClass
  readonly rules: readonly RecordTest[]
}

// A process asks for every log record, and the policy is the same each time.
const compiled = new WeakMap<Policy, readonly ClassTest[]>()

function compileClasses({ classes }: Policy): readonly ClassTest[] {
  return CLASS_ORDER.map((name) => ({ name, rules: classes[name].match.map(compileRule) }))
}

function compileRule({ events, severity }: MatchRule): RecordTest {
  const names = events?.map(compileName) ?? []
  if (names.length === 0) return severity === undefined ? () => true : compileSeverity(severity)
  const isGrave = severity === undefined ? undefined : compileSeverity(severity)
  return (traits) => {
    const { eventName } = traits
    if (eventName === undefined) return false
    for (const fits of names) if (fits(eventName)) return isGrave === undefined || isGrave(traits)
    return false
  }
}

function compileSeverity(severity: EventSeverity): RecordTest {
  const least = rankOf(severity)
  return (traits) => rankOf(traits.severity) >= least
}

function rankOf(severity: EventSeverity | undefined): number {
  return severity === undefined ? -1 : SEVERITIES.indexOf(severity)
}
