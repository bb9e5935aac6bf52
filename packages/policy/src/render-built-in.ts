import { PolicyError } from './policy-error.ts'
import { readPolicyFile } from './read-policy-file.ts'

/** Renders the built-in policy as data, so that nobody without a file of his own pays for a YAML parser. */
export function renderBuiltIn(text: string): string {
  const { members, problems } = readPolicyFile(text, 'otel-collector/policy.yaml')
  if (problems.length > 0) throw new PolicyError(problems)
  return [
    '// Made from otel-collector/policy.yaml by packages/policy/generate.ts.',
    "import type { PolicyMembers } from './merge.ts'",
    '',
    '/** The members of the built-in policy, with its profiles. */',
    `export const BUILT_IN: PolicyMembers = ${JSON.stringify(members, undefined, 2)}`,
    '',
  ].join('\n')
}
