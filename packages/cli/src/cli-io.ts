/** What a command may touch of the process that runs it. */
export interface CliIo {
  readonly env: NodeJS.ProcessEnv
  /** Where `-` as a file is read from. */
  readonly stdin: AsyncIterable<Uint8Array | string>
  /** Writes to standard output. */
  readonly out: (text: string) => void
  /** Writes to standard error. */
  readonly err: (text: string) => void
  /** Whether standard error is a terminal, where a progress bar can be drawn. @defaultValue false */
  readonly isTerminal?: boolean
}

/** A command: takes its arguments and returns the exit code. */
export type Command = (args: readonly string[], io: CliIo) => Promise<number>

/** Everything was as it should be. */
export const EXIT_GOOD = 0
/** The check found something. */
export const EXIT_FOUND = 1
/** The command could not do what it was asked. */
export const EXIT_FAILED = 2
