import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FaultyFiles } from './faulty-files.test.helper.ts'
import { createFolders, frame, HandClock, open, segmentsIn, textsOf } from './journal.test.helper.ts'
import { inspectJournal } from './inspect-journal.ts'
import { NODE_FILES } from './journal-files.ts'
import type { JournalFiles } from './journal-files.ts'
import type { JournalOptions } from './journal.ts'

const newFolder = createFolders()
/** Code of what is thrown; undefined if nothing is. */
function codeOf(act: () => unknown): unknown {
  try {
    act()
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

const withCode = (code: string): Error => expect.objectContaining({ code }) as Error

describe('a disk without space', () => {
  it('costs the frame that did not fit and nothing else, wherever it ends', () => {
    for (let space = 0; space < 40; space++) {
      const disk = new FaultyFiles()
      const folder = newFolder()
      const { journal } = open(folder, { files: disk.files })
      journal.append(frame('one'))
      disk.bytesLeft = space
      const fits = space >= 'two'.length + 8
      expect(codeOf(() => journal.append(frame('two')))).toBe(fits ? undefined : 'PLUTUS_JOURNAL_FULL')
      disk.bytesLeft = Number.POSITIVE_INFINITY
      journal.append(frame('three'))
      const expected = fits ? ['one', 'two', 'three'] : ['one', 'three']
      expect(textsOf(journal.read())).toEqual(expected)
      const later = open(folder)
      expect(textsOf(later.journal.read())).toEqual(expected)
      expect(later.quarantined).toEqual([])
    }
  })

  it.each([8, 16_000, 20_000, 40_000])('leaves nothing of a long frame that ends after %d bytes', (written) => {
    const disk = new FaultyFiles()
    const folder = newFolder()
    const { journal } = open(folder, { files: disk.files })
    journal.append(frame('one'))
    disk.bytesLeft = written
    const long = 'long'.padEnd(40_000, '.')
    expect(() => journal.append(frame(long))).toThrow(withCode('PLUTUS_JOURNAL_FULL'))
    disk.bytesLeft = Number.POSITIVE_INFINITY
    journal.append(frame(long))
    expect(textsOf(journal.read())).toEqual(['one', long])
    const later = open(folder)
    expect(textsOf(later.journal.read())).toEqual(['one', long])
    expect(later.quarantined).toEqual([])
  })

  it('is asked again at every append, and leaves no files behind', () => {
    const disk = new FaultyFiles()
    const folder = newFolder()
    const { journal } = open(folder, { files: disk.files })
    disk.bytesLeft = 20
    for (let i = 0; i < 3; i++) expect(() => journal.append(frame('x'))).toThrow(withCode('PLUTUS_JOURNAL_FULL'))
    expect(readdirSync(folder)).toEqual([])
    expect(journal.bytes).toBe(0)
    // Where not even that can be done, the name of the file that is left is not used again.
    disk.fail('unlinkSync', 'EIO')
    disk.bytesLeft = 20
    expect(() => journal.append(frame('x'))).toThrow(withCode('PLUTUS_JOURNAL_FULL'))
    disk.bytesLeft = Number.POSITIVE_INFINITY
    journal.append(frame('y'))
    expect(textsOf(journal.read())).toEqual(['y'])
  })

  it('is freed by what is acknowledged, though the position has no room before', () => {
    const disk = new FaultyFiles()
    const unlinkSync: JournalFiles['unlinkSync'] = (path) => {
      disk.files.unlinkSync(path)
      disk.bytesLeft += 200
    }
    const folder = newFolder()
    const { journal } = open(folder, { files: { ...disk.files, unlinkSync } })
    const position = journal.append(frame('one'))
    disk.bytesLeft = 0
    expect(() => journal.append(frame('two'))).toThrow(withCode('PLUTUS_JOURNAL_FULL'))
    disk.bytesLeft = 0
    journal.acknowledge(position)
    expect(journal.segments).toEqual([])
    expect(open(folder).journal.acknowledged).toBe(position)
    journal.append(frame('three'))
    expect(textsOf(journal.read())).toEqual(['three'])
  })

  it('loses no frame when the acknowledged position cannot be written', () => {
    const disk = new FaultyFiles()
    const folder = newFolder()
    const { journal } = open(folder, { files: disk.files })
    const position = journal.append(frame('one'))
    disk.bytesLeft = 3
    expect(() => journal.acknowledge(position)).toThrow(withCode('PLUTUS_JOURNAL_FULL'))
    expect(textsOf(open(folder).journal.read())).toEqual(['one'])
    disk.bytesLeft = Number.POSITIVE_INFINITY
    journal.acknowledge(position)
    expect(textsOf(open(folder).journal.read())).toEqual([])
  })

  it('deletes nothing before the acknowledged position is written', () => {
    const disk = new FaultyFiles()
    const folder = newFolder()
    const { journal } = open(folder, { files: disk.files, maxSegmentBytes: 4096 })
    const positions = ['one', 'two'].map((text) => journal.append(frame(text.padEnd(4000))))
    disk.fail('renameSync', 'EIO')
    expect(() => journal.acknowledge(positions[1] ?? 0)).toThrow(withCode('PLUTUS_JOURNAL_FAILED'))
    expect(textsOf(open(folder).journal.read()).map((text) => text.trim())).toEqual(['one', 'two'])
  })

  it('reads up to the damage, and keeps the damage, when it cannot be moved aside', () => {
    const folder = newFolder()
    const writer = open(folder).journal
    for (const text of ['one', 'two']) writer.append(frame(text))
    writer.close()
    const [name = ''] = segmentsIn(folder)
    const size = statSync(join(folder, name)).size
    NODE_FILES.ftruncateSync(NODE_FILES.openSync(join(folder, name), 'r+'), size - 1)
    const disk = new FaultyFiles()
    disk.bytesLeft = 0
    const { journal, quarantined } = open(folder, { files: disk.files })
    expect(textsOf(journal.read())).toEqual(['one'])
    expect(quarantined.map(({ bytes, frames }) => [bytes, frames])).toEqual([[10, 1]])
    disk.bytesLeft = Number.POSITIVE_INFINITY
    journal.acknowledge(journal.end)
    expect(inspectJournal(folder).segments.map(({ state, bytes }) => [state, bytes])).toEqual([
      ['quarantined', size - 1],
    ])
  })
})

it.each([
  ['EROFS', 'PLUTUS_JOURNAL_READ_ONLY'],
  ['EACCES', 'PLUTUS_JOURNAL_READ_ONLY'],
  ['EDQUOT', 'PLUTUS_JOURNAL_FULL'],
  ['EIO', 'PLUTUS_JOURNAL_FAILED'],
  ['ESTALE', 'PLUTUS_JOURNAL_VANISHED'],
])('names %s as %s, with the folder and what it tried', (errno, code) => {
  const disk = new FaultyFiles()
  const folder = newFolder()
  const { journal } = open(folder, { files: disk.files })
  disk.fail('openSync', errno)
  const append = (): unknown => journal.append(frame('one'))
  expect(append).toThrow(withCode(code))
  expect(append).toThrow(`The journal in ${folder} cannot make a file (${errno}).`)
  disk.fail('openSync', undefined)
  append()
  disk.fail('writeSync', errno)
  expect(append).toThrow(withCode(code))
  disk.fail('writeSync', undefined)
  append()
  expect([...journal.read()]).toHaveLength(2)
})

it('tells once of a segment that the disk does not give, and reads on behind it', () => {
  const disk = new FaultyFiles()
  const folder = newFolder()
  const { journal } = open(folder, { files: disk.files, clock: new HandClock(), maxSegmentBytes: 4096 })
  journal.append(frame('one'.padEnd(4000)))
  journal.append(frame('two'.padEnd(4000)))
  disk.fail('readSync', 'EIO')
  expect(() => [...journal.read()]).toThrow(withCode('PLUTUS_JOURNAL_FAILED'))
  disk.fail('readSync', undefined)
  expect(textsOf(journal.read()).map((text) => text.trim())).toEqual(['two'])
  // A later process tries it again, whatever was acknowledged behind it.
  journal.acknowledge(journal.end)
  journal.close()
  expect(textsOf(open(folder).journal.read()).map((text) => text.trim())).toEqual(['one'])
})

it('tells of a segment that somebody deleted, and reads on behind it', () => {
  const folder = newFolder()
  const { journal } = open(folder, { maxSegmentBytes: 4096 })
  journal.append(frame('one'.padEnd(4090)))
  journal.append(frame('two'))
  unlinkSync(join(folder, segmentsIn(folder)[0] ?? ''))
  expect(() => [...journal.read()]).toThrow(withCode('PLUTUS_JOURNAL_VANISHED'))
  expect(textsOf(journal.read())).toEqual(['two'])
})

describe.skipIf(process.platform === 'win32')('a folder that is not private', () => {
  const victim = (): string => {
    const folder = newFolder()
    const { journal } = open(folder)
    journal.append(frame('one'))
    journal.close()
    return folder
  }
  /** What opening and inspecting a folder throw. */
  const codesOf = (folder: string, options: Partial<JournalOptions> = {}): unknown[] => [
    codeOf(() => open(folder, options)),
    codeOf(() => inspectJournal(folder, options)),
  ]
  const UNSAFE = ['PLUTUS_JOURNAL_UNSAFE', 'PLUTUS_JOURNAL_UNSAFE']

  it('is refused when others may read it, and taken when they may not', () => {
    const folder = victim()
    for (const mode of [0o740, 0o710, 0o704, 0o701]) {
      chmodSync(folder, mode)
      expect(codesOf(folder)).toEqual(UNSAFE)
    }
    chmodSync(folder, 0o700)
    expect(textsOf(open(folder).journal.read())).toEqual(['one'])
  })

  it('is refused when it is a link, a file, or belongs to another user', () => {
    const folder = victim()
    symlinkSync(folder, `${folder}-link`)
    expect(codesOf(`${folder}-link`)).toEqual(UNSAFE)
    writeFileSync(`${folder}-file`, '', { mode: 0o600 })
    expect(codesOf(`${folder}-file`)).toEqual(UNSAFE)
    const foreign = { ...NODE_FILES }
    foreign.lstatSync = ((path: string) => Object.assign(NODE_FILES.lstatSync(path), { uid: 4711 })) as never
    expect(codesOf(folder, { files: foreign })).toEqual(UNSAFE)
  })

  it('is refused when a file in it is a link, is open to others, or is no file', () => {
    const name = '00000000000000ff.segment'
    const plant = (act: (path: string) => void): string => {
      const folder = victim()
      act(join(folder, name))
      return folder
    }
    const secret = join(victim(), 'secret')
    writeFileSync(secret, 'of somebody', { mode: 0o600 })
    expect(codesOf(plant((path) => symlinkSync(secret, path)))).toEqual(UNSAFE)
    expect(codesOf(plant((path) => writeFileSync(path, 'x', { mode: 0o644 })))).toEqual(UNSAFE)
    expect(codesOf(plant((path) => mkdirSync(path, { mode: 0o700 })))).toEqual(UNSAFE)
  })

  it('is not written through a link that takes the place of the file with the acknowledged position', () => {
    const folder = victim()
    const target = `${folder}-target`
    writeFileSync(target, 'of somebody', { mode: 0o600 })
    symlinkSync(target, join(folder, 'cursor.new'))
    const { journal } = open(folder)
    expect(() => journal.acknowledge(journal.end)).toThrow(withCode('PLUTUS_JOURNAL_UNSAFE'))
    expect(statSync(target).size).toBe('of somebody'.length)
  })
})

describe('forcing bytes to the disk', () => {
  /** A disk that notes which calls force what. */
  const noting = (): { files: JournalFiles; calls: string[] } => {
    const calls: string[] = []
    const files = { ...NODE_FILES }
    for (const call of ['fdatasync', 'fsync', 'fdatasyncSync', 'fsyncSync'] as const) {
      const real = files[call] as (...args: unknown[]) => void
      files[call] = ((...args: unknown[]) => {
        calls.push(call)
        real(...args)
      }) as never
    }
    return { files, calls }
  }

  it('never happens by itself under none, and on request always', async () => {
    const { files, calls } = noting()
    const { journal } = open(newFolder(), { files, sync: 'none', maxSegmentBytes: 4096 })
    for (let i = 0; i < 3; i++) journal.append(Buffer.alloc(3000))
    expect(calls).toEqual([])
    await journal.sync()
    expect(calls.sort()).toEqual(['fdatasync', 'fdatasync', 'fdatasync', 'fsync'])
    await journal.sync()
    expect(calls).toHaveLength(4) // there is nothing new
    journal.close()
  })

  it('happens before append returns under always', () => {
    const { files, calls } = noting()
    const { journal } = open(newFolder(), { files, sync: 'always' })
    journal.append(frame('one'))
    expect(calls).toEqual(['fsyncSync', 'fdatasyncSync'])
    journal.append(frame('two'))
    expect(calls).toEqual(['fsyncSync', 'fdatasyncSync', 'fdatasyncSync'])
  })

  it('happens in the background for many frames at once under interval', async () => {
    const { files, calls } = noting()
    const { journal } = open(newFolder(), { files, sync: 'interval', syncIntervalMillis: 1 })
    for (let i = 0; i < 100; i++) journal.append(frame('x'))
    expect(calls).toEqual([])
    await expect.poll(() => calls.toSorted()).toEqual(['fdatasync', 'fsync'])
    journal.append(frame('y'))
    await expect.poll(() => calls.length).toBe(3)
  })

  it('that fails under always takes the frame back', () => {
    const disk = new FaultyFiles()
    const { journal } = open(newFolder(), { files: disk.files, sync: 'always' })
    journal.append(frame('one'))
    disk.fail('fdatasyncSync', 'EIO')
    expect(() => journal.append(frame('two'))).toThrow(withCode('PLUTUS_JOURNAL_FAILED'))
    disk.fail('fdatasyncSync', undefined)
    journal.append(frame('three'))
    expect(textsOf(journal.read())).toEqual(['one', 'three'])
  })

  it('that fails in the background is told, and the next frame goes into another segment', async () => {
    const disk = new FaultyFiles()
    const errors: unknown[] = []
    disk.fail('fdatasync', 'EIO')
    const { journal } = open(newFolder(), {
      files: disk.files,
      sync: 'interval',
      syncIntervalMillis: 1,
      onSyncError: (error) => void errors.push(error.code),
    })
    journal.append(frame('one'))
    await expect.poll(() => errors).toEqual(['PLUTUS_JOURNAL_FAILED'])
    disk.fail('fdatasync', undefined)
    journal.append(frame('two'))
    expect(journal.segments).toHaveLength(2)
    await journal.sync()
    expect(textsOf(journal.read())).toEqual(['one', 'two'])
  })

  it('that fails on request is told there', async () => {
    const disk = new FaultyFiles()
    const { journal } = open(newFolder(), { files: disk.files })
    journal.append(frame('one'))
    disk.fail('fdatasync', 'EIO')
    await expect(journal.sync()).rejects.toThrow(withCode('PLUTUS_JOURNAL_FAILED'))
  })

  it('is no failure when the segment was deleted meanwhile', async () => {
    const folder = newFolder()
    const { journal } = open(folder)
    journal.append(frame('one'))
    const syncing = journal.sync()
    journal.discardOldest()
    await expect(syncing).resolves.toBeUndefined()
  })
})
