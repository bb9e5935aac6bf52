import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findLastingFault } from './find-lasting-fault.ts'
import { CommandError } from './read-policy.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plutus-queue-'))
  file = join(folder, 'exporter_otlp_http_payment_logs')
  writeFileSync(file, 'no queue')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('tells what is wrong with a file that nobody writes to', async () => {
  expect(await findLastingFault(file, async () => {})).toBe('it has no valid first page')
})

it('finds nothing in a file that was only read while it was written', async () => {
  // An empty one is made anew by a collector: nothing is wrong with it.
  expect(await findLastingFault(file, async () => writeFileSync(file, ''))).toBeUndefined()
})

it('leaves a file alone that somebody writes to all the time', async () => {
  const written = findLastingFault(file, async () => appendFileSync(file, 'x'))
  await expect(written).rejects.toThrow(CommandError)
  await expect(written).rejects.toThrow(/is in use by another collector/u)
})
