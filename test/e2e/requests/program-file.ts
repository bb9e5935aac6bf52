import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestNode } from '@plutus/test-kit'
import { build } from 'esbuild'

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url))
// Below this workspace's packages, so that what is not bundled is found from there.
const BUILT = fileURLToPath(new URL(`../node_modules/.cache/requests-${process.pid}/`, import.meta.url))
const built = new Map<string, Promise<string>>()
process.once('exit', () => rmSync(BUILT, { recursive: true, force: true }))

/**
 * File of a program of this story for a Node. The workspace's packages are TypeScript, which the oldest Node does not
 * run: for that one `@plutus/events` is built into the program, and everything else is left as the program has it.
 */
export async function programFile(name: string, { label }: Pick<TestNode, 'label'>): Promise<string> {
  if (label !== '22.15') return join(PROGRAMS, name)
  const known = built.get(name) ?? bundle(name)
  built.set(name, known)
  return await known
}

async function bundle(name: string): Promise<string> {
  const outfile = join(BUILT, name)
  await build({
    entryPoints: [join(PROGRAMS, name)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: name.endsWith('.cjs') ? 'cjs' : 'esm',
    external: ['@opentelemetry/*', 'express', 'pg', 'pino'],
    logLevel: 'warning',
  })
  return outfile
}
