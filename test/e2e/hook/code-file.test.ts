import { END_NODES, runProgram } from '@plutus/test-kit'
import type { TestNode } from '@plutus/test-kit'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

const NOWHERE = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }
const TAKEN = /^plutus: compiled code of the start is taken from /m

const home = mkdtempSync(join(tmpdir(), 'plutus-code-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** A cache folder of a test's own, and the folder in it that is the hook's. */
function createCache(): { readonly cache: string; readonly folder: string } {
  const cache = mkdtempSync(join(home, 'cache-'))
  return { cache, folder: join(cache, `plutus-${process.geteuid?.()}`) }
}

interface Place {
  readonly cache: string
  readonly folder: string
  readonly node?: TestNode
}

// What is told is masked, which takes the second file.
const FILES = 2

const run = async ({ cache, folder, node }: Place, millis: number, env: Record<string, string> = {}) => {
  const { code, stdout, stderr } = await runProgram({
    file: programFile('code-file.cjs'),
    args: [folder, String(millis), String(FILES)],
    ...(node && { node }),
    env: { XDG_CACHE_HOME: cache, OTEL_LOG_LEVEL: 'debug', ...NOWHERE, ...env },
  })
  expect(code).toBe(0)
  const told = JSON.parse(stdout) as { readonly files: string[]; readonly compileCache: string | null }
  return { ...told, stderr }
}

// On Windows nothing is kept: its files have no owner that could be compared.
describe.runIf(process.platform !== 'win32').concurrent.each(END_NODES)('on Node $label', (node) => {
  it('keeps its compiled code for the next start, and none of the application', async () => {
    const place = { ...createCache(), node }
    const { folder } = place
    const first = await run(place, 20_000)
    const name = expect.stringMatching(/^[\da-f]{16}-.+\.bin$/)
    expect(first.files).toEqual([name, name])
    expect(first.compileCache).toBeNull()
    expect(first.stderr).not.toMatch(TAKEN)
    expect([statSync(folder).mode & 0o777, statSync(join(folder, first.files[0] ?? '')).mode & 0o777]).toEqual([
      0o700, 0o600,
    ])

    const second = await run(place, 0)
    expect(second.stderr).toMatch(TAKEN)
    expect(second.compileCache).toBeNull()
  })
})

describe.runIf(process.platform !== 'win32').concurrent.each(END_NODES)('what sends, on Node $label,', (node) => {
  it('takes the code of what it sends with, too, and replaces what is damaged', async () => {
    const place = { ...createCache(), node }
    const { folder } = place
    const sends = {
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      PLUTUS_SPOOL_DIR: 'off',
    }
    const { files } = await run(place, 20_000, sends)
    expect(files).toHaveLength(FILES)
    // In a folder where nothing comes, for longer than it takes to keep what was not found.
    const stay = async (): Promise<number[]> => {
      await run({ ...place, folder: join(folder, 'none') }, 4_500, sends)
      return files.map((name) => statSync(join(folder, name)).ino)
    }
    const kept = files.map((name) => statSync(join(folder, name)).ino)
    expect(await stay()).toEqual(kept)
    for (const name of files) writeFileSync(join(folder, name), 'damaged')
    await stay()
    for (const name of files) expect(statSync(join(folder, name)).size).toBeGreaterThan(50_000)
  })
})

it.runIf(process.platform !== 'win32')('keeps code of its own for a process with flags of V8', async () => {
  const place = createCache()
  const flags = { NODE_OPTIONS: '--max-semi-space-size=8' }
  const [flagged, plain] = await Promise.all([run(place, 20_000, flags), run(createCache(), 20_000)])
  expect(flagged.files).toHaveLength(FILES)
  expect(plain.files).toHaveLength(FILES)
  expect(flagged.files.filter((name) => plain.files.includes(name))).toEqual([])
  expect((await run(place, 0, flags)).stderr).toMatch(TAKEN)
})

describe.runIf(process.platform !== 'win32').concurrent('what it does not trust', () => {
  it('is code that is damaged, or in a folder that others may write to', async () => {
    const place = createCache()
    const { folder } = place
    await run(place, 20_000)
    const kept = readdirSync(folder).map((name) => [join(folder, name), readFileSync(join(folder, name))] as const)
    const flip = (bytes: Buffer): Buffer => {
      const damaged = Buffer.from(bytes)
      damaged.writeUInt8(damaged.readUInt8(1000) ^ 1, 1000)
      return damaged
    }
    for (const damage of [flip, (bytes: Buffer) => bytes.subarray(0, -1), () => Buffer.alloc(0)]) {
      for (const [file, bytes] of kept) writeFileSync(file, damage(bytes))
      expect((await run(place, 0)).stderr).not.toMatch(TAKEN)
    }
    for (const [file, bytes] of kept) writeFileSync(file, bytes)
    expect((await run(place, 0)).stderr).toMatch(TAKEN)
    chmodSync(folder, 0o770)
    expect((await run(place, 0)).stderr).not.toMatch(TAKEN)
  })

  it.each([{ NODE_DISABLE_COMPILE_CACHE: '1' }, { XDG_CACHE_HOME: 'cache' }])('is a place with %j', async (env) => {
    const place = createCache()
    mkdirSync(place.folder, { mode: 0o700 })
    const { files, stderr } = await run(place, 4_000, env)
    expect(files).toEqual([])
    expect(stderr).not.toMatch(TAKEN)
  })
})
