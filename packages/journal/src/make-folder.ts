import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errnoOf } from './journal-error.ts'
import { NODE_FILES } from './journal-files.ts'
import type { JournalFiles } from './journal-files.ts'

/**
 * Makes a folder with those above it, one after the other; one that is there is no fault.
 *
 * Node's own way (`recursive`) never comes back where a file system says for ever that what is there is not, as `/proc` does.
 *
 * @param mode Of each folder that is made. @defaultValue what the process gives folders
 * @throws what the file system throws, with `EEXIST` for what is no folder.
 * @example makeFolder('/var/lib/shop/spool', 0o700)
 */
export function makeFolder(path: string, mode?: number, files: Pick<JournalFiles, 'mkdirSync'> = NODE_FILES): void {
  try {
    makeWithParents(path, mode, files)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST' || !isFolder(path)) throw error
  }
}

function makeWithParents(path: string, mode: number | undefined, files: Pick<JournalFiles, 'mkdirSync'>): void {
  try {
    files.mkdirSync(path, mode)
  } catch (error) {
    const parent = dirname(path)
    if (errnoOf(error) !== 'ENOENT' || parent === path) throw error
    try {
      makeWithParents(parent, mode, files)
    } catch (refused) {
      if (errnoOf(refused) !== 'EEXIST') throw refused // somebody else has made it
    }
    files.mkdirSync(path, mode)
  }
}

/** Also by a link to one, as Node's own way has it. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
