const CHARS = 36
const DASH = 0x2d

/**
 * Whether a text is nothing but a random UUID: version 4, in small letters, of which it holds one at least.
 *
 * Such ids stand on every record of a request, and hold a number of every kind by chance: one in 40,000 would pass for an
 * IBAN, and a masked id finds nothing any more. No card number is looked for in UUIDs with a letter either.
 */
export function isRandomUuid(text: string): boolean {
  if (text.length !== CHARS || text.charCodeAt(14) !== 0x34) return false
  let letters = 0
  for (let at = 0; at < CHARS; at++) {
    const code = text.charCodeAt(at)
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (code !== DASH) return false
    } else if (code >= 0x61 && code <= 0x66) letters++
    else if (code < 0x30 || code > 0x39) return false
  }
  const variant = text.charCodeAt(19)
  return letters > 0 && (variant === 0x38 || variant === 0x39 || variant === 0x61 || variant === 0x62)
}
