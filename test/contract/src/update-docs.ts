import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GENERATED_PARTS, insertPart } from './docs.ts'
import { readText, ROOT } from './public-names.ts'

// Writes what documents take from code: `node test/contract/src/update-docs.ts`. A test tells when they are stale.
for (const part of GENERATED_PARTS) writeFileSync(join(ROOT, part.path), insertPart(readText(part.path), part))
