import { formatUlid, ULID_RANDOM_BYTES } from '@plutus/conventions'
import { loadCrypto } from './load-crypto.ts'
import { countLoss } from './self-metrics.ts'

const POOL_BYTES = ULID_RANDOM_BYTES * 256

const TIME_BYTES = 6

let pool = Buffer.alloc(0)
let at = 0
const derived = Buffer.alloc(ULID_RANDOM_BYTES + TIME_BYTES)

/**
 * Makes a ULID: 48 bits of Unix time in milliseconds and 80 random bits as 26 letters and digits.
 *
 * Ids of one millisecond are not ordered among each other.
 */
export function createUlid(now: number = Date.now()): string {
  if (at >= pool.length) {
    pool = loadCrypto().randomBytes(POOL_BYTES)
    at = 0
  }
  const text = formatUlid(now, pool, at)
  at += ULID_RANDOM_BYTES
  return text
}

/**
 * Derives the same ULID-shaped id from the same texts, for a fact that two processes may both tell.
 *
 * @example deriveUlid('payment.completion', 'pi_1', 'succeeded') === deriveUlid('payment.completion', 'pi_1', 'succeeded') // true
 */
export function deriveUlid(...texts: readonly string[]): string {
  let joined: string
  try {
    joined = JSON.stringify(texts)
  } catch {
    countLoss('invalid') // no texts: the record is kept, with an id of its own
    return createUlid()
  }
  // As a text, which takes a third of the time of a buffer.
  derived.write(loadCrypto().hash('sha256', joined, 'latin1'), 'latin1')
  return formatUlid(derived.readUIntBE(ULID_RANDOM_BYTES, TIME_BYTES), derived, 0)
}
