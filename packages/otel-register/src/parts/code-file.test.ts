import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const MOST_MILLIS = 10_000
const FILE = new URL('code-file.ts', import.meta.url).href

it.each([
  ['everything', []],
  ['no writes', ['--permission', '--allow-fs-read=*']],
  ['no reads of the folder', ['--permission', '--allow-fs-write=*', `--allow-fs-read=${import.meta.dirname}/*`]],
])('keeps code, or does not, and harms no process that may do %s', (what, options) => {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-code-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  expect(runKeepCode(join(folder, 'kept'), options)).toEqual([0, ''])
  expect(readdirSync(folder, { recursive: true }).length).toBe(what === 'everything' ? 2 : what === 'no writes' ? 0 : 1)
})

it('makes the folders above, for this user alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-code-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  expect(runKeepCode(join(folder, 'a', 'b', 'kept'))).toEqual([0, ''])
  expect(readdirSync(join(folder, 'a', 'b', 'kept'))).toEqual(['code'])
  expect(statSync(join(folder, 'a')).mode & 0o077).toBe(0)
})

it.runIf(process.platform === 'linux')('lets a process end whose folder can never be made', () => {
  expect(runKeepCode('/proc/plutus/kept')).toEqual([0, ''])
})

/** Gives how a process ended that keeps code in a folder, and what it wrote. */
function runKeepCode(folder: string, options: readonly string[] = []): [number | null, string] {
  const code = JSON.stringify({ folder, file: join(folder, 'code') })
  const program = `import(${JSON.stringify(FILE)}).then(({ keepCode }) => keepCode({ ...${code}, create: () => Buffer.alloc(8) }))`
  const args = [...options, '--eval', program]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: MOST_MILLIS })
  return [status, stderr]
}
