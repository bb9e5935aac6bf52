/** Tag of a record in its scope: field 2 of ScopeSpans, ScopeLogs and ScopeMetrics alike. */
const TAG_RECORD = 0x12
const MAX_LENGTH_BYTES = 5

/**
 * Returns where the record that starts at `at` ends, or -1 if `bytes` hold no whole record there.
 *
 * Records are what `Encoder` appends, one after the other.
 */
export function findRecordEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== TAG_RECORD) return -1
  let length = 0
  for (let i = 0; i < MAX_LENGTH_BYTES; i++) {
    const byte = bytes[at + 1 + i]
    if (byte === undefined) return -1
    length += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) {
      const end = at + 2 + i + length
      return end <= bytes.length ? end : -1
    }
  }
  return -1
}

/** Counts the whole records that stand one after the other in `bytes`; what follows the last one is left out. */
export function countRecords(bytes: Uint8Array): number {
  let count = 0
  for (let at = findRecordEnd(bytes, 0); at !== -1; at = findRecordEnd(bytes, at)) count++
  return count
}
