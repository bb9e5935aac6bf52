import { isGroup } from './merge.ts'
import type { PolicyMembers } from './merge.ts'
import { createProblem } from './policy-error.ts'
import type { PolicyProblem, Position } from './policy-error.ts'
import { CLASS_ORDER } from './policy-fields.ts'
import type { AlertPolicy, ClassPolicy, MetricPolicy, Policy } from './policy.ts'

/** Tells where a member of a policy stands. */
export type PositionOf = (path: string) => Position

const NEEDED = {
  metrics: { description: 'description', unit: 'unit' },
  alerts: {
    description: 'description',
    metric: 'metric',
    reaches: 'reaches',
    withinSeconds: 'within',
    severity: 'severity',
  },
}

/** Finds what metrics and alerts of one's own do not say; all else the built-in policy says. */
export function findMissing(members: PolicyMembers, positionOf: PositionOf): PolicyProblem[] {
  return Object.entries(NEEDED).flatMap(([list, needed]) =>
    Object.entries(groupOf(members, list)).flatMap(([name, entry]) =>
      Object.entries(needed)
        .filter(([member]) => !isGroup(entry) || entry[member] === undefined)
        .map(([, member]) => {
          const path = `${list}.${name}.${member}`
          return createProblem('POLICY_MISSING', path, positionOf(path), `${list}.${name} lacks ${member}.`)
        }),
    ),
  )
}

/** Makes a policy of members that lack nothing: what may be left out gets its value, and nothing can be changed. */
export function completePolicy(members: PolicyMembers): Policy {
  const { profiles: _resolved, ...rest } = members
  const classes = groupOf(members, 'classes')
  const policy = {
    ...rest,
    classes: Object.fromEntries(
      CLASS_ORDER.map((name) => [name, { match: [], immutable: false, ...(classes[name] as Partial<ClassPolicy>) }]),
    ),
    metrics: mapEntries(groupOf(members, 'metrics'), (metric) => ({
      events: [],
      buckets: [],
      by: [],
      ...(metric as Partial<MetricPolicy>),
    })),
    alerts: mapEntries(groupOf(members, 'alerts'), (alert) => ({ where: {}, ...(alert as Partial<AlertPolicy>) })),
  }
  return deepFreeze(policy) as unknown as Policy
}

function groupOf(members: PolicyMembers, name: string): PolicyMembers {
  return members[name] as PolicyMembers
}

function mapEntries(entries: PolicyMembers, complete: (entry: unknown) => unknown): PolicyMembers {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, complete(entry)]))
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
