import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openJournal } from '@plutus/journal'
import { ByteBuffer, createEncoder } from '@plutus/otlp'
import { expect, it, onTestFinished } from 'vitest'
import { Ledger } from './ledger.ts'
import { discardOld } from './spool-bounds.ts'
import { SpoolCounts } from './spool-counts.ts'
import { FrameWriter, writeLabel } from './spool-frame.ts'
import { createFolder, scope } from './spool-rig.test.helper.ts'

const HOUR = 3_600_000
const encoder = createEncoder()

/** A ledger of which something was tried, with one record in each file; their ages are given, the oldest first. */
function openTried(...hoursAgo: number[]): { ledger: Ledger; directory: string } {
  const directory = join(createFolder(), 'durable')
  let hours = 0
  let now = 0
  const clock = { wall: () => Date.now() - hours * HOUR, monotonic: () => (now += 10_000) }
  const journal = openJournal({ directory, sync: 'none', clock, label: writeLabel('durable', new Uint8Array(0)) })
  onTestFinished(() => journal.close())
  for (hours of hoursAgo) {
    const out = new ByteBuffer(1024)
    encoder.encodeLogRecord(out, { body: 'a', attributes: { 'plutus.data.class': 'payment' } })
    journal.append(new FrameWriter().write(scope, out.bytes, 0, out.position))
  }
  writeFileSync(join(directory, '00000000000000ff.segment.quarantine'), 'damaged', { mode: 0o600 })
  journal.close()
  const reopened = openJournal({ directory, sync: 'none' })
  onTestFinished(() => reopened.close())
  const ledger = new Ledger('durable', reopened)
  ledger.failingSince = 0
  return { ledger, directory }
}

/** How many records are given up, where the clocks are that far ahead of the true time. */
function giveUp(
  ledger: Ledger,
  maxAgeHours: number,
  { triedHours = maxAgeHours, wall = 0, start = 0 }: { triedHours?: number; wall?: number; start?: number } = {},
): number {
  let lost = 0
  const createCounter = (name: string): { add: (count: number) => void } => ({
    add: (more) => void (lost += name === 'plutus.spool.dropped' ? more : 0),
  })
  const age = {
    maxAgeMillis: maxAgeHours * HOUR,
    wall: Date.now() + wall * HOUR,
    monotonicWall: Date.now() + start * HOUR,
    monotonic: triedHours * HOUR,
  }
  discardOld([ledger], age, new SpoolCounts(() => {}, { createCounter }))
  return lost
}

it('gives up at once all files of a journal that are too old, and leaves the others and what was set aside', () => {
  const { ledger, directory } = openTried(50, 49, 47, 46)
  expect(giveUp(ledger, 48)).toBe(2)
  expect(ledger.journal.segments).toHaveLength(2)
  expect(readdirSync(directory)).toContain('00000000000000ff.segment.quarantine')
  expect(ledger.next(0)).toMatchObject({ batch: { records: 2 } })
  expect(giveUp(ledger, 48)).toBe(0)
})

it.each([
  ['of a process that runs was set forward', { wall: 8760 }],
  ['of a process was set back since it started', { start: 8760 }],
  ['was ahead when the process started, which has not tried for long', { wall: 8760, start: 8760, triedHours: 5.9 }],
  ['was back when the process started', { wall: -8760, start: -8760 }],
])('gives up nothing since a clock %s', (_how, clocks) => {
  const { ledger } = openTried(47)
  expect(giveUp(ledger, 48, clocks)).toBe(0)
})

it('gives up nothing at once that was written while a clock was years behind', () => {
  const { ledger } = openTried(20 * 8760, 1)
  expect(giveUp(ledger, 48, { triedHours: 5.9 })).toBe(0)
  expect(giveUp(ledger, 48, { triedHours: 6 })).toBe(1)
})

it('gives up nothing that nobody has tried, or of which something was delivered since', () => {
  const { ledger } = openTried(50)
  ledger.failingSince = undefined
  expect(giveUp(ledger, 48)).toBe(0)
  ledger.failingSince = 0
  expect(giveUp(ledger, 48)).toBe(1)
  expect(ledger.isDone).toBe(true)
})
