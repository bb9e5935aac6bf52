import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makePrivateDirectory } from './private-directory.ts'

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-private-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

it('makes a directory with those above it, which others cannot read', () => {
  const folder = createFolder()
  for (let again = 0; again < 2; again++) expect(makePrivateDirectory(join(folder, 'a', 'b', 'c'))).toBeUndefined()
  for (const path of ['a', 'a/b', 'a/b/c']) expect(statSync(join(folder, path)).mode & 0o777).toBe(0o700)
})

it('says why one cannot be made', () => {
  const folder = createFolder()
  writeFileSync(join(folder, 'file'), '')
  symlinkSync(join(folder, 'nowhere', 'at', 'all'), join(folder, 'link'))
  expect(makePrivateDirectory(join(folder, 'file', 'a'))).toBe('it cannot be made (ENOTDIR)')
  expect(makePrivateDirectory(join(folder, 'file'))).toBe('it is no directory')
  expect(makePrivateDirectory(join(folder, 'link', 'a', 'b'))).toBe('it cannot be made (ENOENT)')
})

it.runIf(process.platform === 'linux')('comes back from a file system that never makes one', () => {
  const file = JSON.stringify(new URL('private-directory.ts', import.meta.url).href)
  const program = `import(${file}).then((it) => console.log(it.makePrivateDirectory('/proc/plutus/spool')))`
  const { stdout } = spawnSync(process.execPath, ['--eval', program], { encoding: 'utf8', timeout: 10_000 })
  expect(stdout).toBe('it cannot be made (ENOENT)\n')
})
