import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { renderBuiltIn, renderClassRules } from './render-built-in.ts'
import { renderJsonSchema } from './render-json-schema.ts'
import { renderCollectorRulesTable, renderMembersTable, renderRulesTable } from './render-tables.ts'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
// A formatter may pad tables as it likes.
const withoutPadding = (text: string): string => text.replaceAll(/-{3,}/g, '---').replaceAll(/ +/g, ' ')

it.each([
  ['built-in.generated.ts', () => renderBuiltIn(read('../../../otel-collector/policy.yaml'))],
  [
    '../../conventions/src/class-rules.generated.ts',
    () => renderClassRules(read('../../../otel-collector/policy.yaml')),
  ],
  ['../policy.schema.json', renderJsonSchema],
])('%s is made from what it is made from; otherwise run node packages/policy/generate.ts', (path, render) => {
  expect(read(path)).toBe(render())
})

it.each([
  ['members', renderMembersTable],
  ['rules of policies', renderRulesTable],
  ['rules of collectors', renderCollectorRulesTable],
])('the README has the table of %s; otherwise run node packages/policy/generate.ts', (_what, render) => {
  expect(withoutPadding(read('../README.md'))).toContain(withoutPadding(render()))
})
