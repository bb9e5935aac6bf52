import { journalError } from './journal-error.ts'

const HEX_KEY = /^[0-9a-fA-F]{64}$/
// 32 bytes are 43 digits of Base64 or Base64url and one padding sign.
const BASE64_KEY = /^[A-Za-z0-9+/_-]{43}=?$/

/** Bytes of a key for AES-256. */
export const KEY_BYTES = 32

/**
 * Reads keys from the text of a key file: one key of 32 bytes per line, as 64 hexadecimal digits or as Base64. The
 * first is the one to encrypt with. Empty lines and lines that begin with `#` are left out.
 *
 * @throws {PlutusError} `PLUTUS_JOURNAL_KEY_INVALID` if a line is no key or there is none; the message names the line,
 * never the key.
 */
export function parseJournalKeys(text: string): Uint8Array[] {
  const keys = text.split('\n').flatMap((line, index) => {
    const key = line.trim()
    if (key === '' || key.startsWith('#')) return []
    if (HEX_KEY.test(key)) return [Buffer.from(key, 'hex')]
    if (BASE64_KEY.test(key)) return [Buffer.from(key, 'base64')]
    throw journalError('PLUTUS_JOURNAL_KEY_INVALID', `Line ${index + 1} of a key file is no key.`)
  })
  if (keys.length === 0) throw journalError('PLUTUS_JOURNAL_KEY_INVALID', 'A key file holds no key.')
  return keys
}
