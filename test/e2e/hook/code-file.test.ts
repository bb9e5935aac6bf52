import { END_NODES, runProgram } from '@plutus/test-kit'
import type { TestNode } from '@plutus/test-kit'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

const NOWHERE = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }
const TAKEN = /^plutus: compiled code of the start is taken from /m

let cache: string
let folder: string

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'plutus-code-'))
  folder = join(cache, `plutus-${process.geteuid?.()}`)
})
afterEach(() => rmSync(cache, { recursive: true, force: true }))

const run = async (node: TestNode | undefined, millis: number, env: Record<string, string> = {}) => {
  const { code, stdout, stderr } = await runProgram({
    file: programFile('code-file.cjs'),
    args: [folder, String(millis)],
    ...(node && { node }),
    env: { XDG_CACHE_HOME: cache, OTEL_LOG_LEVEL: 'debug', ...NOWHERE, ...env },
  })
  expect(code).toBe(0)
  const told = JSON.parse(stdout) as { readonly files: string[]; readonly compileCache: string | null }
  return { ...told, stderr }
}

// On Windows nothing is kept: its files have no owner that could be compared.
describe.runIf(process.platform !== 'win32').each(END_NODES)('on Node $label', (node) => {
  it('keeps its compiled code for the next start, and none of the application', async () => {
    const first = await run(node, 20_000)
    expect(first.files).toEqual([expect.stringMatching(/^[\da-f]{16}-.+\.bin$/)])
    expect(first.compileCache).toBeNull()
    expect(first.stderr).not.toMatch(TAKEN)
    expect([statSync(folder).mode & 0o777, statSync(join(folder, first.files[0] ?? '')).mode & 0o777]).toEqual([
      0o700, 0o600,
    ])

    const second = await run(node, 0)
    expect(second.stderr).toMatch(TAKEN)
    expect(second.compileCache).toBeNull()
  })
})

describe.runIf(process.platform !== 'win32')('what it does not trust', () => {
  it('is code that is damaged, or in a folder that others may write to', async () => {
    await run(undefined, 20_000)
    const file = join(folder, readdirSync(folder)[0] ?? '')
    const bytes = readFileSync(file)
    const damaged = Buffer.from(bytes)
    damaged.writeUInt8(damaged.readUInt8(1000) ^ 1, 1000)
    for (const content of [damaged, bytes.subarray(0, -1), Buffer.alloc(0)]) {
      writeFileSync(file, content)
      expect((await run(undefined, 0)).stderr).not.toMatch(TAKEN)
    }
    writeFileSync(file, bytes)
    expect((await run(undefined, 0)).stderr).toMatch(TAKEN)
    chmodSync(folder, 0o770)
    expect((await run(undefined, 0)).stderr).not.toMatch(TAKEN)
  })

  it.each([{ NODE_DISABLE_COMPILE_CACHE: '1' }, { XDG_CACHE_HOME: 'cache' }])('is a place with %j', async (env) => {
    mkdirSync(folder, { mode: 0o700 })
    const { files, stderr } = await run(undefined, 4_000, env)
    expect(files).toEqual([])
    expect(stderr).not.toMatch(TAKEN)
  })
})
