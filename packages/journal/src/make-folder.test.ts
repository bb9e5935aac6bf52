import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makeFolder } from './make-folder.ts'

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-folder-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

it('makes a folder with those above it, of the mode that is asked for, and finds one that is there', () => {
  const folder = createFolder()
  for (let again = 0; again < 2; again++) makeFolder(join(folder, 'a', 'b', 'c'), 0o700)
  for (const path of ['a', 'a/b', 'a/b/c']) expect(statSync(join(folder, path)).mode & 0o777).toBe(0o700)
  symlinkSync(join(folder, 'a'), join(folder, 'link'))
  makeFolder(join(folder, 'link'))
})

it.each([
  ['a file', 'file', 'EEXIST'],
  ['below a file', 'file/a', 'ENOTDIR'],
  ['below a link to nothing', 'link/a/b', 'ENOENT'],
  ['a link to nothing', 'link', 'EEXIST'],
  ['a link to a file', 'to-file', 'EEXIST'],
])('throws what the file system says of a path that is %s', (_what, path, code) => {
  const folder = createFolder()
  writeFileSync(join(folder, 'file'), '')
  symlinkSync(join(folder, 'nowhere', 'at', 'all'), join(folder, 'link'))
  symlinkSync(join(folder, 'file'), join(folder, 'to-file'))
  expect(() => makeFolder(join(folder, path))).toThrow(expect.objectContaining({ code }))
})

it.runIf(process.platform === 'linux')('comes back from a file system that never makes one', () => {
  const file = JSON.stringify(new URL('make-folder.ts', import.meta.url).href)
  const program = `import(${file}).then((it) => it.makeFolder('/proc/plutus/spool')).catch(({ code }) => console.log(code))`
  const { stdout } = spawnSync(process.execPath, ['--eval', program], { encoding: 'utf8', timeout: 10_000 })
  expect(stdout).toBe('ENOENT\n')
})
