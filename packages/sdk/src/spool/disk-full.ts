const CODES: ReadonlySet<unknown> = new Set(['PLUTUS_JOURNAL_FULL', 'ENOSPC', 'EDQUOT'])

/** Whether an error, of a journal or of the system, says that there is no room. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CODES.has(error.code)
}
