import { resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { PlutusOptionError } from '@plutus/conventions'
import { FileJournal } from './file-journal.ts'
import { NODE_FILES } from './journal-files.ts'
import { KEY_BYTES } from './journal-keys.ts'
import type { Journal, JournalClock, JournalOptions } from './journal.ts'
import { MAX_LABEL_BYTES } from './segment-header.ts'

const MIN_SEGMENT_BYTES = 4096
const MAX_SEGMENT_BYTES = 1024 ** 3
const MAX_MILLIS = 2 ** 31 - 1
const MACHINE_CLOCK: JournalClock = { wall: Date.now, monotonic: performance.now.bind(performance) }

/**
 * Opens a journal, new or left by an earlier process; its frames are read before those appended now.
 *
 * Opening looks at names, sizes and headers only; frames are checked when they are read. Nothing is made in the file
 * system before the first append.
 *
 * @throws {PlutusOptionError} if an option breaks its rule.
 * @throws {PlutusError} `PLUTUS_JOURNAL_UNSAFE` if the folder or a file in it is a link, belongs to another user or is
 * open to others; `PLUTUS_JOURNAL_FAILED` if the folder cannot be read.
 */
export function openJournal(options: JournalOptions): Journal {
  const steps = openJournalInSteps(options)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/**
 * Opens a journal as `openJournal` does, one file at each step: for who has other things to do while a journal of
 * thousands of files is opened. The last step returns it; who takes no more steps leaves everything as it is.
 *
 * @throws at the step at which `openJournal` would.
 */
export function* openJournalInSteps(options: JournalOptions): Generator<undefined, Journal> {
  const journal = createJournal(options)
  yield* journal.recover()
  return journal
}

function createJournal(options: JournalOptions): FileJournal {
  const {
    directory,
    label = new Uint8Array(0),
    maxSegmentBytes = 1024 * 1024,
    maxSegmentAgeMillis = 5000,
    sync = 'interval',
    syncIntervalMillis = 1000,
    keys = [],
    onQuarantine = () => {},
    onSyncError = () => {},
    files = NODE_FILES,
    clock = MACHINE_CLOCK,
  } = options
  check('directory', 'the path of a folder', directory !== '')
  check('label', `at most ${MAX_LABEL_BYTES} bytes`, label.length <= MAX_LABEL_BYTES)
  requireInteger('maxSegmentBytes', maxSegmentBytes, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES)
  requireInteger('maxSegmentAgeMillis', maxSegmentAgeMillis, 1, MAX_MILLIS)
  check('sync', 'none, interval or always', ['none', 'interval', 'always'].includes(sync))
  requireInteger('syncIntervalMillis', syncIntervalMillis, 1, MAX_MILLIS)
  check(
    'keys',
    `a list of keys of ${KEY_BYTES} bytes`,
    keys.every((key) => key.length === KEY_BYTES),
  )
  return new FileJournal({
    directory: resolve(directory), // the working directory may change
    label: Uint8Array.from(label),
    maxSegmentBytes,
    maxSegmentAgeMillis,
    sync,
    syncIntervalMillis,
    keys,
    onQuarantine,
    onSyncError,
    files,
    clock,
  })
}

function requireInteger(option: string, value: number, least: number, most: number): void {
  const isGood = Number.isInteger(value) && value >= least && value <= most
  check(option, `an integer from ${least} to ${most}`, isGood)
}

function check(option: string, rule: string, isGood: boolean): void {
  if (!isGood) throw new PlutusOptionError(`journal.${option}`, rule)
}
