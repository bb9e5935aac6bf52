import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openJournal } from '@plutus/journal'
import { ByteBuffer, createEncoder } from '@plutus/otlp'
import { expect, it, onTestFinished, vi } from 'vitest'
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
  ledger.wasTried = true
  return { ledger, directory }
}

/** How many records are given up. */
function giveUp(ledger: Ledger, maxAgeMillis: number): number {
  let lost = 0
  const createCounter = (name: string): { add: (count: number) => void } => ({
    add: (more) => void (lost += name === 'plutus.spool.dropped' ? more : 0),
  })
  discardOld([ledger], maxAgeMillis, new SpoolCounts(() => {}, { createCounter }))
  return lost
}

it('gives up at once all files of a journal that are too old, and leaves the others and what was set aside', () => {
  const { ledger, directory } = openTried(50, 49, 47, 46)
  expect(giveUp(ledger, 48 * HOUR)).toBe(2)
  expect(ledger.journal.segments).toHaveLength(2)
  expect(readdirSync(directory)).toContain('00000000000000ff.segment.quarantine')
  expect(ledger.next(0)?.batch.records).toBe(2)
  expect(giveUp(ledger, 48 * HOUR)).toBe(0)
})

it('gives up nothing since its clock was set forward', () => {
  const { ledger } = openTried(47)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * 24 * HOUR })
  onTestFinished(() => void vi.useRealTimers())
  expect(giveUp(ledger, 48 * HOUR)).toBe(0)
  expect(giveUp(ledger, 46 * HOUR)).toBe(1)
  expect(ledger.isDone).toBe(true)
})
