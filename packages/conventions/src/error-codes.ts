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
  PLUTUS_SECRETS_FOUND: {
    meaning: 'A check found card data, credentials or personal data in what a program exported.',
    wayOut: 'Take it out where it comes from: the message names places and rules.',
  },
} as const satisfies Readonly<Record<string, ErrorCodeEntry>>

/** Code of an error that Plutus throws on purpose; callers match on it, never on the class. */
export type ErrorCode = keyof typeof ERROR_CODES
