import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openJournal } from '@plutus/journal'
import type { Journal } from '@plutus/journal'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SlowDisk } from './slow-disk.ts'

let folder: string
let now: number
let writeMillis: number
let changes: boolean[]
let errors: string[]
let pending: (() => void)[]
let outstanding: number
let journal: Journal
let disk: SlowDisk

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'slow-disk-'))
  now = 0
  writeMillis = 0
  changes = []
  errors = []
  pending = []
  outstanding = 0
  disk = new SlowDisk({
    files: {
      ...fs,
      writeSync: ((...args: Parameters<typeof fs.writeSync>) => {
        now += writeMillis
        return fs.writeSync(...args)
      }) as typeof fs.writeSync,
    },
    write: (file, bytes, at, length, position, done) => {
      outstanding++
      pending.push(() =>
        fs.write(file, bytes, at, length, position, (error, written) => {
          outstanding--
          done(error, written)
        }),
      )
    },
    limitMillis: 1,
    holdMillis: 1000,
    now: () => now,
    onChange: (isSlow) => changes.push(isSlow),
    onError: ({ message }) => errors.push(message),
  })
  journal = openJournal({ directory: join(folder, 'journal'), files: disk.files, sync: 'none' })
})
afterEach(() => {
  journal.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const append = (from: number, to: number): void => {
  for (let i = from; i < to; i++) journal.append(Buffer.from(`record ${i}`))
}
const readAll = (): string[] => [...journal.read(0)].map(({ bytes }) => Buffer.from(bytes).toString())
const expected = (to: number): string[] => Array.from({ length: to }, (_, i) => `record ${i}`)
/** Lets the pool make the writes that it was given, and those that follow. */
async function work(): Promise<void> {
  for (let start = pending.shift(); start !== undefined; start = pending.shift()) {
    start()
    while (outstanding > pending.length) await new Promise((resolve) => setImmediate(resolve))
  }
}
const sizeOnDisk = (): number =>
  fs
    .readdirSync(join(folder, 'journal'))
    .reduce((sum, name) => sum + fs.statSync(join(folder, 'journal', name)).size, 0)
const waits = (): boolean => sizeOnDisk() < journal.bytes

it('makes writes on the spot while they are fast, also when some of them are slow', () => {
  append(0, 5)
  writeMillis = 500
  append(5, 8)
  writeMillis = 0
  append(8, 20)
  expect([changes, pending.length]).toEqual([[], 0])
  expect(readAll()).toEqual(expected(20))
})

it('lets nobody wait once writes are slow, and loses none', async () => {
  writeMillis = 5
  append(0, 10)
  expect(changes).toEqual([true])
  const before = now
  append(10, 60)
  expect([now, pending.length]).toEqual([before, 1])
  expect(waits()).toBe(true)
  await work()
  expect(waits()).toBe(false)
  expect(readAll()).toEqual(expected(60))
  expect(errors).toEqual([])
})

it('makes what waits at once where somebody has to see it', async () => {
  writeMillis = 5
  append(0, 10)
  append(10, 20)
  expect(readAll()).toEqual(expected(20)) // reading opens a file
  await work() // what was on its way is written over itself
  append(20, 25)
  disk.settle()
  expect(waits()).toBe(false)
  await work()
  expect(readAll()).toEqual(expected(25))
})

it('returns to writing on the spot when the disk is fast again', async () => {
  writeMillis = 5
  append(0, 10)
  await work()
  writeMillis = 0
  now += 2000
  append(10, 20)
  expect(changes).toEqual([true, false])
  expect(pending).toEqual([])
  expect(readAll()).toEqual(expected(20))
})

it('holds no more than it has room for', () => {
  writeMillis = 5
  append(0, 10)
  const big = Buffer.alloc(1024 * 1024)
  const appendBig = (): void => {
    for (let i = 0; i < 12; i++) journal.append(big)
  }
  // Each begins a segment, and with it opens a file; of one segment no more than this waits.
  expect(appendBig).not.toThrow()
  expect(() => journal.append(Buffer.alloc(9 * 1024 * 1024))).toThrow(
    expect.objectContaining({ code: 'PLUTUS_JOURNAL_FAILED' }),
  )
})

it('waits for each write at the end, however slow and however large', () => {
  writeMillis = 5
  append(0, 10)
  append(10, 20)
  expect(waits()).toBe(true)
  disk.end()
  expect(waits()).toBe(false)
  for (let i = 0; i < 64; i++) append(20 + i, 21 + i)
  journal.append(Buffer.alloc(9 * 1024 * 1024))
  expect(waits()).toBe(false)
  expect(changes).toEqual([true])
})
