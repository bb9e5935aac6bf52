// Runs of escapes are consumed whole, and each character can be matched in one way: linear.
const PERCENT = /(?:%[0-9a-f]{2})+/gi
// JSON in JSON has more backslashes before an escape than one; without them all, those that stay would part digits.
const BACKSLASH = /\\{1,32}(?:u([0-9a-f]{4})|x([0-9a-f]{2}))/gi
// Digits, spaces, dashes and invisible characters of every script, and ASCII in full width: one character each, linear.
const FOLDABLE = /[[\p{Nd}\p{Zs}\p{Zl}\p{Zp}\p{Cf}\p{Pd}\u2212\uff01-\uff5e]--[\0-\x7f]]/gv
const DIGIT = /\p{Nd}/u
const DASH = /[\p{Pd}\u2212]/u
const MAX_KNOWN_DIGITS = 1000

/** Undoes one layer of percent and backslash escapes; what is not well-formed stays. */
export function unescapeOnce(text: string): string {
  let plain = text
  if (plain.includes('%')) plain = plain.replace(PERCENT, decodePercent)
  if (plain.includes('\\')) {
    plain = plain.replace(BACKSLASH, (_whole, wide: string | undefined, narrow: string | undefined) =>
      String.fromCharCode(Number.parseInt(wide ?? narrow ?? '', 16)),
    )
  }
  return plain
}

/** Writes digits, letters, spaces and dashes of other widths and scripts as ASCII has them; all else stays. */
export function fold(text: string): string {
  return text.replace(FOLDABLE, (character) => {
    const code = character.codePointAt(0) as number
    if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
    if (DASH.test(character)) return '-'
    return digitOf(character, code) ?? ' '
  })
}

const knownDigits = new Map<string, string>()

/** The decimal digit that a character stands for. Unicode keeps the ten of a script in order, and sets of ten together. */
function digitOf(character: string, code: number): string | undefined {
  const known = knownDigits.get(character)
  if (known !== undefined || !DIGIT.test(character)) return known
  let zero = code
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero--
  const digit = String((code - zero) % 10)
  if (knownDigits.size < MAX_KNOWN_DIGITS) knownDigits.set(character, digit)
  return digit
}

function decodePercent(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return Buffer.from(run.replaceAll('%', ''), 'hex').toString('latin1') // not UTF-8
  }
}
