import type { Journal } from '@plutus/journal'
import { loadBuiltin } from '../delivery/builtins.ts'
import { isDiskFull } from './disk-full.ts'
import { LEASE_FILE, parseLease } from './lease.ts'
import { findProcess } from './owner-process.ts'
import { findFault } from './private-directory.ts'
import { ACKED_FILES } from './thread-account.ts'

/**
 * Names of the directories of processes: when they were made, and what tells them apart. `.gone` is being removed; one
 * with a `t` has been taken from a dead process by one that has not written its own lease into it yet.
 */
export const INSTANCE = /^\d{13,}[-t][\da-f]{16}(?:\.gone)*$/

const TIME_DIGITS = 13
const GONE = '.gone'

/** A name that no other directory has. */
export function drawName(): { readonly name: string; readonly owner: string } {
  const owner = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex')
  return { name: `${timeOfName()}-${owner}`, owner }
}

/** What names begin with, also by a clock that begins in 1970, or that a test of the application has stopped: else nobody finds them. */
function timeOfName(): string {
  return String(Math.max(0, Math.trunc(Date.now())) || 0).padStart(TIME_DIGITS, '0')
}

/** The name that a directory has while it is taken. It is no longer: a full folder may have no room for a longer one. */
export function takenName(name: string): string {
  return name.replace('-', 't')
}

/** How many processes have a directory, or have left one. */
export function countDirectories(root: string): number {
  return innerOf(root).length
}

/** Whether the owner of a directory lives, as far as one look at its name and its lease can tell. */
export function findOwner(name: string, lease: string | undefined): 'alive' | 'gone' | 'unknown' {
  // Its lease tells of the owner before; the one that took it is about to say who it is.
  if (name.includes('t')) return 'unknown'
  const content = lease === undefined ? undefined : parseLease(lease)
  const found = content?.process === undefined ? 'unknown' : findProcess(content.process)
  // A thread may have ended before its process.
  return found === 'alive' && content?.isThread === true ? 'unknown' : found
}

/**
 * Takes a directory whose owner is dead; of those who try only one gets it.
 *
 * @returns `full` where there is no room for the new name, `missed` where somebody else was faster or its owner lives.
 */
export function takeDirectory(
  root: string,
  name: string,
  path: string,
  seen: string | undefined,
): 'taken' | 'missed' | 'full' {
  const { renameSync, readFileSync } = loadBuiltin('node:fs')
  try {
    if (findFault(`${root}/${name}`) !== undefined) return 'missed'
    renameSync(`${root}/${name}`, path)
  } catch (error) {
    return isDiskFull(error) ? 'full' : 'missed'
  }
  let text: string | undefined
  try {
    text = readFileSync(`${path}/${LEASE_FILE}`, 'utf8')
  } catch {
    text = undefined
  }
  if (text === seen) return 'taken'
  try {
    renameSync(path, `${root}/${name}`) // its owner lives after all
  } catch {
    // It stays where it is, and is found there by whoever takes over the directory that it is in.
  }
  return 'missed'
}

/** Puts beside a directory that was taken what its owner had taken over itself. Returns the names of what stays in it. */
export function spreadInner(path: string, root: string): string[] {
  const { renameSync } = loadBuiltin('node:fs')
  return innerOf(path).filter((inner) => {
    try {
      renameSync(`${path}/${inner}`, `${root}/${inner}`)
      return false
    } catch {
      return true // there is no room for its name
    }
  })
}

/** Names of the directories that the owner of one had taken over. */
export function innerOf(path: string): string[] {
  try {
    return loadBuiltin('node:fs')
      .readdirSync(path)
      .filter((name) => INSTANCE.test(name))
  } catch {
    return []
  }
}

/** Closes journals, and removes what is empty of them. Returns whether nothing is left. */
export function closeJournals(journals: readonly Journal[]): boolean {
  let isAllGone = true
  for (const journal of journals) {
    try {
      isAllGone = journal.closeAndRemove() && isAllGone
    } catch {
      isAllGone = false
    }
  }
  return isAllGone
}

/** Removes a directory with nothing but a lease in it. Returns whether it is gone. */
export function removeDirectory(path: string): boolean {
  const { unlinkSync, rmdirSync, readdirSync, renameSync } = loadBuiltin('node:fs')
  try {
    const names = readdirSync(path)
    if (!names.every((name) => name === LEASE_FILE || ACKED_FILES.includes(name))) return false
    // In one step, so that nobody finds it without its lease.
    const gone = `${path}${GONE}`
    renameSync(path, gone)
    for (const name of names) unlinkSync(`${gone}/${name}`)
    rmdirSync(gone)
    return true
  } catch {
    return false
  }
}
