import type { EncodeSession } from './encode-session.ts'
import type { KeyCache, KeyEntry } from './key-cache.ts'
import { packWords, putWordsAt, type Words } from './words.ts'

// Above this many bytes the call of a native copy is worth its price.
const MAX_WORD_BYTES = 256

/** Attributes that are encoded once, to be copied into many records of any signal; made by `Encoder.prepareAttributes`. */
export class PreparedAttributes {
  /** The attributes as KeyValue fields; the tag of each is overwritten by that of the record. */
  readonly bytes: Uint8Array
  /** Their keys, in the order of `bytes`. */
  readonly keys: readonly string[]
  /** Where each starts in `bytes`, and where the last one ends. */
  readonly offsets: readonly number[]
  /** The same as `bytes`, if these can be copied as words. */
  readonly words: Words | undefined
  #entries: readonly KeyEntry[] = []
  #cache: KeyCache | undefined
  #generation = 0

  /** Takes bytes that an encoder made; use `Encoder.prepareAttributes`. */
  constructor(bytes: Uint8Array, keys: readonly string[], offsets: readonly number[]) {
    this.bytes = bytes
    this.keys = keys
    this.offsets = offsets
    this.words = wordsOf(bytes)
  }

  /** The keys' entries in a cache, by which a record that has one of the keys already is known. */
  entriesIn(cache: KeyCache): readonly KeyEntry[] {
    if (this.#cache !== cache || this.#generation !== cache.generation) {
      this.#entries = this.keys.map((key) => cache.find(key))
      this.#cache = cache
      this.#generation = cache.generation
    }
    return this.#entries
  }
}

/** Copies prepared attributes into a record: those whose keys it does not have yet, and no more than it has room for. */
export function putPrepared(s: EncodeSession, tag: number, prepared: PreparedAttributes): void {
  const entries = prepared.entriesIn(s.keys)
  const { bytes, offsets, words } = prepared
  const { out, stamp } = s
  const { length } = entries
  let fits = length <= s.room && bytes.length <= s.end - out.position
  for (let i = 0; i < length && fits; i++) fits = (entries[i] as KeyEntry).stamp !== stamp
  if (!fits) {
    for (let i = 0; i < length; i++) putOne(s, tag, prepared, i)
    return
  }
  const at = out.position
  out.reserve(bytes.length + 8)
  if (words === undefined) out.bytes.set(bytes, at)
  else putWordsAt(out.view, at, words)
  for (let i = 0; i < length; i++) {
    ;(entries[i] as KeyEntry).stamp = stamp
    out.bytes[at + (offsets[i] as number)] = tag
  }
  out.position = at + bytes.length
  s.room -= length
}

function putOne(s: EncodeSession, tag: number, prepared: PreparedAttributes, index: number): void {
  const entry = prepared.entriesIn(s.keys)[index] as KeyEntry
  if (entry.stamp === s.stamp) return
  const part = prepared.bytes.subarray(prepared.offsets[index], prepared.offsets[index + 1])
  const { out } = s
  if (s.room <= 0) s.overLimit++
  else if (part.length > s.end - out.position) s.overSize++
  else {
    out.reserve(part.length)
    out.bytes.set(part, out.position)
    out.bytes[out.position] = tag
    out.position += part.length
    entry.stamp = s.stamp
    s.room--
  }
}

/** The bytes as words, if there are few and no word is a NaN. */
function wordsOf(bytes: Uint8Array): Words | undefined {
  if (bytes.length > MAX_WORD_BYTES) return undefined
  const padded = new Uint8Array(bytes.length + 8)
  padded.set(bytes)
  const words = packWords(new DataView(padded.buffer), 0, bytes.length)
  return words.some(Number.isNaN) ? undefined : words
}
