import { formatUlid, ULID_RANDOM_BYTES } from '@plutus/conventions'

const pool = new Uint8Array(ULID_RANDOM_BYTES * 64)
let at = pool.length

/** Draws the `log.record.uid` of a record that came without one: a ULID. */
export function drawRecordUid(): string {
  if (at >= pool.length) {
    crypto.getRandomValues(pool)
    at = 0
  }
  const uid = formatUlid(Date.now(), pool, at)
  at += ULID_RANDOM_BYTES
  return uid
}
