/** Nine digits or more in a row, groups counted together: perhaps an account or a social security number. */
export const HAS_NUMBER = 1
/** An at sign: perhaps an e-mail address or credentials in a URL. */
export const HAS_AT = 2
/** What stands between a key and its value. */
export const HAS_PAIR = 4
/** The beginning of a token that is known by its shape. */
export const HAS_TOKEN = 8
/** Percent or backslash escapes, which may hide anything. */
export const HAS_ESCAPE = 16
/** Characters beyond ASCII: digits of other widths, spaces that do not break. */
export const HAS_FOREIGN = 32
/** Forty characters of Base64 or more in a row, as AWS secrets are; of more a mask may leave exactly forty. */
export const HAS_OPAQUE = 64
/** A dot between digits or two colons: perhaps an IP address. Alone it means nothing where addresses are kept. */
export const HAS_ADDRESS = 128
/** Two hyphens, or one behind a quote, as before the name of a command line option. */
export const HAS_OPTION = 256
/** Thirteen digits or more in a row, groups counted together: perhaps a card number. */
export const HAS_LONG_NUMBER = 512

const LETTER = 0
const DIGIT = 1
const SPACE = 2
const DOT = 3
const DASH = 4
const PAIR = 5
const AT = 6
const ESCAPE = 7
/** A slash or a plus, which Base64 has too. */
const BASE64_SIGN = 8
/** A letter at which the shape of a token can be told from what stands before it. */
const MARK_LETTER = 9
/** Other signs at which it can. */
const MARK_SIGN = 10
/** Ends a run of digits and means nothing more. */
const OTHER = 11

const MIN_NUMBER_DIGITS = 9
const MIN_LONG_DIGITS = 13
const OPAQUE_CHARS = 40
const KINDS = createKinds()

/**
 * Tells in one pass what a text may hold. A text without any flag needs no further look: that is what most values are.
 *
 * It may flag too much, never too little.
 */
export function scan(text: string): number {
  const { length } = text
  let flags = 0
  let digits = 0
  let runStart = 0 // of characters that Base64 may have
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    // Small letters but z mean nothing, and are most of what there is.
    if (code > 0x60 && code < 0x7a) {
      digits = 0
      continue
    }
    if (code > 127) {
      flags |= HAS_FOREIGN
      if (i - runStart >= OPAQUE_CHARS) flags |= HAS_OPAQUE
      runStart = i + 1
      continue
    }
    const kind = KINDS[code] as number
    if (kind === LETTER) {
      digits = 0
      continue
    }
    switch (kind) {
      case DIGIT:
        if (++digits === MIN_NUMBER_DIGITS) flags |= HAS_NUMBER
        else if (digits === MIN_LONG_DIGITS) flags |= HAS_LONG_NUMBER
        continue
      case BASE64_SIGN:
        if (code === 0x2f) digits = 0
        else if (isSchemeEnd(text, i)) flags |= HAS_TOKEN
        continue
      case MARK_LETTER:
        digits = 0
        if (isTokenStart(text, i, code)) flags |= HAS_TOKEN
        continue
      // Spaces, dots and dashes stand between groups of digits.
      case SPACE:
        if (isSchemeEnd(text, i)) flags |= HAS_TOKEN
        break
      case DOT:
        if (digits > 0) flags |= HAS_ADDRESS
        else if (text.charCodeAt(i - 1) === 0x47 && isTokenStart(text, i, code)) flags |= HAS_TOKEN
        break
      case DASH:
        if (isOptionStart(text.charCodeAt(i - 1))) flags |= HAS_OPTION
        if (isTokenStart(text, i, code)) flags |= HAS_TOKEN
        break
      case PAIR:
        flags |= HAS_PAIR
        digits = 0
        if (code === 0x3a) flags |= HAS_ADDRESS
        break
      case AT:
        flags |= HAS_AT
        digits = 0
        break
      case ESCAPE:
        flags |= HAS_ESCAPE
        digits = 0
        break
      case MARK_SIGN:
        digits = 0
        if (isTokenStart(text, i, code)) flags |= HAS_TOKEN
        break
      default:
        digits = 0
    }
    if (i - runStart >= OPAQUE_CHARS) flags |= HAS_OPAQUE
    runStart = i + 1
  }
  if (length - runStart >= OPAQUE_CHARS) flags |= HAS_OPAQUE
  return flags
}

/** Whether the name of a scheme of authentication ends before the space or plus at `i`: Bearer, Basic, Digest, Negotiate. */
function isSchemeEnd(text: string, i: number): boolean {
  switch (text.charCodeAt(i - 1) | 0x20) {
    case 0x72: // bea[rer]
      return (text.charCodeAt(i - 3) | 0x20) === 0x72 && (text.charCodeAt(i - 4) | 0x20) === 0x61
    case 0x63: // ba[sic]
      return (text.charCodeAt(i - 3) | 0x20) === 0x73 && (text.charCodeAt(i - 4) | 0x20) === 0x61
    case 0x74: // di[gest]
      return (text.charCodeAt(i - 4) | 0x20) === 0x67 && (text.charCodeAt(i - 5) | 0x20) === 0x69
    case 0x65: // nego[tiate]
      return (text.charCodeAt(i - 4) | 0x20) === 0x69 && (text.charCodeAt(i - 5) | 0x20) === 0x74
    default:
      return false
  }
}

/** Whether a hyphen behind this character may begin an option: another hyphen, a quote. */
function isOptionStart(before: number): boolean {
  return before === 0x2d || before === 0x22 || before === 0x27 || before === 0x60
}

/** Whether a token of a known shape may begin a few characters before `i`. */
function isTokenStart(text: string, i: number, code: number): boolean {
  const before = text.charCodeAt(i - 1)
  const second = text.charCodeAt(i - 2)
  switch (code) {
    case 0x5f: // `_`: sk_ rk_ whsec_ ghp_ (and gho_, ghu_, ghs_, ghr_) npm_ pat_ rzp_
      return (
        (before === 0x6b && (second === 0x73 || second === 0x72)) ||
        (before === 0x63 && second === 0x65) ||
        (second === 0x68 && text.charCodeAt(i - 3) === 0x67) ||
        (before === 0x6d && second === 0x70) ||
        (before === 0x74 && second === 0x61) ||
        (before === 0x70 && second === 0x7a)
      )
    case 0x2d: // `-`: ----- sk- xoxb- glpat- sq0atp- sq0csp-
      return (
        before === 0x2d ||
        (before === 0x6b && second === 0x73) ||
        (second === 0x78 && text.charCodeAt(i - 3) === 0x6f) ||
        (before === 0x74 && second === 0x61) ||
        (before === 0x70 && (second === 0x74 || second === 0x73))
      )
    case 0x4a: // `J`: eyJ
      return before === 0x79 && second === 0x65
    case 0x41: // `A`: AKIA ASIA
      return before === 0x49 && (second === 0x4b || second === 0x53)
    case 0x7a: // `z`: AIza, seen one character early
      return before === 0x49 && second === 0x41
    case 0x43: // `C`: AC of a Twilio id
      return before === 0x41
    case 0x4b: // `K`: SK of a Twilio key
      return before === 0x53
    case 0x2e: // `.`: SG.
      return before === 0x47 && second === 0x53
    case 0x24: // `$`: access_token$production$
      return before === 0x6e
    default:
      return false
  }
}

function createKinds(): Uint8Array {
  const kinds = new Uint8Array(128).fill(OTHER)
  const set = (characters: string, kind: number): void => {
    for (const character of characters) kinds[character.charCodeAt(0)] = kind
  }
  set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', LETTER)
  set('0123456789', DIGIT)
  set('/+', BASE64_SIGN)
  set('=:>', PAIR)
  set('@', AT)
  set('%\\', ESCAPE)
  set('JAzCK', MARK_LETTER)
  set('_$', MARK_SIGN)
  set(' \t', SPACE)
  set('.', DOT)
  set('-', DASH)
  return kinds
}
