import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { inspectJournal } from './inspect-journal.ts'
import { createFolders, frame, open, segmentsIn, textsOf } from './journal.test.helper.ts'

const newFolder = createFolders()
const [OLD, NEW] = [randomBytes(32), randomBytes(32)]

/** A folder with one segment per list of keys that it was written with. */
function written(...runs: readonly (readonly Uint8Array[])[]): string {
  const folder = newFolder()
  for (const [run, keys] of runs.entries()) {
    const { journal } = open(folder, { keys })
    for (const text of ['x', 'y']) journal.append(frame(`${text}${run}`.repeat(20)))
    journal.close()
  }
  return folder
}

const shortTextsOf = (frames: Parameters<typeof textsOf>[0]): string[] =>
  textsOf(frames).map((text) => text.slice(0, 2))

it('keeps frames from whoever lacks the key, and no two alike', () => {
  const folder = newFolder()
  const { journal } = open(folder, { keys: [NEW], label: frame('readable') })
  for (let i = 0; i < 2; i++) journal.append(frame('secret '.repeat(10)))
  journal.close()
  const bytes = readFileSync(join(folder, segmentsIn(folder)[0] ?? ''))
  expect(bytes.includes('secret')).toBe(false)
  expect(bytes.includes('readable')).toBe(true)
  expect(bytes.includes(NEW)).toBe(false)
  const stored = 8 + 70 + 16
  expect(bytes.subarray(-stored + 8).equals(bytes.subarray(-2 * stored + 8, -stored))).toBe(false)
})

it('goes from one key to the next: the first encrypts, all of them read', () => {
  const folder = written([OLD], [NEW, OLD])
  expect(shortTextsOf(open(folder, { keys: [NEW, OLD] }).journal.read())).toEqual(['x0', 'y0', 'x1', 'y1'])
})

it('sets segments without their key aside, tells of them, and takes them up when the key is back', () => {
  const folder = written([OLD], [], [NEW])
  const { journal, quarantined } = open(folder, { keys: [NEW] })
  expect(shortTextsOf(journal.read())).toEqual(['x1', 'y1', 'x2', 'y2'])
  expect(journal.unread).toEqual(readdirSync(folder).filter((name) => name.endsWith('.unread')))
  expect(journal.unread).toHaveLength(1)
  expect(quarantined).toEqual([])
  journal.acknowledge(journal.end)
  expect(journal.closeAndRemove()).toBe(false)
  const later = open(folder, { keys: [NEW] }).journal
  expect(later.unread).toHaveLength(1)
  later.append(frame('x3'))
  later.close()
  const withKey = open(folder, { keys: [NEW, OLD] }).journal
  expect(withKey.unread).toEqual([])
  expect(shortTextsOf(withKey.read())).toEqual(['x3', 'x0', 'y0'])
  withKey.acknowledge(withKey.end)
  expect(withKey.closeAndRemove()).toBe(true)
})

it('reads no frame that was moved, and none under another header, though checksums fit', () => {
  const folder = written([NEW])
  const [name = ''] = segmentsIn(folder)
  const bytes = readFileSync(join(folder, name))
  const size = 8 + 40 + 16
  const header = bytes.subarray(0, -2 * size)
  const [first, second] = [bytes.subarray(-2 * size, -size), bytes.subarray(-size)]
  writeFileSync(join(folder, name), Buffer.concat([header, second, first]))
  const { journal, quarantined } = open(folder, { keys: [NEW] })
  expect(textsOf(journal.read())).toEqual([])
  expect(quarantined.map(({ frames }) => frames)).toEqual([2])
})

it('is checked for damage without the key, and not read', () => {
  const folder = written([NEW], [NEW])
  const [first = ''] = segmentsIn(folder)
  writeFileSync(join(folder, first), readFileSync(join(folder, first)).subarray(0, -1))
  const states = (keys: readonly Uint8Array[]): unknown[] =>
    inspectJournal(folder, { keys }).segments.map(({ state, frames, isEncrypted }) => [state, frames, isEncrypted])
  expect(states([])).toEqual([
    ['damaged', 1, true],
    ['locked', 2, true],
  ])
  expect(states([NEW])).toEqual([
    ['damaged', 1, true],
    ['good', 2, true],
  ])
  expect(textsOf(inspectJournal(folder).frames())).toEqual([])
  expect(shortTextsOf(inspectJournal(folder, { keys: [NEW] }).frames())).toEqual(['x0', 'x1', 'y1'])
})
