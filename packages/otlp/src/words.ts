/**
 * Bytes that are copied often, eight at a time as doubles: the fastest way to copy a few.
 *
 * They are UTF-8, with protobuf tags and lengths below 0x80 before it, so that no double is a NaN, whose bits an engine
 * may change: the two bytes that make one do not stand side by side in these.
 */
export type Words = Float64Array

/** No bytes. */
export const NO_WORDS: Words = new Float64Array(0)

/** Packs the bytes from `start` to `end`; eight bytes from `end` on must be free, and are overwritten. */
export function packWords(view: DataView, start: number, end: number): Words {
  view.setFloat64(end, 0) // what follows could make a NaN of the last word
  const words = new Float64Array((end - start + 7) >> 3)
  for (let i = 0; i < words.length; i++) words[i] = view.getFloat64(start + i * 8, true)
  return words
}

/** Copies words to `at`; up to seven bytes too many are written, for what comes next to overwrite. */
export function putWordsAt(view: DataView, at: number, words: Words): void {
  for (let i = 0; i < words.length; i++) view.setFloat64(at + i * 8, words[i] as number, true)
}
