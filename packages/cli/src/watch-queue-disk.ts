import { statfs } from 'node:fs/promises'

/** What {@link watchQueueDisk} looks at and tells. */
export interface QueueDiskOptions {
  readonly folder: string
  /** The disk has become full. */
  readonly onFull: () => void
  /** It has been full and has room again. */
  readonly onRoom: () => void
  /** It was not full and is not, at each look. */
  readonly onCalm: () => void
}

const LOOK_MILLIS = 1000
// A request has four megabytes at most, and each queue needs some of its own to note what it hands out.
const FULL_BYTES = 16 * 2 ** 20
const FULL_SHARE = 1 / 8 // of a small disk
const ROOM_FACTOR = 2

/** Looks every second whether there is room on the disk of a folder. Returns what ends it. Throws nothing. */
export function watchQueueDisk({ folder, onFull, onRoom, onCalm }: QueueDiskOptions): () => void {
  let isFull = false
  const look = async (): Promise<void> => {
    const disk = await statfs(folder).catch(() => undefined)
    if (disk === undefined || disk.blocks === 0) return // not every file system tells
    const free = disk.bavail * disk.bsize
    const full = Math.min(FULL_BYTES, disk.blocks * disk.bsize * FULL_SHARE)
    if (!isFull && free < full) {
      isFull = true
      onFull()
    } else if (isFull && free >= full * ROOM_FACTOR) {
      isFull = false
      onRoom()
    } else if (!isFull) onCalm()
  }
  const timer = setInterval(() => void look(), LOOK_MILLIS).unref()
  return () => clearInterval(timer)
}
