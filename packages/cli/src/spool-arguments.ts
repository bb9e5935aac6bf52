import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { resolveConfig } from '@plutus/config'
import { parseJournalKeys } from '@plutus/journal'
import { inspectSpools } from '@plutus/sdk'
import type { InspectedPart } from '@plutus/sdk'
import type { CliIo } from './cli-io.ts'
import { CommandError } from './read-policy.ts'

/** A spool that a command was pointed at. */
export interface ChosenSpool {
  /** Absolute path. */
  readonly path: string
  readonly keys: readonly Uint8Array[]
}

/** Finds the spool that a command works with, and its keys. @throws {CommandError} */
export function chooseSpool(positionals: readonly string[], { env }: CliIo): ChosenSpool {
  if (positionals.length > 1) throw new CommandError('name one directory, or none')
  // A variable of a shell that is not set: it would be the working directory.
  if (positionals[0] === '') throw new CommandError('the name of the directory is empty')
  const config = resolveConfig(env)
  const given = positionals[0] ?? config.get('PLUTUS_SPOOL_DIR')
  if (given === 'off') throw new CommandError('PLUTUS_SPOOL_DIR is off: there is no spool; name a directory')
  const keyFile = config.get('PLUTUS_SPOOL_KEY_FILE')
  return {
    path: resolve(given ?? stateDirectory(env)),
    keys: keyFile === undefined ? [] : readKeys(keyFile),
  }
}

/** Looks at a spool. @throws {CommandError} if it cannot be read. */
export function inspect({ path, keys }: ChosenSpool): InspectedPart[] {
  try {
    return inspectSpools(path, keys)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new CommandError(`${path} cannot be read (${code})`)
  }
}

/** Name of a part as a person knows it: below the spool that was asked for. */
export function nameOf(part: string, { path }: ChosenSpool): string {
  const name = relative(path, part)
  return name === '' ? join(basename(dirname(part)), basename(part)) : name
}

/** Where processes keep the spools of a user's services, unless they are told otherwise. */
function stateDirectory(env: NodeJS.ProcessEnv): string {
  const { XDG_STATE_HOME: state, LOCALAPPDATA: local } = env
  if (process.platform === 'win32' && local !== undefined && isAbsolute(local)) return join(local, 'plutus')
  const home = state !== undefined && isAbsolute(state) ? state : join(homedir(), '.local', 'state')
  return join(home, 'plutus')
}

function readKeys(file: string): Uint8Array[] {
  try {
    return parseJournalKeys(readFileSync(file, 'utf8'))
  } catch (error) {
    const isOurs = error instanceof Error && 'code' in error && String(error.code).startsWith('PLUTUS_')
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new CommandError(isOurs ? `${file}: ${error.message}` : `${file} cannot be read (${code})`)
  }
}
