import { findFrames } from './frames.ts'
import type { FoundFrames } from './frames.ts'
import type { JournalFolder } from './journal-folder.ts'
import type { Position } from './journal.ts'
import type { Segment } from './segment.ts'

// Long enough that opening the file costs little beside it, short enough to block for a fraction of a millisecond.
const PART_BYTES = 64 * 1024

/**
 * Reads the next frames of a segment behind a position: at least one, unless what follows is bad.
 *
 * @param memory What they are read into, where they fit. @defaultValue memory of their own
 */
export function readFrames(folder: JournalFolder, segment: Segment, position: Position, memory?: Buffer): FoundFrames {
  const offset = segment.offsetOf(position)
  const left = segment.end - position
  let wanted = Math.min(left, PART_BYTES)
  for (;;) {
    const part = folder.read(segment.name, offset, wanted, memory)
    const found = findFrames(part, offset, segment)
    const isShort = part.length < wanted // somebody cut the file
    if (isShort || wanted === left) return { ...found, isBad: found.isBad || found.missing > 0 || isShort }
    if (found.frames.length > 0 || found.isBad) return found
    if (found.missing > left) return { ...found, isBad: true }
    wanted = found.missing // a frame longer than a part
  }
}
