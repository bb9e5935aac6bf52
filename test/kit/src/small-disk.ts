import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own that is soon full. */
export interface SmallDisk {
  readonly folder: string
  /** Gives it room. */
  readonly grow: () => void
  readonly remove: () => void
}

// By right of this user, or of whom it may act as without a password, as in CI.
const WAYS: readonly (readonly string[])[] = [[], ['sudo', '-n']]

const GROWTH = 32

/** Mounts a file system of so many KiB in memory; gives undefined where that is not allowed. */
export function mountSmallDisk(kibibytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-small-'))
  const size = `size=${kibibytes}k,mode=0700,uid=${process.getuid?.() ?? 0}`
  for (const way of WAYS) {
    if (!run([...way, 'mount', '-t', 'tmpfs', '-o', size, 'tmpfs', folder])) continue
    return {
      folder,
      grow: () => {
        const isGrown = run([...way, 'mount', '-o', `remount,size=${kibibytes * GROWTH}k`, folder])
        if (!isGrown) throw new Error(`${folder} cannot be given room`)
      },
      remove: () => {
        run([...way, 'umount', '--lazy', folder])
        rmSync(folder, { recursive: true, force: true })
      },
    }
  }
  rmSync(folder, { recursive: true })
  return undefined
}

/** Whether a file system can be mounted here. */
export function canMount(): boolean {
  const disk = mountSmallDisk(1024)
  disk?.remove()
  return disk !== undefined
}

function run([command = '', ...args]: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
