const HASH_HEX_DIGITS = 16
const RANDOM_KEY_BYTES = 32

/** Turns a value into a name that is the same for the same value and key, and tells nothing else. */
export type KeyedHash = (value: string) => string

/**
 * Creates a keyed hash: the first 64 bits of HMAC-SHA-256, as `hash:` and hexadecimal digits.
 *
 * @param key at least 16 bytes; without one a random key is drawn at the first use, so that hashes of one process are
 * linkable among each other only.
 */
export function createKeyedHash(key?: Uint8Array): KeyedHash {
  let secret = key
  return (value) => {
    const crypto = process.getBuiltinModule('node:crypto')
    secret ??= crypto.randomBytes(RANDOM_KEY_BYTES)
    return `hash:${crypto.createHmac('sha256', secret).update(value).digest('hex').slice(0, HASH_HEX_DIGITS)}`
  }
}
