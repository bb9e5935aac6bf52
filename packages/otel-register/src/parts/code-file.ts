import { close, fsync, lstat, mkdir, open, rename, unlink, writev } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname } from 'node:path'
import type { CompiledCode } from '../start.ts'

const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600
const OTHERS = 0o077

/**
 * Keeps compiled code for the next process, in a folder that only this user can write to. Throws nothing; where it
 * cannot be kept, nothing is.
 */
export function keepCode({ folder, file, create }: CompiledCode): void {
  const keep = (unreadable: Error | null, stat: Stats): void => {
    if (unreadable !== null || !stat.isDirectory() || stat.uid !== process.geteuid?.()) return
    if ((stat.mode & OTHERS) === 0) attempt(() => write(file, create()))
  }
  attempt(() => makeFolder(folder, () => lstat(folder, keep)))
}

/** With those above it. Node's own way (`recursive`) never comes back from below `/proc`: the process would not end. */
function makeFolder(folder: string, then: () => void): void {
  const makeBelow = (): void => mkdir(folder, PRIVATE_FOLDER, () => attempt(then))
  mkdir(folder, PRIVATE_FOLDER, (refused) => {
    if (refused?.code !== 'ENOENT') attempt(then)
    else if (dirname(folder) !== folder) attempt(() => makeFolder(dirname(folder), makeBelow))
  })
}

/** What Node's permissions forbid is thrown at once, and nobody would catch it. */
function attempt(call: () => void): void {
  try {
    call()
  } catch {
    ignore()
  }
}

/** Twice, so that damage is seen, and whole before it has its name. */
function write(file: string, code: Buffer): void {
  const temporary = `${file}.${process.pid}`
  open(temporary, 'wx', PRIVATE_FILE, (refused, descriptor) => {
    if (refused !== null) return
    writev(descriptor, [code, code], (failed, written) => {
      fsync(descriptor, (lost) => {
        close(descriptor, () => {
          const isWhole = failed === null && lost === null && written === 2 * code.length
          if (isWhole) rename(temporary, file, ignore)
          else unlink(temporary, ignore)
        })
      })
    })
  })
}

function ignore(): void {
  // The next start compiles, as this one did.
}
