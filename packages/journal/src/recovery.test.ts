import { randomBytes } from 'node:crypto'
import { appendFileSync, cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isFull } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import { inspectJournal } from './inspect-journal.ts'
import { createFolders, frame, open, segmentsIn, textsOf } from './journal.test.helper.ts'
import type { Opened } from './journal.test.helper.ts'

const newFolder = createFolders()
const KEY = randomBytes(32)

/** A small journal of two segments: `a1` to `a3`, `b1` and `b2`. */
function smallJournal(keys: readonly Uint8Array[] = []): string {
  const folder = newFolder()
  for (const texts of [
    ['a1', 'a2', 'a3'],
    ['b1', 'b2'],
  ]) {
    const { journal } = open(folder, { keys, label: frame('L') })
    for (const text of texts) journal.append(frame(text))
    journal.close()
  }
  return folder
}

function damaged(folder: string, damage: (folder: string) => void): string {
  const copy = newFolder()
  cpSync(folder, copy, { recursive: true })
  damage(copy)
  return copy
}

/** What has to be told of the damage: bytes that are gone from the segments and kept beside them. */
function expectAllAccountedFor(folder: string, { journal, quarantined }: Opened): void {
  const sizes = readdirSync(folder).filter((name) => name.includes('segment'))
  expect(journal.bytes).toBe(sizes.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0))
  expect(journal.quarantined).toEqual({
    files: readdirSync(folder).filter((name) => name.endsWith('.quarantine')).length,
    bytes: quarantined.reduce((sum, { bytes }) => sum + bytes, 0),
    frames: quarantined.reduce((sum, { frames }) => sum + frames, 0),
  })
}

describe.each([
  ['plain', []],
  ['encrypted', [KEY]],
])('a small %s journal', (_how, keys) => {
  const whole = smallJournal(keys)
  const [first = '', second = ''] = segmentsIn(whole)
  const size = statSync(join(whole, first)).size
  const frameSize = size - statSync(join(whole, second)).size
  const headerSize = size - 3 * frameSize
  // The first segment is damaged at a byte: so many of its frames stand before it.
  const keptAt = (at: number): string[] =>
    ['a1', 'a2', 'a3'].slice(0, Math.max(0, Math.floor((at - headerSize) / frameSize)))

  it('cut at any byte keeps the frames before the cut and all later segments, and sets the rest aside', () => {
    for (let at = 0; at < size; at++) {
      const folder = damaged(whole, (copy) => truncateSync(join(copy, first), at))
      const opened = open(folder, { keys })
      expect([at, ...textsOf(opened.journal.read())]).toEqual([at, ...keptAt(at), 'b1', 'b2'])
      expectAllAccountedFor(folder, opened)
      const hasRest = at > 0 && at !== headerSize && (at < headerSize || (at - headerSize) % frameSize > 0)
      expect([at, opened.quarantined.length]).toEqual([at, hasRest ? 1 : 0])
      // What was set aside is not found again.
      opened.journal.close()
      const again = open(folder, { keys })
      expect(textsOf(again.journal.read())).toEqual([...keptAt(at), 'b1', 'b2'])
      expect(again.quarantined).toEqual([])
    }
  })

  it('with a bit flipped at any byte keeps the frames before it and all later segments, and no wrong byte', () => {
    for (let at = 0; at < size; at++) {
      for (const bit of isFull ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]) {
        const folder = damaged(whole, (copy) => {
          const bytes = readFileSync(join(copy, first))
          bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
          writeFileSync(join(copy, first), bytes)
        })
        const opened = open(folder, { keys })
        const isVersion = at === 7 // unknown then: kept for whoever knows it
        expect([at, bit, ...textsOf(opened.journal.read())]).toEqual([at, bit, ...keptAt(at), 'b1', 'b2'])
        expect([at, opened.journal.unread.length]).toEqual([at, isVersion ? 1 : 0])
        expectAllAccountedFor(folder, opened)
      }
    }
  })
})

it('keeps what stands behind zeros and other rubbish of a power loss out of what is read', () => {
  const whole = smallJournal()
  const [first = ''] = segmentsIn(whole)
  const frameOfAnother = readFileSync(join(smallJournal(), first)).subarray(-10)
  for (const rubbish of [Buffer.alloc(5000), randomBytes(5000), Buffer.alloc(3, 255), frameOfAnother]) {
    const folder = damaged(whole, (copy) => appendFileSync(join(copy, first), rubbish))
    const opened = open(folder)
    expect(textsOf(opened.journal.read())).toEqual(['a1', 'a2', 'a3', 'b1', 'b2'])
    expect(opened.quarantined.map(({ bytes }) => bytes)).toEqual([rubbish.length])
  }
})

it('is read again from the start when the file with the acknowledged position is damaged in any way', () => {
  const whole = smallJournal()
  const { journal } = open(whole)
  const [first] = journal.read()
  journal.acknowledge(first?.position ?? 0)
  journal.close()
  const cursor = readFileSync(join(whole, 'cursor'))
  for (let at = 0; at < cursor.length; at++) {
    const flipped = Buffer.from(cursor)
    flipped[at] = (flipped[at] ?? 0) ^ 1
    for (const bytes of [flipped, cursor.subarray(0, at)]) {
      const folder = damaged(whole, (copy) => writeFileSync(join(copy, 'cursor'), bytes))
      expect(textsOf(open(folder).journal.read())).toEqual(['a1', 'a2', 'a3', 'b1', 'b2'])
    }
  }
  expect(textsOf(open(whole).journal.read())).toEqual(['a2', 'a3', 'b1', 'b2'])
})

it('appends behind everything, also behind what was set aside', () => {
  const folder = damaged(smallJournal(), (copy) => {
    const [, last = ''] = segmentsIn(copy)
    truncateSync(join(copy, last), statSync(join(copy, last)).size - 1)
  })
  const { journal } = open(folder)
  journal.append(frame('c1'))
  expect(textsOf(journal.read())).toEqual(['a1', 'a2', 'a3', 'b1', 'c1'])
  const later = open(folder).journal
  expect(textsOf(later.read())).toEqual(['a1', 'a2', 'a3', 'b1', 'c1'])
  later.acknowledge(later.end)
  expect(segmentsIn(folder)).toEqual([])
})

it('frees space from what is quarantined first, then from what is unread, then from segments', () => {
  const folder = damaged(smallJournal(), (copy) => {
    const [first = '', second = ''] = segmentsIn(copy)
    const bytes = readFileSync(join(copy, first))
    bytes[7] = 99
    writeFileSync(join(copy, first), bytes)
    appendFileSync(join(copy, second), 'rubbish')
  })
  const { journal } = open(folder)
  expect(textsOf(journal.read())).toEqual(['b1', 'b2'])
  const kinds = [journal.discardOldest(), journal.discardOldest(), journal.discardOldest(), journal.discardOldest()]
  expect(kinds.map((discarded) => discarded?.kind)).toEqual(['quarantined', 'unread', 'segment', undefined])
  expect(kinds.map((discarded) => discarded?.frames)).toEqual([0, 0, 2, undefined])
  expect(readdirSync(folder)).toEqual([])
  expect(journal.bytes).toBe(0)
  expect(journal.quarantined).toEqual({ files: 0, bytes: 7, frames: 1 })
})

it('leaves files alone that it did not make', () => {
  const folder = damaged(smallJournal(), (copy) => {
    writeFileSync(join(copy, 'README'), 'of somebody')
    writeFileSync(join(copy, '0.segment'), 'of somebody')
  })
  const { journal } = open(folder)
  expect([...journal.read()]).toHaveLength(5)
  journal.acknowledge(journal.end)
  expect(journal.closeAndRemove()).toBe(false)
  expect(readdirSync(folder)).toEqual(['0.segment', 'README'])
})

it('deletes segments that hold nothing: their writer was killed before it wrote a frame', () => {
  const folder = damaged(smallJournal(), (copy) => {
    const [first = '', second = ''] = segmentsIn(copy)
    const header = readFileSync(join(copy, second)).subarray(0, -20)
    writeFileSync(join(copy, first), header)
    writeFileSync(join(copy, second), '')
  })
  const { journal, quarantined } = open(folder)
  expect([...journal.read(), ...quarantined]).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

it('reads late what could be read only later, also behind a segment that holds nothing', () => {
  const key = randomBytes(32)
  const folder = damaged(smallJournal([key]), (copy) => {
    open(copy).journal.close() // sets both segments aside
    const { journal } = open(copy)
    journal.append(frame('c1'))
    const empty = readFileSync(join(copy, segmentsIn(copy)[0] ?? '')).subarray(0, -10)
    writeFileSync(join(copy, `${journal.end.toString(16).padStart(16, '0')}.segment`), empty, { mode: 0o600 })
  })
  const { journal } = open(folder, { keys: [key] })
  const frames = [...journal.read()]
  expect(textsOf(frames)).toEqual(['c1', 'a1', 'a2', 'a3', 'b1', 'b2'])
  journal.acknowledge(frames[0]?.position ?? 0)
  expect(textsOf(journal.read())).toEqual(['a1', 'a2', 'a3', 'b1', 'b2'])
  expect(textsOf(open(folder, { keys: [key] }).journal.read())).toEqual(['a1', 'a2', 'a3', 'b1', 'b2'])
})

describe('inspectJournal', () => {
  it('tells what each file holds and changes nothing', () => {
    const folder = damaged(smallJournal(), (copy) => {
      const [first = ''] = segmentsIn(copy)
      truncateSync(join(copy, first), statSync(join(copy, first)).size - 1)
    })
    const { journal } = open(folder)
    const [first] = [...journal.read()]
    journal.acknowledge(first?.position ?? 0)
    appendFileSync(join(folder, segmentsIn(folder)[1] ?? ''), 'rubbish')
    const before = readdirSync(folder)
    const inspection = inspectJournal(folder)
    expect(inspection.acknowledged).toBe(first?.position)
    expect(
      inspection.segments.map(({ state, frames, acknowledgedFrames, badBytes, badFrames }) => [
        state,
        frames,
        acknowledgedFrames,
        badBytes,
        badFrames,
      ]),
    ).toEqual([
      ['good', 2, 1, 0, 0],
      ['quarantined', 1, 0, 9, 1],
      ['damaged', 2, 0, 7, 1],
    ])
    expect(inspection.segments.map(({ label }) => Buffer.from(label).toString())).toEqual(['L', 'L', 'L'])
    expect(textsOf(inspection.frames())).toEqual(['a1', 'a2', 'b1', 'b2'])
    expect([...inspection.frames()].map(({ isAcknowledged }) => isAcknowledged)).toEqual([true, false, false, false])
    expect(readdirSync(folder)).toEqual(before)
  })

  it('does not know a folder that is not there', () => {
    expect(() => inspectJournal(newFolder())).toThrow(expect.objectContaining({ code: 'PLUTUS_JOURNAL_VANISHED' }))
  })
})
