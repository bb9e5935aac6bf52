import { DATA_CLASSES } from '@plutus/conventions'
import { resolvePolicy } from './parse-policy.ts'
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

/** Renders the rules of classes for `@plutus/conventions`, which everything that treats records by class goes by. */
export function renderClassRules(text: string): string {
  const { members } = readPolicyFile(text, 'otel-collector/policy.yaml')
  const { classes } = resolvePolicy([], members)
  const rules = DATA_CLASSES.map((name) => {
    const { keep, durable, searchableDays, archiveDays } = classes[name]
    return `  ${name}: { keep: '${keep}', durable: ${durable}, searchableDays: ${searchableDays}, archiveDays: ${archiveDays} },`
  })
  return [
    '// Made from otel-collector/policy.yaml by packages/policy/generate.ts.',
    "import type { ClassRule, DataClass } from './data-classes.ts'",
    '',
    '/** Rule of each class, as the built-in policy has it; a policy file may change it. */',
    'export const CLASS_RULES: Readonly<Record<DataClass, ClassRule>> = {',
    ...rules,
    '}',
    '',
  ].join('\n')
}
