import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestNode } from '@plutus/test-kit'
import { build } from 'esbuild'
import type { BuildOptions } from 'esbuild'

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url))
// Below this workspace's packages, so that what is not bundled is found from there.
const BUILT = fileURLToPath(new URL(`../node_modules/.cache/events-${process.pid}/`, import.meta.url))
const built = new Map<string, Promise<string>>()
process.once('exit', () => rmSync(BUILT, { recursive: true, force: true }))

/**
 * File of a program for a Node. The workspace's packages are TypeScript, which the oldest Node does not run:
 * for that one they are built into the program. So is a program in TypeScript, whose decorators no Node runs.
 */
export async function programFile(name: string, { label }: Pick<TestNode, 'label'>): Promise<string> {
  const file = join(PROGRAMS, name)
  if (name.endsWith('.ts')) return await buildOnce(file, name.replace(/ts$/, 'mjs'))
  return label === '22.15' ? await buildOnce(file, name) : file
}

/** Builds a copy of `@plutus/events` of its own, with or without a copy of OpenTelemetry's API in it. */
export async function buildCopy(name: string, ownApi: boolean): Promise<string> {
  const external = ownApi ? [] : ['@opentelemetry/*']
  return await buildOnce(fileURLToPath(import.meta.resolve('@plutus/events')), `${name}.mjs`, { external })
}

/** Builds a program and all that it needs into one file, on the API of the 1.9 line. */
export async function buildOnOldApi(name: string): Promise<string> {
  const alias = { '@opentelemetry/api': createRequire(import.meta.url).resolve('opentelemetry-api-1-9') }
  return await buildOnce(join(PROGRAMS, name), `api-1-9-${name}`, { external: [], alias })
}

function buildOnce(entry: string, name: string, options: BuildOptions = {}): Promise<string> {
  const file = join(BUILT, name)
  const known = built.get(file) ?? bundle(entry, file, options)
  built.set(file, known)
  return known
}

async function bundle(entry: string, file: string, options: BuildOptions): Promise<string> {
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: file.endsWith('.cjs') ? 'cjs' : 'esm',
    external: ['@opentelemetry/*', 'pino', 'winston', 'bunyan'],
    logLevel: 'warning',
    ...options,
  })
  return file
}
