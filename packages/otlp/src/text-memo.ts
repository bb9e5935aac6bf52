import type { ByteBuffer } from './byte-buffer.ts'
import { NO_WORDS, packWords, putWordsAt, type Words } from './words.ts'

/** A text that nobody else can have. */
export const NO_TEXT = `\u0000${Math.random()}`

const SLOTS = 64
const MAX_CHARS = 64
const REPLACE_MASK = 7
// Shared by all memos that remember nothing yet.
const NO_TEXTS: string[] = Array.from({ length: SLOTS }, () => NO_TEXT)
const NO_FIELDS: Words[] = Array.from({ length: SLOTS }, () => NO_WORDS)
// Engines slice and join longer strings lazily, so keeping one could keep a much longer one alive.
const MAX_UNSLICED_CHARS = 12

/** Returns a short ASCII text, of which the last byte is before `end`, as a string that keeps no other string alive. */
export function detachText(text: string, bytes: Buffer, end: number): string {
  return text.length <= MAX_UNSLICED_CHARS ? text : bytes.toString('latin1', end - text.length, end)
}

/**
 * Remembers the bytes of up to 64 short ASCII texts that come again and again, such as the names of spans.
 *
 * Each text has one place, found by its length and a character; every eighth text that is not in its place
 * takes it.
 */
export class TextMemo {
  readonly #prefixBytes: number
  #texts = NO_TEXTS
  #fields = NO_FIELDS
  #misses = 0

  /** @param prefixBytes how many bytes stand before the text in its field: tags, and lengths of one byte. */
  constructor(prefixBytes: number) {
    this.#prefixBytes = prefixBytes
  }

  /** Writes the field of a text that is remembered, in room that is reserved; returns false, with nothing written, for others. */
  put(out: ByteBuffer, tag: number, text: string): boolean {
    const slot = slotOf(text)
    if (this.#texts[slot] !== text) return false
    putWordsAt(out.view, out.position, this.#fields[slot] as Words)
    out.bytes[out.position] = tag
    out.position += this.#prefixBytes + text.length
    return true
  }

  /** Notes that the field of a text was written from `start` on, to remember it perhaps. */
  note(text: string, out: ByteBuffer, start: number): void {
    const { length } = text
    if (
      length > MAX_CHARS ||
      out.position - start !== this.#prefixBytes + length ||
      (this.#misses++ & REPLACE_MASK) !== 0
    )
      return
    const slot = slotOf(text)
    out.reserve(8)
    if (this.#texts === NO_TEXTS) {
      this.#texts = NO_TEXTS.slice()
      this.#fields = NO_FIELDS.slice()
    }
    this.#texts[slot] = detachText(text, out.bytes, out.position)
    this.#fields[slot] = packWords(out.view, start, out.position)
  }
}

function slotOf(text: string): number {
  const { length } = text
  return (length * 5 + text.charCodeAt(length >> 1)) & (SLOTS - 1)
}
