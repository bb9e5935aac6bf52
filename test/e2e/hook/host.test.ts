import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { environmentOf, END_NODES, runProgram } from '@plutus/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { programFile } from './program-file.ts'

const ENTRY = createRequire(import.meta.url).resolve('@plutus/otel-register')
const QUIET = {
  OTEL_LOG_LEVEL: 'warn',
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
}

interface Look {
  readonly execArgv: string[]
}

describe.each(END_NODES)('on Node $label', (node) => {
  const look = async (hook: 'require' | 'import' | 'none'): Promise<unknown> => {
    const file = programFile('host-state.cjs')
    const { code, stdout, stderr } = await runProgram({ node, hook, file, args: ['--flag', 'value'], env: QUIET })
    expect([code, stderr]).toEqual([0, ''])
    // The flag itself is the one difference that a program is meant to see.
    return (JSON.parse(stdout) as Look[]).map(({ execArgv, ...state }) => [
      state,
      execArgv.slice(hook === 'none' ? 0 : 2),
    ])
  }

  it.each(['require', 'import'] as const)('leaves what a program sees of its process as it is (--%s)', async (hook) => {
    expect(await look(hook)).toEqual(await look('none'))
  })

  const node_ = (args: readonly string[], input = ''): unknown => {
    const { status, stdout, stderr } = spawnSync(node.path, args, {
      input,
      encoding: 'utf8',
      cwd: dirname(programFile('nothing.cjs')),
      env: environmentOf({ env: QUIET }),
    })
    // Reporters of node:test print how long things took.
    return { status, stdout: stdout.replaceAll(/duration_ms:? [\d.]+/g, ''), stderr }
  }

  it.each([
    ['-e', ['-e', 'console.log(1 + 1)'], ''],
    ['-p', ['-p', '[1, 2].map(String)'], ''],
    ['-e as an ES module', ['--input-type=module', '-e', 'console.log(typeof require)'], ''],
    ['--check', ['--check', programFile('nothing.cjs')], ''],
    ['--check of a mistake', ['--check', '-'], 'const const'],
    ['a program on standard input', ['-'], 'console.log(2 + 2)'],
    ['the REPL', ['-i'], '1 + 2\nprocess.listenerCount("SIGINT")\n.exit\n'],
    ['--version', ['--version'], ''],
    ['--test', ['--test', '--test-reporter=tap', programFile('passes.test.cjs')], ''],
    ['a missing file', ['/no/such/program.cjs'], ''],
  ])('runs %s as Node does without the hook', (_what, args, input) => {
    expect(node_(['--require', ENTRY, ...args], input)).toEqual(node_(args, input))
  })
})

it('lets npm and npx run under NODE_OPTIONS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'npm-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', scripts: { sum: 'node -p 1+1' } }))
  const run = (command: string, args: string[], nodeOptions: string): string =>
    execFileSync(command, args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      env: environmentOf({
        env: {
          ...QUIET,
          NODE_OPTIONS: nodeOptions,
          PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
        },
      }),
    })
  for (const [command, args] of [
    ['npm', ['run', '--silent', 'sum']],
    ['npx', ['--no', '-c', 'node -p 2+2']],
  ] as const) {
    expect(run(command, [...args], `--require ${ENTRY}`)).toBe(run(command, [...args], ''))
  }
})
