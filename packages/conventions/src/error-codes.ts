/** What a code of `ERROR_CODES` tells an operator. */
export interface ErrorCodeEntry {
  /** What went wrong, as one sentence. */
  readonly meaning: string
  /** What to do about it, as one sentence. */
  readonly wayOut: string
}

/** Every code that an error thrown by Plutus on purpose can have, with its meaning and the way out. */
export const ERROR_CODES = {
  PLUTUS_OPTION_INVALID: {
    meaning: 'An option given in code breaks its rule or is not known.',
    wayOut: 'Give the option a value that its rule allows, or leave it out to get its default.',
  },
  PLUTUS_JOURNAL_FULL: {
    meaning: 'A file of a journal cannot grow: the disk or the quota is full.',
    wayOut: 'Make room on the disk, or give the journal a folder elsewhere.',
  },
  PLUTUS_JOURNAL_READ_ONLY: {
    meaning: 'The folder of a journal cannot be written: the file system is read-only or its rights forbid it.',
    wayOut: 'Give the process a folder that it may write.',
  },
  PLUTUS_JOURNAL_VANISHED: {
    meaning: 'The folder of a journal was removed, moved or replaced while it was in use.',
    wayOut: 'Leave the folder to the process; what was in it is gone or where it was moved to.',
  },
  PLUTUS_JOURNAL_UNSAFE: {
    meaning: 'The folder of a journal, or a file in it, is a link, belongs to another user or is open to others.',
    wayOut: 'Give the journal a folder of its own user with mode 0700, reached by no link at its end.',
  },
  PLUTUS_JOURNAL_FAILED: {
    meaning: 'The file system refused what a journal asked for, for another reason; the message has its code.',
    wayOut: 'Look up the code of the system in the message, and mend the disk.',
  },
  PLUTUS_JOURNAL_CLOSED: {
    meaning: 'A journal was used after it had been closed.',
    wayOut: 'Open it again.',
  },
  PLUTUS_JOURNAL_FRAME_INVALID: {
    meaning: 'A frame for a journal has no bytes, or more than 16 MiB.',
    wayOut: 'Divide it, or leave it out.',
  },
  PLUTUS_JOURNAL_KEY_INVALID: {
    meaning: 'A line of a key file is no key of 32 bytes, or the file holds none.',
    wayOut: 'Write one key per line, as 64 hexadecimal digits or as Base64.',
  },
  PLUTUS_POLICY_INVALID: {
    meaning: 'A policy file breaks its rules, or cannot hold together with what it leaves to the built-in policy.',
    wayOut: 'Mend the places that the message names, by file, line, column and rule.',
  },
  PLUTUS_SECRETS_FOUND: {
    meaning: 'A check found card data, credentials or personal data in what a program exported.',
    wayOut: 'Take it out where it comes from: the message names places and rules.',
  },
} as const satisfies Readonly<Record<string, ErrorCodeEntry>>

/** Code of an error that Plutus throws on purpose; callers match on it, never on the class. */
export type ErrorCode = keyof typeof ERROR_CODES
