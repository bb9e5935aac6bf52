import type { Field } from './fields.ts'
import { POLICY_FIELDS } from './policy-fields.ts'

/** A member of the policy file, for documents. */
export interface MemberEntry {
  /** Path; `CLASS`, `NAME` and `[]` stand for names and places that the file chooses. */
  readonly path: string
  /** What it must be. */
  readonly rule: string
  /** What it is for. */
  readonly about: string
}

/** Lists every member that a policy file may have, in the order of the format. */
export function listMembers(): MemberEntry[] {
  return membersOf(POLICY_FIELDS, '')
}

function membersOf(field: Field, path: string): MemberEntry[] {
  if (field.kind === 'list') return membersOf(field.of, `${path}[]`)
  if (field.kind === 'named') return membersOf(field.of, `${path}.NAME`)
  if (field.kind === 'scalar') return []
  const entries = Object.entries(field.members)
  // The classes have the same members; one stands for all.
  const shown =
    path === 'classes' || path.endsWith('.classes')
      ? entries.slice(0, 1).map(([, one]) => ['CLASS', one] as const)
      : entries
  return shown.flatMap(([name, { field: inner, about }]) => {
    const at = path === '' ? name : `${path}.${name}`
    const rule = ruleOf(inner)
    return [...(rule === '' ? [] : [{ path: at, rule, about }]), ...membersOf(inner, at)]
  })
}

function ruleOf(field: Field): string {
  if (field.kind === 'scalar') return field.rule
  if (field.kind === 'group') return ''
  const inner = ruleOf(field.of)
  if (field.kind === 'named')
    return field.removable ? 'named entries, or null' : inner === '' ? '' : `names, each with ${inner}`
  return inner === '' ? 'a list of rules' : `a list, each ${inner}${field.orOne ? '; one may stand alone' : ''}`
}
