import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { runProgram, type ProgramResult } from './program.ts'

const VITEST = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const REPORTER = fileURLToPath(new URL('summary-reporter.ts', import.meta.url))
const KIT = fileURLToPath(new URL('../', import.meta.url))
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Runs vitest for real on test files of these lines. */
async function runTests(
  body: string | readonly string[],
  env: Record<string, string> = {},
): Promise<ProgramResult & { last: string }> {
  const folder = mkdtempSync(join(KIT, 'node_modules', '.reporter-'))
  folders.push(folder)
  const imports = "import { beforeAll, describe, expect, it } from 'vitest'\n"
  for (const [at, lines] of [body].flat().entries()) {
    if (lines !== '') writeFileSync(join(folder, `sample${at || ''}.test.ts`), imports + lines)
  }
  writeFileSync(join(folder, 'vitest.config.ts'), 'export default {}\n')
  const args = ['run', '--root', folder, '--reporter', 'default', '--reporter', REPORTER]
  const result = await runProgram({ file: VITEST, hook: 'none', args, env: { NO_COLOR: '1', ...env } })
  return { ...result, last: result.stdout.trimEnd().split('\n').at(-1) ?? '' }
}

describe('the closing line', { timeout: 60_000 }, () => {
  it('counts what passed, failed and was skipped, after everything else', async () => {
    const body = "it('a', () => {})\nit('b', () => { expect(1).toBe(2) })\nit.skip('c', () => {})\nit.todo('d')\n"
    const { last, code } = await runTests(body)
    expect(last).toBe('1 passed, 1 failed, 2 skipped')
    expect(code).toBe(1)
  })

  it('names each server that was not there once, with the number of tests that wanted it, and lets the run pass outside CI', async () => {
    const [stock, bank] = [
      'no stock server (ECONNREFUSED); STOCK_URL names another',
      'no bank (gone); BANK names another',
    ]
    const body = `describe.skip('shop ${stock} ${bank}', () => { it('a', () => {})\nit('b', () => {}) })
it.skip('c (${bank})', () => {})\nit.skip('f no Go to build bank-mock with', () => {})\nit.skip('d', () => {})\nit('e', () => {})\n`
    const { stdout, code } = await runTests(body)
    expect(stdout).toMatch(
      /another \(2\)\n {2}no bank \(gone\); BANK names another \(3\)\n {2}no Go to build bank-mock with \(1\)\n1 passed, 0 failed, 5 skipped\n$/,
    )
    expect(stdout).toContain(`\nSkipped for what is not here:\n  ${stock} (2)\n`)
    expect(code).toBe(0)
  })

  it('fails a run with something skipped in CI and names it with its reason', async () => {
    const body = "describe('stock', () => { it('a', () => {})\nit('b', ({ skip }) => { skip('no server') }) })\n"
    const { last, code, stdout } = await runTests(body, { CI: '1' })
    expect(last).toBe('1 passed, 0 failed, 1 skipped')
    expect(stdout).toContain('\n  sample.test.ts > stock > b (no server)\n')
    expect(code).toBe(1)
  })

  it('passes in CI when everything ran', async () => {
    const { last, code } = await runTests("it('a', () => {})\n", { CI: '1' })
    expect(last).toBe('1 passed, 0 failed, 0 skipped')
    expect(code).toBe(0)
  })

  it('names what failed at first and passed when it was asked again', async () => {
    const body = `let asked = 0\nit('now and then', { retry: 2 }, () => { expect(++asked).toBe(2) })
it('always', { retry: 2 }, () => {})\n`
    const { stdout, code } = await runTests(body, { CI: '1' })
    const lines = [
      'Passed only when asked again:',
      '  sample.test.ts > now and then',
      '2 passed, 0 failed, 0 skipped',
      '',
    ]
    expect(stdout.split('\n').slice(-lines.length)).toEqual(lines)
    expect(code).toBe(0)
  })

  it.each([
    ['there is no test file', ''],
    ['a file has no test', 'expect(1).toBe(1)\n'],
  ])('fails in CI when %s', async (_why, body) => {
    const { stdout, code, last } = await runTests(body, { CI: '1' })
    expect(stdout).toContain('No test ran.')
    expect(last).toMatch(/^0 passed, \d failed, 0 skipped$/)
    expect(code).toBe(1)
  })

  it('counts a file that does not load, a failing hook and an error outside tests as failed', async () => {
    const { last, code } = await runTests([
      "throw new Error('broken')\n",
      "beforeAll(() => { throw new Error('broken') })\nit('a', () => {})\n",
      "it('a', () => { setTimeout(() => { throw new Error('late') }) ; return new Promise((go) => setTimeout(go, 50)) })\n",
    ])
    expect(last).toMatch(/^\d passed, 3 failed, \d skipped$/)
    expect(code).toBe(1)
  })
})
