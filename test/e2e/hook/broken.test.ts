import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createRequire } from 'node:module'
import { END_NODES, runProgram } from '@plutus/test-kit'
import type { ProgramResult, TestNode } from '@plutus/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'

const ENTRY = createRequire(import.meta.url).resolve('@plutus/otel-register')
const NOWHERE = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }

/** Runs a program in a folder of its own with packages that look like well-known ones. */
async function runIn(
  node: TestNode,
  program: string,
  files: Record<string, string>,
  level = 'warn',
): Promise<ProgramResult> {
  const folder = mkdtempSync(join(tmpdir(), 'broken-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, text] of Object.entries({ [program]: files[program] ?? '', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return await runProgram({
    node,
    hook: 'none',
    nodeOptions: ['--require', ENTRY],
    file: join(folder, program),
    env: { OTEL_LOG_LEVEL: level, ...NOWHERE },
  })
}

const manifest = (name: string, version: string, more: object = {}): string =>
  JSON.stringify({ name, version, ...more })

describe.each(END_NODES)('on Node $label', (node) => {
  it('uses a CommonJS module as it is when changing it fails, and tells so in one line', async () => {
    const { code, stdout, stderr } = await runIn(node, 'main.cjs', {
      'main.cjs': "const { Client } = require('pg'); console.log(new Client().query('select 1'))",
      'node_modules/pg/package.json': manifest('pg', '8.11.0', { main: 'index.js' }),
      'node_modules/pg/index.js':
        'class Client { query(text) { return `asked ${text}` } }\nObject.freeze(Client.prototype)\nexports.Client = Client',
    })
    expect([code, stdout]).toEqual([0, 'asked select 1\n'])
    expect(stderr).toBe(
      'plutus: pg stays as it is: instrumenting it failed with TypeError; OTEL_LOG_LEVEL=debug tells more\n',
    )
  })

  it('uses an ES module as it is when changing it fails, and tells so in one line', async () => {
    const { code, stdout, stderr } = await runIn(node, 'main.mjs', {
      'main.mjs': "import { OpenAI } from 'openai'; console.log(typeof OpenAI)",
      'node_modules/openai/package.json': manifest('openai', '5.0.0', { type: 'module', main: 'index.js' }),
      'node_modules/openai/index.js': 'export class OpenAI {}\nexport default OpenAI',
    })
    expect([code, stdout]).toEqual([0, 'function\n'])
    expect(stderr).toMatch(/^plutus: openai stays as it is: [^\n]+\n$/)
  })

  it('leaves alone a release that the instrumentation does not know', async () => {
    const { code, stdout, stderr } = await runIn(node, 'main.cjs', {
      'main.cjs': "console.log(require('pg').Client)",
      'node_modules/pg/package.json': manifest('pg', '99.0.0', { main: 'index.js' }),
      'node_modules/pg/index.js': "exports.Client = 'new'",
    })
    expect([code, stdout, stderr]).toEqual([0, 'new\n', ''])
  })

  it('leaves alone a package without a manifest that can be read', async () => {
    const { code, stdout, stderr } = await runIn(node, 'main.cjs', {
      'main.cjs': "console.log(require('pg/index.js').Client)",
      'node_modules/pg/index.js': "exports.Client = 'bare'",
    })
    expect([code, stdout]).toEqual([0, 'bare\n'])
    expect(stderr).toBe('plutus: pg stays as it is: its package.json does not tell a version\n')
  })

  it('lets the error of a module that fails to load pass as it is', async () => {
    const files = {
      'main.cjs': "try { require('pg') } catch (error) { console.log(error.message, error.code) }",
      'node_modules/pg/package.json': manifest('pg', '8.11.0', { main: 'index.js' }),
      'node_modules/pg/index.js': "throw Object.assign(new Error('no licence'), { code: 'E_LICENCE' })",
    }
    const { code, stdout, stderr } = await runIn(node, 'main.cjs', files)
    expect([code, stdout, stderr]).toEqual([0, 'no licence E_LICENCE\n', ''])
  })

  it('shows the stack of a failure at debug level', async () => {
    const { stderr } = await runIn(
      node,
      'main.cjs',
      {
        'main.cjs': "require('pg')",
        'node_modules/pg/package.json': manifest('pg', '8.11.0', { main: 'index.js' }),
        'node_modules/pg/index.js': 'exports.Client = class { query() {} }; Object.freeze(exports.Client.prototype)',
      },
      'debug',
    )
    expect(stderr).toMatch(/^plutus: pg: TypeError: .+ at /m)
  })
})
