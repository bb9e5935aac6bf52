import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { END_NODES, runProgram } from '@plutus/test-kit'
import type { ProgramOptions } from '@plutus/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { programFile } from './program-file.ts'

const ENTRY = createRequire(import.meta.url).resolve('@plutus/otel-register')
const START = /^plutus: @plutus\/otel-register \S+ sends to .+$/
const ONCE = 'plutus: it was to start twice: once is enough, the second start does nothing'

const run = async (options: Omit<ProgramOptions, 'env'>, nodeOptions?: string): Promise<string[]> => {
  const { code, stdout, stderr } = await runProgram({
    ...options,
    env: {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...(nodeOptions !== undefined && { NODE_OPTIONS: nodeOptions }),
    },
  })
  expect([code, stdout]).toEqual([0, 'ran\n'])
  return stderr.trimEnd().split('\n')
}

describe.each(END_NODES)('on Node $label', (node) => {
  it.each<[how: string, options: Partial<ProgramOptions>, nodeOptions: string | undefined]>([
    ['--require twice', { hook: 'require', nodeOptions: ['--require', ENTRY] }, undefined],
    ['--import twice', { hook: 'import', nodeOptions: ['--import', '@plutus/otel-register'] }, undefined],
    ['--require and --import', { hook: 'import', nodeOptions: ['--require', ENTRY] }, undefined],
    ['NODE_OPTIONS and --require', { hook: 'require' }, `--require ${ENTRY}`],
    ['NODE_OPTIONS and --import', { hook: 'import' }, `--import=${ENTRY}`],
    ['--require in NODE_OPTIONS and --import', { hook: 'import' }, `--require=${ENTRY}`],
    ['--require and require in code', { hook: 'require', file: 'starts-itself.cjs' }, undefined],
    ['--require and import in code', { hook: 'require', file: 'starts-itself.mjs' }, undefined],
    ['--import and require in code', { hook: 'import', file: 'starts-itself.cjs' }, undefined],
    ['require and import in code', { hook: 'none', file: 'starts-itself-twice.cjs' }, undefined],
  ])('starts once and says so in one line: %s', async (_how, { file = 'nothing.cjs', ...options }, nodeOptions) => {
    const lines = await run({ node, ...options, file: programFile(file) }, nodeOptions)
    expect(lines.filter((line) => START.test(line))).toHaveLength(1)
    expect(lines.filter((line) => !START.test(line))).toEqual([ONCE])
  })

  it.each(['starts-itself.cjs', 'starts-itself.mjs'])(
    'starts from code alone without a word more (%s)',
    async (file) => {
      const lines = await run({ node, hook: 'none', file: programFile(file) })
      expect(lines).toEqual([expect.stringMatching(START)])
    },
  )

  it('starts once and says so in one line: --import and import in code', async () => {
    const lines = await run({ node, hook: 'import', file: programFile('starts-itself.mjs') })
    expect(lines.filter((line) => START.test(line))).toHaveLength(1)
    expect(lines.filter((line) => !START.test(line))).toEqual([ONCE])
  })

  it('names both when another copy of another version is started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'copy-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const copy = join(folder, 'register.cjs')
    for (const name of ['register.cjs', 'dist', 'package.json']) {
      cpSync(join(dirname(ENTRY), name), join(folder, name), { recursive: true })
    }
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, version: '9.9.9' }))
    const lines = await run({
      node,
      hook: 'none',
      nodeOptions: ['--require', ENTRY, '--require', copy],
      file: programFile('nothing.cjs'),
    })
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(/^plutus: version \S+ at .+ has started; version 9\.9\.9 at .+ does nothing$/)
    expect(lines[1]).toContain(ENTRY)
    expect(lines[1]).toContain(copy)
  })
})
