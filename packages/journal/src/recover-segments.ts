import type { AsideFiles } from './aside-files.ts'
import { CURSOR_NAME, readCursor } from './cursor.ts'
import type { JournalFolder } from './journal-folder.ts'
import type { Position } from './journal.ts'
import type { KeyRing } from './key-ring.ts'
import { readHeader, Segment, segmentName, setAsideAs, startOf } from './segment.ts'

/** What an earlier process left in a folder. */
export interface RecoveredSegments {
  readonly segments: readonly Segment[]
  readonly acknowledged: Position
  /** Behind everything. */
  readonly end: Position
}

/**
 * Takes up what an earlier process left: names, sizes and headers; frames are looked at when they are read. One file at
 * each step.
 */
export function* recoverSegments(
  folder: JournalFolder,
  keys: KeyRing,
  aside: AsideFiles,
): Generator<undefined, RecoveredSegments> {
  const names = folder.list().sort()
  const acknowledged = names.includes(CURSOR_NAME) ? readCursor(folder) : 0
  const segments: Segment[] = []
  const late: string[] = []
  let end = 0
  for (const name of names) {
    const start = startOf(name)
    if (start === undefined) {
      if (setAsideAs(name) === 'unread') late.push(name)
      else if (setAsideAs(name) === 'quarantine') aside.keep(name, 'quarantine')
    } else if (start < end) {
      late.push(name) // a power loss brought it back: its place is taken
    } else {
      const segment = takeUp(folder, keys, aside, name, start)
      yield
      if (segment === undefined) continue
      segments.push(segment)
      end = segment.end
    }
  }
  end = Math.max(end, acknowledged)
  // What could not be read then is newer now than all the rest: its old place may lie before what is acknowledged.
  for (const name of late) {
    const segment = takeUp(folder, keys, aside, name, end)
    yield
    if (segment === undefined) continue
    segments.push(segment)
    end = segment.end
  }
  return { segments, acknowledged, end }
}

function takeUp(
  folder: JournalFolder,
  keys: KeyRing,
  aside: AsideFiles,
  name: string,
  start: Position,
): Segment | undefined {
  const size = folder.sizeOf(name)
  if (size === 0) {
    folder.unlink(name) // its maker was killed before it wrote anything
    return undefined
  }
  const header = readHeader(folder, name)
  if (header === 'bad') {
    aside.quarantineFile(name, size)
    return undefined
  }
  const cipher = header === 'unknown' ? 'missing' : keys.cipherFor(header)
  if (header === 'unknown' || cipher === 'missing') {
    if (setAsideAs(name) === 'unread') aside.keep(name, 'unread')
    else aside.setAside(name, size, 'unread')
    return undefined
  }
  if (size === header.size) {
    folder.unlink(name) // or before it wrote a frame
    return undefined
  }
  const ownName = segmentName(start)
  if (name !== ownName) folder.rename(name, ownName)
  return new Segment(ownName, start, start + size - header.size, header, cipher)
}
