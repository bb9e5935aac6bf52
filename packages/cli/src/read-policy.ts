import { readFileSync } from 'node:fs'
import { builtInPolicy, parsePolicy } from '@plutus/policy'
import type { Policy, PolicyError } from '@plutus/policy'
import type { CliIo } from './cli-io.ts'

/** Says why a command cannot do what it was asked; shown as it is, without a stack. */
export class CommandError extends Error {}

/**
 * Reads the policy that a command works with: files on top of each other, else that of `PLUTUS_POLICY_FILE`, else the
 * built-in one.
 *
 * @throws {CommandError} if a file cannot be read or breaks a rule; the message has a line for each problem.
 */
export function readPolicy(files: readonly string[], { env }: CliIo): Policy {
  const variable = env['PLUTUS_POLICY_FILE']
  const given = files.length > 0 || variable === undefined || variable === '' ? files : [variable]
  const [first, ...overlays] = given.map((file) => ({ file, text: readText(file) }))
  if (first === undefined) return builtInPolicy()
  try {
    return parsePolicy(first.text, { file: first.file, overlays })
  } catch (error) {
    const { code, message } = error as PolicyError
    throw code === 'PLUTUS_POLICY_INVALID' ? new CommandError(message) : error
  }
}

/** Text of a file. @throws {CommandError} */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new CommandError(`${file} cannot be read (${code})`)
  }
}
