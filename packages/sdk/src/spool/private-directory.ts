import { makeFolder } from '@plutus/journal'
import { loadBuiltin } from '../delivery/builtins.ts'

const MODE_PRIVATE = 0o700
const OTHERS = 0o077

/** Makes a directory for this user alone, with those above it, or finds that it is one. Returns what is wrong with it, if anything is. */
export function makePrivateDirectory(path: string): string | undefined {
  try {
    makeFolder(path, MODE_PRIVATE, loadBuiltin('node:fs'))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return `it cannot be made (${codeOf(error)})`
  }
  return findFault(path)
}

/** What keeps a directory from being private; `undefined` for nothing. */
export function findFault(path: string): string | undefined {
  try {
    const found = loadBuiltin('node:fs').lstatSync(path)
    if (found.isSymbolicLink()) return 'it is a symbolic link'
    if (!found.isDirectory()) return 'it is no directory'
    const user = process.geteuid?.()
    if (user === undefined) return undefined // Windows, where a profile is private by itself
    if (found.uid !== user) return 'it belongs to another user'
    const mode = (found.mode & 0o777).toString(8).padStart(4, '0')
    return (found.mode & OTHERS) === 0 ? undefined : `it is open to other users (mode ${mode} instead of 0700)`
  } catch (error) {
    return `it cannot be looked at (${codeOf(error)})`
  }
}

/** Code of an error of the system. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
}
