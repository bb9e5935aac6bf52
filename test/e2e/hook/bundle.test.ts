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

it('gives the same files from two builds at once, and leaves nothing else behind', async () => {
  await build()
  const once = digests()
  await Promise.all([build(), build()])
  expect(digests()).toEqual(once)
})

it('loads at start neither gRPC nor any instrumentation', () => {
  const code = readFileSync(join(DIST, 'start.cjs'), 'utf8')
  expect(code).not.toMatch(/\bNodeSDK\b|\b\w+Instrumentation\s*=\s*class|require\("(?:node:)?http2"\)/)
  expect(code).toMatch(/\bStorageContextManager\s*=\s*class/) // names are kept, or the line above would find nothing
})

it('has lines that Node can print when one of them throws', () => {
  const long = Object.keys(digests())
    .filter((file) => /\.c?js$/.test(file))
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
