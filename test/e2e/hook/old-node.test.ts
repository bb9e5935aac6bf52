import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { runProgram } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

const ENTRY = createRequire(import.meta.url).resolve('@plutus/otel-register')
const SOURCE = readFileSync(ENTRY, 'utf8')

/** Runs the entry as a Node of that version would, and returns what it writes and what it loads. */
function runAs(
  version: string,
  env: Record<string, string> = {},
): { readonly written: string; readonly loaded: string[] } {
  let written = ''
  const loaded: string[] = []
  const require = Object.assign(
    (name: string): unknown => {
      if (name === 'fs') return { writeSync: (_file: number, text: string) => (written += text) }
      loaded.push(name)
      return { start: () => undefined, version: '0.0.0' }
    },
    { cache: {} },
  )
  const process = { versions: { node: version }, env, chdir: () => undefined }
  // oxlint-disable-next-line typescript/no-implied-eval -- it is how Node runs a CommonJS file
  const run = new Function('require', 'process', '__filename', SOURCE)
  run(require, process, ENTRY)
  return { written, loaded }
}

const OLD = (version: string): string =>
  `plutus: Node ${version} is too old for telemetry, which needs 22.15 or newer; the program runs without it\n`

describe('the entry', () => {
  it.each(['8.17.0', '18.20.8', '20.20.2', '22.0.0', '22.14.0'])(
    'tells Node %s in one line and loads nothing',
    (version) => {
      expect(runAs(version)).toEqual({ written: OLD(version), loaded: [] })
    },
  )

  it.each(['22.15.0', '22.15.0-rc.1', '22.23.3', '23.0.0', '24.0.0', '100.0.0'])(
    'loads the hook on Node %s',
    (version) => {
      const { written, loaded } = runAs(version)
      expect(written).toBe('')
      expect(loaded).toContain('./dist/start.cjs')
    },
  )

  it('keeps silent where OTEL_LOG_LEVEL is none', () => {
    expect(runAs('18.0.0', { OTEL_LOG_LEVEL: 'NONE' })).toEqual({ written: '', loaded: [] })
  })

  it('is written in syntax that every Node parses', () => {
    const code = SOURCE.replaceAll(/\/\/.*|'(?:[^'\\]|\\.)*'/g, '')
    expect(code).not.toMatch(/=>|`|\?\.|\?\?|\.\.\.|\b(?:const|let|class|async|await|import|export)\b|catch \{/)
  })
})

// Nodes of the machine, if any is old enough.
const oldNodes = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .filter((path) => existsSync(path))
  .map((path) => ({
    label: '22.15' as const,
    path,
    version: execFileSync(path, ['-p', 'process.versions.node']).toString().trim(),
  }))
  .filter(({ version }) => Number(version.split('.')[0]) < 22)
  .slice(0, 1)

describe.each(oldNodes)('on Node $version', (node) => {
  it.each(['require', 'import'] as const)('runs the program on, by --%s', async (hook) => {
    const { code, stdout, stderr } = await runProgram({ node, hook, file: programFile('nothing.cjs') })
    expect([code, stdout, stderr]).toEqual([0, 'ran\n', OLD(node.version)])
  })
})
