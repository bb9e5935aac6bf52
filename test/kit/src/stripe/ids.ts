import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Creates `length` random letters and digits. */
export function randomText(length: number): string {
  let text = ''
  // 62 does not divide 256; the slight bias does not matter in ids of a stand-in.
  for (const byte of randomBytes(length)) text += ALPHABET[byte % ALPHABET.length]
  return text
}

/** Creates an id in Stripe's form, such as `pi_` and 24 letters and digits. */
export function createId(prefix: string, length = 24): string {
  return `${prefix}_${randomText(length)}`
}
