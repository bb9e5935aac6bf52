import type { ByteBuffer } from './byte-buffer.ts'
import type { KeyEntry } from './key-cache.ts'
import { detachText, NO_TEXT } from './text-memo.ts'

const PLACES = 256
// A KeyValue with a length of one byte has 129 bytes at most.
const WORDS = 17

/**
 * Remembers the attributes whose texts change, but come again before long: the id of a request on each of its spans while
 * others are at work, statements that take turns.
 *
 * Each has one place, by its key and the last characters of its text; who comes later takes it. All of it is 35 kB and the
 * texts, made when there is something to remember.
 */
export class ValueMemo {
  #texts: string[] | undefined
  readonly #entries: (KeyEntry | undefined)[] = []
  readonly #sizes = new Uint8Array(PLACES)
  #words = new Float64Array(0)

  /** Writes the attribute of a text that is remembered, in room that is reserved; returns false, with nothing written, for others. */
  put(out: ByteBuffer, tag: number, entry: KeyEntry, text: string): boolean {
    const place = placeOf(entry, text)
    if (this.#entries[place] !== entry || this.#texts?.[place] !== text) return false
    const { view, position: at } = out
    const words = this.#words
    const size = this.#sizes[place] as number
    // Up to seven bytes too many are written, for what comes next to overwrite.
    for (let from = place * WORDS, to = at; to < at + size; from++, to += 8) {
      view.setFloat64(to, words[from] as number, true)
    }
    out.bytes[at] = tag
    out.position = at + size
    return true
  }

  /**
   * Notes that the attribute of a text was written, as short ASCII, from `start` to `end`; eight bytes from `end` on must be free,
   * and are overwritten.
   */
  note(entry: KeyEntry, text: string, { bytes, view }: ByteBuffer, start: number, end: number): void {
    const place = placeOf(entry, text)
    const texts = (this.#texts ??= this.#begin())
    const words = this.#words
    view.setFloat64(end, 0) // see `Words`: what follows could make a NaN of the last one
    for (let to = place * WORDS, from = start; from < end; to++, from += 8) words[to] = view.getFloat64(from, true)
    texts[place] = detachText(text, bytes, end)
    this.#entries[place] = entry
    this.#sizes[place] = end - start
  }

  #begin(): string[] {
    this.#words = new Float64Array(PLACES * WORDS)
    for (let place = 0; place < PLACES; place++) this.#entries.push(undefined)
    return Array.from({ length: PLACES }, () => NO_TEXT)
  }
}

/** Where an attribute stands, by the last two characters of its text: ids of hexadecimal digits spread over all places. */
function placeOf(entry: KeyEntry, text: string): number {
  const { length } = text
  const last = (digitOf(text.charCodeAt(length - 1)) << 4) ^ digitOf(text.charCodeAt(length - 2))
  return (last ^ length ^ (entry.headBytes * 13)) & (PLACES - 1)
}

/** Value of a hexadecimal digit; of other characters some number. */
function digitOf(code: number): number {
  return (code & 0xf) + (code >> 6) * 9
}
