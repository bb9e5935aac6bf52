import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const ROOM = dirname(createRequire(import.meta.url).resolve('@plutus/otel-register'))
const DIST = join(ROOM, 'dist')
const build = async (): Promise<unknown> => await promisify(execFile)(process.execPath, [join(ROOM, 'build.ts')])

const digests = (): Record<string, string> =>
  Object.fromEntries(
    globSync('**/*', { cwd: DIST })
      .filter((file) => statSync(join(DIST, file)).isFile())
      .sort()
      .map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(DIST, file)))
          .digest('hex'),
      ]),
  )

/** Files that are loaded with a file: what it imports statically, and so on. */
const loadedWith = (file: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, next] of readFileSync(join(DIST, file), 'utf8').matchAll(/\bfrom\s*"\.\/([^"]+)"/g)) {
    if (next !== undefined) loadedWith(next, seen)
  }
  return seen
}

it('gives the same files from two builds at once, and leaves nothing else behind', async () => {
  await build()
  const once = digests()
  await Promise.all([build(), build()])
  expect(digests()).toEqual(once)
})

it('loads at start neither gRPC nor any instrumentation', () => {
  const files = [...loadedWith('start.js')]
  expect(files.filter((file) => file.startsWith('instrumentations/') || file.startsWith('upstream/'))).toEqual([])
  const code = files.map((file) => readFileSync(join(DIST, file), 'utf8')).join('\n')
  expect(code).not.toMatch(/\bNodeSDK\b|\b\w+Instrumentation\s*=\s*class|from\s*"(?:node:)?http2"/)
})

it('has lines that Node can print when one of them throws', () => {
  const long = Object.keys(digests())
    .filter((file) => file.endsWith('.js'))
    .filter((file) =>
      readFileSync(join(DIST, file), 'utf8')
        .split('\n')
        .some((line) => line.length > 5000),
    )
  expect(long).toEqual([])
})

it('carries the licences of what is in it', () => {
  const notices = readFileSync(join(DIST, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
  for (const name of ['@opentelemetry/api', '@opentelemetry/sdk-trace', '@opentelemetry/instrumentation-pg']) {
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(Apache-2\\.0\\)$`, 'm'))
  }
  expect(notices).toContain('Apache License')
  expect(notices).not.toContain('no licence named')
})
