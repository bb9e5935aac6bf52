import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isFull } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { createFolders, open, textsOf } from './journal.test.helper.ts'

const ROUNDS = isFull ? 200 : 6
const AT_ONCE = 3
const newFolder = createFolders()

// Appends 0, 1, 2, … and prints each number when its call has returned.
const PROGRAM = `
import { writeSync } from 'node:fs'
import { openJournal } from ${JSON.stringify(fileURLToPath(new URL('open-journal.ts', import.meta.url)))}
const journal = openJournal({ directory: process.argv[1], maxSegmentBytes: 4096 })
for (let i = 0; ; i++) {
  journal.append(Buffer.from(String(i)))
  writeSync(1, i + '\\n')
}
`

/** Runs the program, kills it after some output, and returns the last number that it printed whole. */
async function killWriter(folder: string, afterBytes: number): Promise<number> {
  const args = ['--no-warnings', '--input-type=module', '--eval', PROGRAM, folder]
  const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  for await (const chunk of writer.stdout) {
    printed += String(chunk)
    if (printed.length >= afterBytes) writer.kill('SIGKILL')
  }
  return Number(printed.split('\n').at(-2))
}

it('has all frames for which append returned when its process is killed', { timeout: 300_000 }, async () => {
  const folders = Array.from({ length: ROUNDS }, newFolder)
  const killed: number[] = []
  for (let round = 0; round < ROUNDS; round += AT_ONCE) {
    const some = folders.slice(round, round + AT_ONCE).map((folder) => killWriter(folder, 1 + Math.random() * 30_000))
    killed.push(...(await Promise.all(some)))
  }
  const kept = folders.map((folder) => {
    const { journal, quarantined } = open(folder)
    const numbers = textsOf(journal.read())
    expect(quarantined).toEqual([])
    expect(numbers).toEqual(numbers.map((_number, at) => String(at)))
    return numbers.length - 1
  })
  // One more may have been written, and not been printed.
  expect(kept.map((last, round) => last - (killed[round] ?? 0)).filter((more) => more !== 0 && more !== 1)).toEqual([])
})
