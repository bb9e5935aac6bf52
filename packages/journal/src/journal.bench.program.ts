import { deepStrictEqual } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openJournal } from './open-journal.ts'
import type { Journal, JournalOptions } from './journal.ts'

// Runs under plain Node, as a service would run it, and prints its figures as JSON. Contestants take turns in each
// round, so that a busy machine is busy for all of them.

const FRAME_BYTES = 300
const ROUNDS = 20
const FRAMES = 2000 // in a round
const GROUPS = [1, 10, 100, 1000]

const folder = mkdtempSync(join(tmpdir(), 'plutus-journal-bench-'))
const frame = Buffer.alloc(FRAME_BYTES, 'x')
const open = (name: string, options: Partial<JournalOptions> = {}): Journal =>
  openJournal({ directory: join(folder, name), sync: 'none', ...options })
const keys = [randomBytes(32)]

/** Microseconds that half of the calls stay below. */
function median(micros: Float64Array): number {
  return micros.sort()[micros.length >> 1] ?? 0
}

function measureAppends(): Record<string, number> {
  const plain = openSync(join(folder, 'plain'), 'a', 0o600)
  const journals = { plain: open('a'), encrypted: open('b', { keys }), interval: open('c', { sync: 'interval' }) }
  const contestants: [string, () => unknown][] = [
    ['writeSync of the bytes alone', () => writeSync(plain, frame)],
    ['append', () => journals.plain.append(frame)],
    ['append, forced to the disk every second', () => journals.interval.append(frame)],
    ['append, encrypted', () => journals.encrypted.append(frame)],
  ]
  const micros = contestants.map(() => new Float64Array(ROUNDS * FRAMES))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, [, act]] of contestants.entries()) {
      for (let i = 0; i < FRAMES; i++) {
        const start = performance.now()
        act()
        const times = micros[at]
        if (times !== undefined) times[round * FRAMES + i] = (performance.now() - start) * 1000
      }
    }
  }
  closeSync(plain)
  for (const journal of Object.values(journals)) {
    deepStrictEqual(count(journal), ROUNDS * FRAMES)
    journal.close()
  }
  return Object.fromEntries(contestants.map(([name], at) => [name, median(micros[at] ?? new Float64Array(1))]))
}

function count(journal: Journal): number {
  let frames = 0
  for (const { bytes } of journal.read(0)) if (bytes.length === FRAME_BYTES) frames++
  return frames
}

/** Frames per second. */
function measureRead(name: string, options: Partial<JournalOptions> = {}): number {
  const journal = open(name, options)
  const rates = Array.from({ length: 5 }, () => {
    const start = performance.now()
    deepStrictEqual(count(journal), ROUNDS * FRAMES)
    return (ROUNDS * FRAMES * 1000) / (performance.now() - start)
  })
  journal.close()
  return Math.max(...rates)
}

/** Microseconds per frame when so many are forced to the disk at once. */
async function measureGroup(size: number): Promise<number> {
  const journal = open(`group-${size}`)
  const micros = new Float64Array(20)
  for (let at = 0; at < micros.length; at++) {
    const start = performance.now()
    for (let i = 0; i < size; i++) journal.append(frame)
    await journal.sync()
    micros[at] = ((performance.now() - start) * 1000) / size
  }
  journal.close()
  return median(micros)
}

const appends = measureAppends()
const reads = { plain: measureRead('a'), encrypted: measureRead('b', { keys }) }
const groups: Record<string, number> = {}
for (const size of GROUPS) groups[size] = await measureGroup(size)
rmSync(folder, { recursive: true, force: true })
process.stdout.write(JSON.stringify({ appends, reads, groups }))
