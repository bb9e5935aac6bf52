import { readFileSync, writeFileSync } from 'node:fs'
import { renderBuiltIn, renderClassRules } from './src/render-built-in.ts'
import { renderJsonSchema } from './src/render-json-schema.ts'
import { renderCollectorRulesTable, renderMembersTable, renderRulesTable } from './src/render-tables.ts'

// Writes the files that are made from the built-in policy and its format; `--check` names the stale ones instead.

const policyFile = readFileSync(new URL('../../otel-collector/policy.yaml', import.meta.url), 'utf8')
const FILES: Readonly<Record<string, () => string>> = {
  'src/built-in.generated.ts': () => renderBuiltIn(policyFile),
  '../conventions/src/class-rules.generated.ts': () => renderClassRules(policyFile),
  'policy.schema.json': renderJsonSchema,
}

const readme = new URL('README.md', import.meta.url)
const TABLES = {
  'policy-members': renderMembersTable,
  'policy-rules': renderRulesTable,
  'collector-rules': renderCollectorRulesTable,
}

for (const [path, render] of Object.entries(FILES)) {
  const url = new URL(path, import.meta.url)
  if (!process.argv.includes('--check')) writeFileSync(url, render())
  else if (readFileSync(url, 'utf8') !== render()) {
    process.stdout.write(`packages/policy/${path} is stale: run node packages/policy/generate.ts\n`)
    process.exitCode = 1
  }
}

if (!process.argv.includes('--check')) {
  let text = readFileSync(readme, 'utf8')
  for (const [name, render] of Object.entries(TABLES)) {
    const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
    text = `${text.slice(0, text.indexOf(start) + start.length)}\n\n${render()}\n\n${text.slice(text.indexOf(end))}`
  }
  writeFileSync(readme, text)
}
