import { randomFillSync } from 'node:crypto'
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Room on the disk of the queues that a collector gets when it starts and there is no other. */
export interface DiskReserve {
  /** Takes the room where there is plenty, unless that failed before. */
  readonly take: () => void
  /** Gives it back where the disk is full otherwise. Returns whether it did. */
  readonly give: () => boolean
}

const NAME = 'plutus-reserve'
// All exporters hand out seven times four requests of up to four megabytes at once; one after another they find room in it.
const MOST_BYTES = 64 * 2 ** 20
const DISK_SHARE = 1 / 8
// It is taken of no disk that would be full for it.
const PLENTY_FACTOR = 4
const BLOCK_BYTES = 2 ** 20
const FILE_MODE = 0o600

/**
 * Keeps a file in a folder for the sake of the room that it takes. A collector that starts moves in its queues what it had
 * handed out before; on a full disk it cannot, and what it had acknowledged is lost. Throws nothing.
 */
export function createDiskReserve(folder: string): DiskReserve {
  const path = join(folder, NAME)
  let hasFailed = false
  const measure = (): { readonly free: number; readonly wanted: number } => {
    const { bavail, blocks, bsize } = statfsSync(folder)
    return { free: bavail * bsize, wanted: Math.min(MOST_BYTES, Math.floor(blocks * bsize * DISK_SHARE)) }
  }
  return {
    take: () => {
      if (hasFailed) return
      try {
        const { free, wanted } = measure()
        if (sizeOf(path) < wanted && free >= wanted * PLENTY_FACTOR) fill(path, wanted)
      } catch {
        hasFailed = true // by a quota, say: it would be written and removed again and again
        removeIfPossible(path) // a part of it is of no use
      }
    },
    give: () => {
      try {
        const { free, wanted } = measure()
        if (free >= wanted || sizeOf(path) === 0) return false
        rmSync(path)
        return true
      } catch {
        return false
      }
    },
  }
}

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // It is a folder, or the disk is for reading alone.
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** Writes what no file system makes smaller. */
function fill(path: string, bytes: number): void {
  const block = randomFillSync(Buffer.alloc(BLOCK_BYTES))
  const file = openSync(path, 'w', FILE_MODE)
  try {
    for (let rest = bytes; rest > 0; rest -= block.length) writeSync(file, block, 0, Math.min(rest, block.length))
  } finally {
    closeSync(file)
  }
}
