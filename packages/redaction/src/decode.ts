// Runs of escapes are consumed whole, and each character can be matched in one way: linear.
const PERCENT = /(?:%[0-9a-f]{2})+/gi
const BACKSLASH = /\\(?:u([0-9a-f]{4})|x([0-9a-f]{2}))/gi
const FOLDABLE =
  /[\u00a0\u00ad\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u2000-\u200d\u2010-\u2015\u202f\u205f\u2060\u2212\u3000\ufeff\uff01-\uff5e]/g

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
    const code = character.charCodeAt(0)
    if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
    if (code >= 0x660 && code <= 0x669) return String.fromCharCode(code - 0x660 + 0x30)
    if (code >= 0x6f0 && code <= 0x6f9) return String.fromCharCode(code - 0x6f0 + 0x30)
    if (code >= 0x966 && code <= 0x96f) return String.fromCharCode(code - 0x966 + 0x30)
    return (code >= 0x2010 && code <= 0x2015) || code === 0x2212 ? '-' : ' '
  })
}

function decodePercent(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return Buffer.from(run.replaceAll('%', ''), 'hex').toString('latin1') // not UTF-8
  }
}
