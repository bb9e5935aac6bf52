import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { ResolvedConfig } from '@plutus/config'
import { parseJournalKeys } from '@plutus/journal'
import { Spool } from '@plutus/sdk'
import type { SpoolOptions } from '@plutus/sdk'

/** What the spool of a process is made of. */
export interface SpoolParts extends Pick<
  SpoolOptions,
  'resource' | 'isThread' | 'pool' | 'send' | 'isBusy' | 'warn' | 'meter'
> {
  readonly config: ResolvedConfig
  /** `service.name`, by which services of one user are kept apart. */
  readonly serviceName: () => string
  /** Where the process was when it started. */
  readonly workingDirectory: string
}

/** Makes the spool; `undefined` where there is to be none, or where it could not be kept private. Throws nothing. */
export function openSpool(parts: SpoolParts): Spool | undefined {
  const { config, warn, serviceName, workingDirectory } = parts
  const given = config.get('PLUTUS_SPOOL_DIR')
  if (given === 'off') return undefined
  try {
    const root = given === undefined ? findStateDirectory(serviceName()) : resolve(workingDirectory, given)
    const keyFile = config.get('PLUTUS_SPOOL_KEY_FILE')
    return new Spool({
      ...parts,
      root,
      maxBytes: config.get('PLUTUS_SPOOL_MAX_BYTES'),
      maxAgeMillis: config.get('PLUTUS_SPOOL_MAX_AGE_H') * 3_600_000,
      sync: config.get('PLUTUS_SPOOL_FSYNC'),
      ...(keyFile !== undefined && {
        keys: parseJournalKeys(readFileSync(resolve(workingDirectory, keyFile), 'utf8')),
      }),
    })
  } catch (error) {
    // Rather nothing on disk than something that was to be encrypted.
    warn(`Unsent telemetry is kept in memory only, see PLUTUS_SPOOL_DIR. ${describe(error)}`)
    return undefined
  }
}

const MAX_NAME_CHARACTERS = 64

/** Where programs keep what is to survive them: the XDG base directory specification, or its like on Windows. */
function findStateDirectory(serviceName: string): string {
  const { XDG_STATE_HOME: state, LOCALAPPDATA: local } = process.env
  // A name is no path: neither slashes nor the names of this directory and the one above it.
  const name =
    serviceName
      .replaceAll(/[^\w.-]/g, '_')
      .replace(/^\.+/, '_')
      .slice(0, MAX_NAME_CHARACTERS) || '_'
  if (process.platform === 'win32' && local !== undefined && isAbsolute(local)) return join(local, 'plutus', name)
  if (state !== undefined && isAbsolute(state)) return join(state, 'plutus', name)
  const home = homedir()
  if (!isAbsolute(home) || home === '/') throw new Error('This user has no home directory.')
  return join(home, '.local', 'state', 'plutus', name)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'It cannot be opened.'
  const isOfSystem = 'code' in error && 'path' in error
  return isOfSystem ? `PLUTUS_SPOOL_KEY_FILE cannot be read (${String(error.code)}).` : error.message
}
