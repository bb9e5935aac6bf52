import { listMembers } from './describe-members.ts'
import { COLLECTOR_RULES } from './checks/collector-rules.ts'
import { POLICY_RULES } from './policy-rules.ts'
import type { PolicyRule } from './policy-rules.ts'

/** Renders the table of members for the README. */
export function renderMembersTable(): string {
  const rows = listMembers().map(({ path, rule, about }) => `| \`${path}\` | ${rule} | ${about} |`)
  return ['| Member | Must be | What it does |', '| --- | --- | --- |', ...rows].join('\n')
}

/** Renders the table of rules of policy files for the README. */
export function renderRulesTable(): string {
  return tableOf(POLICY_RULES)
}

/** Renders the table of rules of collector configurations for the README. */
export function renderCollectorRulesTable(): string {
  return tableOf(COLLECTOR_RULES)
}

function tableOf(rules: Readonly<Record<string, PolicyRule>>): string {
  const rows = Object.entries(rules).map(([code, { rule, wayOut }]) => `| \`${code}\` | ${rule} | ${wayOut} |`)
  return ['| Code | Rule | Way out |', '| --- | --- | --- |', ...rows].join('\n')
}
