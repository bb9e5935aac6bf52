import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFolders, frame, HandClock, open, segmentsIn, textsOf } from './journal.test.helper.ts'
import { openJournal, openJournalInSteps } from './open-journal.ts'

const newFolder = createFolders()
const FOUR = ['one', 'two', 'three', 'four']
const MAX_FRAME_BYTES = 16 * 1024 * 1024
const large = (text: string): Uint8Array => frame(text.padEnd(3000, '.')) // two do not fit into 4,096 bytes

describe('append and read', () => {
  it('reads what was appended, in order, also in a later process', () => {
    const folder = newFolder()
    const { journal } = open(folder)
    const positions = FOUR.map((text) => journal.append(frame(text)))
    expect([...journal.read()].map(({ position }) => position)).toEqual(positions)
    journal.close()
    const later = open(folder).journal
    expect(textsOf(later.read())).toEqual(FOUR)
    expect([...later.read()].map(({ position }) => position)).toEqual(positions)
    expect(later.end).toBe(positions.at(-1))
  })

  it('is opened in steps, one for each file, for who has other things to do meanwhile', () => {
    const folder = newFolder()
    const { journal } = open(folder, { maxSegmentBytes: 4096 })
    for (const text of FOUR) journal.append(large(text))
    journal.close()
    const steps = openJournalInSteps({ directory: folder, sync: 'none' })
    for (let i = 0; i < FOUR.length; i++) expect(steps.next().done).toBe(false)
    const last = steps.next()
    if (last.done !== true) throw new Error('there are more steps than files')
    expect([...last.value.read()].map(({ position }) => position)).toHaveLength(FOUR.length)
    expect(last.value.end).toBe(journal.end)
  })

  it('reads what stands behind a position', () => {
    const { journal } = open(newFolder())
    const [, second = 0] = FOUR.map((text) => journal.append(frame(text)))
    expect(textsOf(journal.read(second))).toEqual(['three', 'four'])
    expect(textsOf(journal.read(0))).toEqual(FOUR)
    expect(textsOf(journal.read(journal.end))).toEqual([])
  })

  it('reads into memory that it is given, if that has room', () => {
    const { journal } = open(newFolder())
    for (const text of FOUR) journal.append(frame(text))
    const roomy = Buffer.alloc(64 * 1024)
    for (const memory of [roomy, Buffer.alloc(8)]) {
      const frames = [...journal.read(0, memory)]
      expect(textsOf(frames)).toEqual(FOUR)
      expect(frames.every(({ bytes }) => bytes.buffer === memory.buffer)).toBe(memory === roomy)
    }
  })

  it('goes on with what is appended, acknowledged and discarded between two steps', () => {
    const { journal } = open(newFolder(), { maxSegmentBytes: 4096 })
    journal.append(large('one'))
    journal.append(large('two'))
    const reading = journal.read()
    const first = reading.next().value
    journal.acknowledge(first?.position ?? 0)
    journal.append(large('three'))
    journal.append(large('four'))
    expect(journal.discardOldest()).toMatchObject({ kind: 'segment', frames: 1 })
    expect(textsOf(reading).map((text) => text.replaceAll('.', ''))).toEqual(['three', 'four'])
  })

  it('gives no frame of a segment that was discarded, also if it was read already', () => {
    const { journal } = open(newFolder(), { maxSegmentBytes: 4096 })
    for (const text of ['one', 'two']) journal.append(frame(text))
    journal.append(large('three'))
    journal.append(large('four'))
    const reading = journal.read()
    reading.next()
    journal.discardOldest()
    expect(textsOf(reading).map((text) => text.replaceAll('.', ''))).toEqual(['four'])
  })

  it('makes nothing before the first append', () => {
    const folder = newFolder()
    const { journal } = open(folder)
    expect(textsOf(journal.read())).toEqual([])
    expect(journal.discardOldest()).toBeUndefined()
    journal.close()
    expect(existsSync(folder)).toBe(false)
  })

  it.skipIf(process.platform === 'win32')('makes folders and files that only their user can open', () => {
    const folder = join(newFolder(), 'deep', 'er')
    const { journal } = open(folder)
    journal.append(frame('one'))
    journal.acknowledge(journal.append(frame('two')))
    const paths = ['..', '.', ...readdirSync(folder)]
    expect(paths.map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o700, 0o700, 0o600, 0o600])
  })

  it('takes the bytes at once: the caller may use them again', () => {
    const { journal } = open(newFolder())
    const bytes = frame('one')
    journal.append(bytes)
    bytes.fill(0)
    expect(textsOf(journal.read())).toEqual(['one'])
  })

  it('keeps frames of 1 byte and of 16 MiB, and refuses none and one more', () => {
    const { journal } = open(newFolder())
    journal.append(frame('x'))
    journal.append(Buffer.alloc(MAX_FRAME_BYTES, 'y'))
    journal.append(frame('z'))
    expect([...journal.read()].map(({ bytes }) => bytes.length)).toEqual([1, MAX_FRAME_BYTES, 1])
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(MAX_FRAME_BYTES + 1)]) {
      expect(() => journal.append(bytes)).toThrow(expect.objectContaining({ code: 'PLUTUS_JOURNAL_FRAME_INVALID' }))
    }
  })

  it('finds frames that end anywhere in the parts it reads', () => {
    const { journal } = open(newFolder(), { maxSegmentBytes: 4 * 1024 * 1024 })
    const sizes = Array.from({ length: 300 }, (_none, at) => 1 + ((at * 7919) % 9000))
    for (const size of sizes) journal.append(Buffer.alloc(size, size % 256))
    const read = [...journal.read()].map(({ bytes }) => bytes)
    expect(read.map(({ length }) => length)).toEqual(sizes)
    expect(read.every((bytes) => bytes.every((byte) => byte === bytes.length % 256))).toBe(true)
  })

  it('does nothing more once it is closed', async () => {
    const { journal } = open(newFolder())
    journal.append(frame('one'))
    journal.close()
    journal.close()
    const closed = expect.objectContaining({ code: 'PLUTUS_JOURNAL_CLOSED' }) as Error
    expect(() => journal.append(frame('two'))).toThrow(closed)
    expect(() => journal.read().next()).toThrow(closed)
    expect(() => journal.acknowledge(1)).toThrow(closed)
    expect(() => journal.discardOldest()).toThrow(closed)
    await expect(journal.sync()).rejects.toThrow(closed)
  })
})

describe('segments', () => {
  it('ends one that is full, and gives each the label and its birthday', () => {
    const clock = new HandClock()
    const folder = newFolder()
    const label = frame('of the writer')
    const { journal } = open(folder, { clock, label, maxSegmentBytes: 4096 })
    label.fill(0)
    for (const text of FOUR) {
      clock.now++
      journal.append(text === 'two' ? frame(text) : large(text))
    }
    journal.close()
    const segments = [...open(folder).journal.read()].map(({ segment }) => segment)
    const names = segmentsIn(folder)
    expect(segments.map(({ name }) => names.indexOf(name))).toEqual([0, 0, 1, 2])
    expect(segments.map(({ createdAt }) => createdAt - clock.wallOffset)).toEqual([1, 1, 3, 4])
    expect(segments.map((segment) => Buffer.from(segment.label).toString())).toEqual(FOUR.map(() => 'of the writer'))
  })

  it('ends one that is old at the next append, whatever the wall clock does', () => {
    const clock = new HandClock()
    const { journal } = open(newFolder(), { clock, maxSegmentAgeMillis: 100 })
    const segmentsAt = (now: number, wallOffset: number): number => {
      Object.assign(clock, { now, wallOffset })
      journal.append(frame('x'))
      return journal.segments.length
    }
    expect(segmentsAt(0, 5000)).toBe(1)
    expect(segmentsAt(99, 1_000_000)).toBe(1)
    expect(segmentsAt(100, 0)).toBe(2)
    expect(segmentsAt(199, 0)).toBe(2)
    expect(segmentsAt(200, 0)).toBe(3)
  })

  it('says what the files of the journal take', () => {
    const folder = newFolder()
    const { journal } = open(folder, { maxSegmentBytes: 4096 })
    const onDisk = (): number => segmentsIn(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    for (const text of FOUR) journal.append(large(text))
    expect(journal.bytes).toBe(onDisk())
    expect(journal.segments.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(onDisk())
    journal.discardOldest()
    expect(journal.bytes).toBe(onDisk())
    expect(open(folder).journal.bytes).toBe(onDisk())
  })
})

describe('acknowledge', () => {
  it('spares a later process what nobody needs, and deletes segments that hold nothing else', () => {
    const folder = newFolder()
    const { journal } = open(folder, { maxSegmentBytes: 4096 })
    const [first = 0, second = 0, third = 0] = ['one', 'two', 'three'].map((text) => journal.append(large(text)))
    journal.append(frame('four'))
    journal.acknowledge(first - 1)
    expect(segmentsIn(folder)).toHaveLength(3)
    journal.acknowledge(first)
    expect(segmentsIn(folder)).toHaveLength(2)
    journal.acknowledge(third)
    journal.acknowledge(second) // is not beyond it
    expect(journal.acknowledged).toBe(third)
    expect(segmentsIn(folder)).toHaveLength(1)
    expect(textsOf(journal.read())).toEqual(['four'])
    journal.close()
    expect(textsOf(open(folder).journal.read())).toEqual(['four'])
  })

  it('acknowledges nothing that was not appended', () => {
    const folder = newFolder()
    const { journal } = open(folder)
    journal.append(frame('one'))
    journal.acknowledge(Number.MAX_SAFE_INTEGER)
    journal.acknowledge(Number.NaN)
    expect(journal.acknowledged).toBe(journal.end)
    journal.append(frame('two'))
    expect(textsOf(journal.read())).toEqual(['two'])
  })

  it('never uses a position twice, also when all is acknowledged and deleted', () => {
    const folder = newFolder()
    const first = open(folder).journal
    const position = first.append(frame('one'))
    first.acknowledge(position)
    first.close()
    expect(segmentsIn(folder)).toEqual([])
    const second = open(folder).journal
    expect(second.append(frame('two'))).toBeGreaterThan(position)
    expect(textsOf(second.read())).toEqual(['two'])
  })

  it('keeps what a process that was thought dead writes into its last segment meanwhile', () => {
    const folder = newFolder()
    const owner = open(folder).journal
    owner.append(frame('one'))
    const adopter = open(folder).journal
    const [one] = adopter.read()
    owner.append(frame('two'))
    adopter.acknowledge(one?.position ?? 0)
    expect(textsOf(adopter.read())).toEqual(['two'])
  })
})

describe('discardOldest', () => {
  it('takes the oldest segment, also the one being written, and counts what nobody had acknowledged', () => {
    const { journal } = open(newFolder(), { maxSegmentBytes: 4096 })
    const [, second = 0] = ['one', 'two'].map((text) => journal.append(frame(text)))
    journal.append(frame('three'))
    journal.append(large('four'))
    journal.append(large('five'))
    journal.acknowledge(second)
    expect(journal.discardOldest()).toMatchObject({ kind: 'segment', frames: 2 })
    expect(journal.discardOldest()).toMatchObject({ kind: 'segment', frames: 1 })
    expect(journal.discardOldest()).toBeUndefined()
    expect(journal.bytes).toBe(0)
    journal.append(frame('six'))
    expect(textsOf(journal.read())).toEqual(['six'])
  })
})

describe('closeAndRemove', () => {
  it('leaves no folder when everything is acknowledged', () => {
    const folder = newFolder()
    const { journal } = open(folder)
    journal.acknowledge(journal.append(frame('one')))
    expect(journal.closeAndRemove()).toBe(true)
    expect(existsSync(folder)).toBe(false)
  })

  it('leaves everything when something is not', () => {
    const folder = newFolder()
    const { journal } = open(folder)
    journal.acknowledge(journal.append(frame('one')))
    journal.append(frame('two'))
    expect(journal.closeAndRemove()).toBe(false)
    expect(textsOf(open(folder).journal.read())).toEqual(['two'])
  })
})

describe('a folder that goes away', () => {
  it.each([
    ['deleted', (folder: string) => rmSync(folder, { recursive: true })],
    ['moved', (folder: string) => renameSync(folder, `${folder}-elsewhere`)],
    [
      'replaced',
      (folder: string) => {
        renameSync(folder, `${folder}-elsewhere`)
        open(folder).journal.append(frame('of another'))
      },
    ],
  ])('is noticed within a second when it is %s, and not made again', (_how, takeAway) => {
    const clock = new HandClock()
    const folder = newFolder()
    const { journal } = open(folder, { clock })
    journal.append(frame('one'))
    takeAway(folder)
    const there = existsSync(folder)
    clock.now = 1000
    const vanished = expect.objectContaining({ code: 'PLUTUS_JOURNAL_VANISHED' }) as Error
    expect(() => journal.append(frame('two'))).toThrow(vanished)
    expect(() => journal.append(frame('three'))).toThrow(vanished)
    expect(existsSync(folder)).toBe(there)
  })
})

it.each([
  ['directory', { directory: '' }],
  ['label', { label: new Uint8Array(65_536) }],
  ['maxSegmentBytes', { maxSegmentBytes: 4095 }],
  ['maxSegmentAgeMillis', { maxSegmentAgeMillis: 0 }],
  ['sync', { sync: 'sometimes' as 'none' }],
  ['syncIntervalMillis', { syncIntervalMillis: 1.5 }],
  ['keys', { keys: [new Uint8Array(31)] }],
])('refuses a wrong %s and names it', (option, wrong) => {
  expect(() => openJournal({ directory: newFolder(), ...wrong })).toThrow(
    expect.objectContaining({ code: 'PLUTUS_OPTION_INVALID', option: `journal.${option}` }),
  )
})

it('takes the longest label', () => {
  const folder = newFolder()
  const { journal } = open(folder, { label: new Uint8Array(65_535).fill(7) })
  journal.append(frame('one'))
  journal.close()
  expect([...open(folder).journal.read()].map(({ segment }) => segment.label.length)).toEqual([65_535])
})
