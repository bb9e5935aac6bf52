import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const FILE = new URL('code-file.ts', import.meta.url).href

it.each([
  ['everything', []],
  ['no writes', ['--permission', '--allow-fs-read=*']],
  ['no reads of the folder', ['--permission', '--allow-fs-write=*', `--allow-fs-read=${import.meta.dirname}/*`]],
])('keeps code, or does not, and harms no process that may do %s', (what, options) => {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-code-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const code = { folder: join(folder, 'kept'), file: join(folder, 'kept', 'code') }
  const program = `import(${JSON.stringify(FILE)}).then(({ keepCode }) => keepCode({ ...${JSON.stringify(code)}, create: () => Buffer.alloc(8) }))`
  const { status, stderr } = spawnSync(process.execPath, [...options, '--eval', program], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  expect(readdirSync(folder, { recursive: true }).length).toBe(what === 'everything' ? 2 : what === 'no writes' ? 0 : 1)
})
