import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createDiskReserve } from './disk-reserve.ts'

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-reserve-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

it.each([
  ['that is not there', (folder: string) => join(folder, 'none')],
  ['of which the name is taken by a folder', (folder: string) => folder],
])('goes without a reserve in a folder %s', (_what, place) => {
  const folder = makeFolder()
  mkdirSync(join(folder, 'plutus-reserve'))
  const reserve = createDiskReserve(place(folder))
  reserve.take()
  expect(reserve.give()).toBe(false)
  expect(statSync(join(folder, 'plutus-reserve')).isDirectory()).toBe(true)
})
