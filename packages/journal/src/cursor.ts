import { crc32 } from 'node:zlib'
import type { JournalFolder } from './journal-folder.ts'
import type { Position } from './journal.ts'

/** Name of the file that holds what is acknowledged. */
export const CURSOR_NAME = 'cursor'
/** It is written under this name, then renamed: a reader sees the old position or the new one. */
export const NEW_CURSOR_NAME = 'cursor.new'

const CURSOR = /^acknowledged (\d{1,16}) ([0-9a-f]{1,8})\n$/
const MAX_BYTES = 64

/** Reads the acknowledged position: 0 if there is none, or the file is damaged; then frames come twice, none is lost. */
export function readCursor(folder: JournalFolder): Position {
  const [, digits = '0', checksum] = CURSOR.exec(folder.read(CURSOR_NAME, 0, MAX_BYTES).toString('latin1')) ?? []
  return checksum === crc32(digits).toString(16) ? Number(digits) : 0
}

/** Writes the acknowledged position. */
export function writeCursor(folder: JournalFolder, position: Position): void {
  const digits = String(position)
  folder.write(NEW_CURSOR_NAME, Buffer.from(`acknowledged ${digits} ${crc32(digits).toString(16)}\n`))
  folder.rename(NEW_CURSOR_NAME, CURSOR_NAME)
}
