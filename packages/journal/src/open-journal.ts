import type { Journal, JournalOptions } from './journal.ts'

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
export function openJournal(_options: JournalOptions): Journal {
  throw new Error('not yet')
}
