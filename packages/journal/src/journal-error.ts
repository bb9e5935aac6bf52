import { ERROR_CODES, PlutusError } from '@plutus/conventions'
import type { ErrorCode } from '@plutus/conventions'

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'PLUTUS_JOURNAL_FULL',
  EDQUOT: 'PLUTUS_JOURNAL_FULL',
  EFBIG: 'PLUTUS_JOURNAL_FULL',
  EROFS: 'PLUTUS_JOURNAL_READ_ONLY',
  EACCES: 'PLUTUS_JOURNAL_READ_ONLY',
  EPERM: 'PLUTUS_JOURNAL_READ_ONLY',
  ENOENT: 'PLUTUS_JOURNAL_VANISHED',
  ENOTDIR: 'PLUTUS_JOURNAL_VANISHED',
  ESTALE: 'PLUTUS_JOURNAL_VANISHED',
  ELOOP: 'PLUTUS_JOURNAL_UNSAFE',
}

/** Makes an error of the journal from one of the file system. `what` is worded to follow "cannot". */
export function toJournalError(cause: unknown, directory: string, what: string): PlutusError {
  if (cause instanceof PlutusError) return cause
  const errno = errnoOf(cause)
  return journalError(
    CODES[errno] ?? 'PLUTUS_JOURNAL_FAILED',
    `The journal in ${directory} cannot ${what} (${errno}).`,
    {
      cause,
    },
  )
}

/** An error with the way out that its code has. */
export function journalError(code: ErrorCode, text: string, options?: ErrorOptions): PlutusError {
  return new PlutusError(code, `${text} ${ERROR_CODES[code].wayOut}`, options)
}

/** Code that the system gave an error, such as `ENOENT`. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'
}
