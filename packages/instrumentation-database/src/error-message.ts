const MAX_CHARACTERS = 200
const MAX_SCANNED = 2000
// From the first opening mark to the last closing one: servers quote values that hold quotes themselves. A mark inside
// a word (doesn't) is neither. One pass forwards, one backwards, so linear.
const OPENING = /(?<![\p{L}\p{N}_])['"`({[]/u
const CLOSING = /['"`)}\]](?![\p{L}\p{N}_])/gu
// Not the number of a code such as E11000, unless it is long enough to be a value.
const NUMBER = /(?<![A-Za-z_\d])\d+(?:\.\d+)?|\d{6,}/g

/**
 * Takes what may be a value out of the message of a database error: everything quoted or in brackets, and numbers.
 *
 * Servers repeat values in their messages: `Duplicate entry 'bob@example.com' for key 'email'`. What stays is the
 * first line, cut at 200 characters.
 *
 * @example maskErrorMessage('relation "users" does not exist') // 'relation ? does not exist'
 */
export function maskErrorMessage(message: string): string {
  let line = message.slice(0, MAX_SCANNED)
  const isCut = line.length < message.length
  const opening = line.search(OPENING)
  if (opening !== -1) {
    const closing = isCut ? line.length : lastEnd(line.slice(opening + 1))
    line = `${line.slice(0, opening)}?${isCut || closing === 0 ? '' : line.slice(opening + 1 + closing)}`
  }
  line = (line.split('\n', 1)[0] ?? '').replace(NUMBER, '?')
  return line.slice(0, MAX_CHARACTERS).trim()
}

/** Index after the last closing mark; 0 if there is none. */
function lastEnd(text: string): number {
  let end = 0
  for (const match of text.matchAll(CLOSING)) end = match.index + 1
  return end
}
