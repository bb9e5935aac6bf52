import { listMembers } from './describe-members.ts'
import { POLICY_RULES } from './policy-rules.ts'

/** Renders the table of members for the README. */
export function renderMembersTable(): string {
  const rows = listMembers().map(({ path, rule, about }) => `| \`${path}\` | ${rule} | ${about} |`)
  return ['| Member | Must be | What it does |', '| --- | --- | --- |', ...rows].join('\n')
}

/** Renders the table of rules for the README. */
export function renderRulesTable(): string {
  const rows = Object.entries(POLICY_RULES).map(([code, { rule, wayOut }]) => `| \`${code}\` | ${rule} | ${wayOut} |`)
  return ['| Code | Rule | Way out |', '| --- | --- | --- |', ...rows].join('\n')
}
