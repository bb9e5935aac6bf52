/**
 * Reads keys from the text of a key file: one key of 32 bytes per line, as 64 hexadecimal digits or as Base64. The
 * first is the one to encrypt with. Empty lines and lines that begin with `#` are left out.
 *
 * @throws {PlutusError} `PLUTUS_JOURNAL_KEY_INVALID` if a line is no key or there is none; the message names the line,
 * never the key.
 */
export function parseJournalKeys(_text: string): Uint8Array[] {
  throw new Error('not yet')
}
