import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { JournalClock, JournalFrame, Quarantined } from './journal.ts'
import type { Journal, JournalOptions } from './journal.ts'
import { openJournal } from './open-journal.ts'

/** Makes folders below one that goes when the tests of the file are done. */
export function createFolders(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'plutus-journal-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  let count = 0
  return () => join(root, String(count++))
}

/** A clock that stands still until it is set. */
export class HandClock implements JournalClock {
  now = 0
  wallOffset = 1_800_000_000_000

  wall(): number {
    return this.wallOffset + this.now
  }

  monotonic(): number {
    return this.now
  }
}

export interface Opened {
  readonly journal: Journal
  readonly quarantined: Quarantined[]
}

/** Opens a journal that does not force bytes to the disk, and notes what it quarantines. */
export function open(directory: string, options: Partial<JournalOptions> = {}): Opened {
  const quarantined: Quarantined[] = []
  const onQuarantine = (found: Quarantined): void => void quarantined.push(found)
  return { journal: openJournal({ directory, sync: 'none', onQuarantine, ...options }), quarantined }
}

/** A frame of some text. */
export function frame(text: string): Uint8Array {
  return Buffer.from(text)
}

/** Texts of the frames that can be read. */
export function textsOf(frames: Iterable<JournalFrame>): string[] {
  return [...frames].map(({ bytes }) => Buffer.from(bytes).toString())
}

/** Names of the segments in a folder. */
export function segmentsIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.segment'))
    .sort()
}
