const MAX_NAME_LENGTH = 80

/**
 * The name most like a misspelt one, or `undefined` if none is close enough to be meant.
 *
 * Close means: the same words in another order, or at most `maxDistance` single letters inserted, left out,
 * replaced or swapped with their neighbour. Letter case does not count. Texts over 80 characters have no suggestion.
 *
 * @param maxDistance @defaultValue a third of the length of the name, at least 2
 * @example suggestName('PLUTUS_SAMPEL_RATE', ['PLUTUS_SAMPLE_RATE']) // 'PLUTUS_SAMPLE_RATE'
 */
export function suggestName(
  name: string,
  candidates: Iterable<string>,
  maxDistance: number = Math.max(2, Math.floor(name.length / 3)),
): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined
  const folded = name.toUpperCase()
  const words = sortWords(folded)
  let nearest: string | undefined
  let best = maxDistance + 1
  for (const candidate of candidates) {
    const other = candidate.toUpperCase()
    if (sortWords(other) === words) return candidate
    if (Math.abs(other.length - folded.length) >= best) continue
    const distance = countEdits(folded, other)
    if (distance < best) [nearest, best] = [candidate, distance]
  }
  return nearest
}

function sortWords(name: string): string {
  return name.split('_').sort().join('_')
}

/** Optimal string alignment distance: Levenshtein's, with a swap of neighbours as one edit. */
function countEdits(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      const swapped =
        i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      if (swapped) edits = Math.min(edits, (beforeLast[j - 2] ?? 0) + 1)
      row.push(edits)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? a.length
}
