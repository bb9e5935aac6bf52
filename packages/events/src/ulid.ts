import { loadCrypto } from './load-crypto.ts'
import { countLoss } from './self-metrics.ts'

// Crockford's base 32: no I, L, O, U.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.split('')
// Ten bits at a time are half as many look-ups as five.
const PAIRS: readonly string[] = /* @__PURE__ */ ALPHABET.flatMap((first) => ALPHABET.map((second) => first + second))
const RANDOM_BYTES = 10
const POOL_BYTES = RANDOM_BYTES * 256

let pool = Buffer.alloc(0)
let at = 0
let lastTime = -1
let timeText = ''

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
  if (now !== lastTime) {
    lastTime = now
    timeText = encodeTime(now)
  }
  const text = timeText + encodeRandom(pool, at)
  at += RANDOM_BYTES
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
  const digest = loadCrypto().createHash('sha256').update(joined).digest()
  return encodeTime(digest.readUIntBE(RANDOM_BYTES, 6)) + encodeRandom(digest, 0)
}

/** 48 bits as ten characters: the first holds three bits. */
function encodeTime(time: number): string {
  let text = ''
  let rest = time
  for (let i = 0; i < 5; i++) {
    text = (PAIRS[rest % 1024] as string) + text
    rest = Math.floor(rest / 1024)
  }
  return text
}

/** 80 bits as sixteen characters: five bytes make four pairs. */
function encodeRandom(bytes: Buffer, from: number): string {
  return encodeFive(bytes, from) + encodeFive(bytes, from + 5)
}

function encodeFive(bytes: Buffer, from: number): string {
  const high = bytes.readUInt32BE(from)
  const low = bytes.readUInt8(from + 4)
  return (
    (PAIRS[high >>> 22] as string) +
    (PAIRS[(high >>> 12) & 1023] as string) +
    (PAIRS[(high >>> 2) & 1023] as string) +
    (PAIRS[((high & 3) << 8) | low] as string)
  )
}
