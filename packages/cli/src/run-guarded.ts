import { EXIT_FAILED } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { CommandError } from './read-policy.ts'

/** Runs a command. What is wrong with its arguments, and a `CommandError`, is told on standard error, without a stack. */
export async function runGuarded(name: string, io: CliIo, run: () => number | Promise<number>): Promise<number> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof CommandError) io.err(`${error.message}\n`)
    else if (isArgumentError(error)) io.err(`plutus ${name}: ${error.message}\n`)
    else throw error
    return EXIT_FAILED
  }
}

function isArgumentError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
}
