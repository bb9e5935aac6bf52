import { readFileSync, writeFileSync } from 'node:fs'
import { CATALOGUE } from './src/catalogue/catalogue.ts'
import { renderDocs } from './src/catalogue/render-docs.ts'
import { renderEventTypes } from './src/catalogue/render-event-types.ts'
import { renderJsonSchema } from './src/catalogue/render-json-schema.ts'
import { renderPublished } from './src/catalogue/render-published.ts'

// Writes the files that are made from the catalogue. `--check` names those that are stale and writes nothing;
// `--publish` also takes the catalogue down as published, which only a release does.

const FILES: Readonly<Record<string, () => string>> = {
  'src/event-fields.generated.ts': () => renderEventTypes(CATALOGUE),
  'CATALOGUE.md': () => renderDocs(CATALOGUE),
  'catalogue.schema.json': () => renderJsonSchema(CATALOGUE),
}
const PUBLISHED = { 'catalogue.published.json': () => renderPublished(CATALOGUE) }

const files = process.argv.includes('--publish') ? { ...FILES, ...PUBLISHED } : FILES
for (const [path, render] of Object.entries(files)) {
  const url = new URL(path, import.meta.url)
  if (!process.argv.includes('--check')) writeFileSync(url, render())
  else if (readFileSync(url, 'utf8') !== render()) {
    process.stdout.write(`packages/conventions/${path} is stale: run node packages/conventions/generate.ts\n`)
    process.exitCode = 1
  }
}
