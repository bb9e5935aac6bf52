import { packEnding } from './key-rules.ts'
import type { KeyRule } from './key-rules.ts'

/** Judges keys of pairs that stand in a text. */
export interface KeyJudge {
  /** Endings of keys that may have a rule; see `KeyRules`. */
  readonly endings: ReadonlySet<number>
  ruleOf(key: string): KeyRule | undefined
}
/** Returns what is written for the value of a sensitive key; the value comes without its quotes. */
export type MaskPair = (value: string, rule: KeyRule, key: string) => string

const MAX_KEY_CHARS = 64
const MAX_KEY_WORDS = 3
const MAX_SPACES = 4
const COLON = 0x3a
const EQUALS = 0x3d
const GREATER = 0x3e
const LESS = 0x3c
const BACKSLASH = 0x5c
/** What no value that is masked can be: words of formats, marks of a bound parameter, masks. */
export const NOT_A_VALUE =
  /^(?:null|undefined|true|false|none|nil|\?|\$\d+|\[redacted\]|\*+[\w-]{0,4}|[A-Z]{2}\*{4}\w{4})$/i
const MAX_NAMED_CHARS = 128
// In JSON, also escaped, and as `util.inspect` writes it. The text is short and every quantifier bounded.
const NAMED =
  /(?:name|key)[\\"']{0,9} ?: ?[\\"']{1,9}([A-Za-z][\w.-]{0,63})[\\"']{1,9},\s{0,9}[\\"']{0,9}value[\\"']{0,9} {0,4}$/
const SCHEMES = /^(?:bearer|basic|digest|negotiate|token|apikey|aws4-hmac-sha256)[ \t]/i

/**
 * Masks the values of sensitive keys in a text: JSON (also escaped inside a string, also cut off), `key=value`,
 * `key: value`, form data, headers, elements of XML, what `util.inspect` prints.
 *
 * One pass over the text; before each separator at most 64 characters are read again.
 */
export function maskPairs(text: string, judge: KeyJudge, mask: MaskPair): string {
  const { length } = text
  let written = 0
  let result = ''
  // The next of each separator: looking for three signs is much cheaper than looking at every character.
  let colon = indexFrom(text, ':', 1)
  let equals = indexFrom(text, '=', 1)
  let greater = indexFrom(text, '>', 1)
  for (let i = Math.min(colon, equals, greater); i < length; i = Math.min(colon, equals, greater)) {
    let next = i + 1
    const code = text.charCodeAt(i)
    const key = keyBefore(text, i, written, code, judge.endings)
    const rule = key === '' ? undefined : key === 'value' ? ruleOfNamed(text, i, judge) : judge.ruleOf(key)
    if (rule !== undefined) {
      const [start, end] = valueAfter(text, i, code, rule)
      if (end > start) {
        const value = text.slice(start, end)
        if (!NOT_A_VALUE.test(value)) {
          const quote = isQuote(text.charCodeAt(start - 1)) ? '' : quoteOfKey(text, i)
          result += text.slice(written, start) + quote + mask(value, rule, key) + quote
          written = end
        }
        next = end
      }
    }
    if (colon < next) colon = indexFrom(text, ':', next)
    if (equals < next) equals = indexFrom(text, '=', next)
    if (greater < next) greater = indexFrom(text, '>', next)
  }
  return written === 0 ? text : result + text.slice(written)
}

/** The rule of the name that stands before a `value`, as in `{"name":"authorization","value":"…"}`. */
function ruleOfNamed(text: string, separator: number, judge: KeyJudge): KeyRule | undefined {
  const name = NAMED.exec(text.slice(Math.max(0, separator - MAX_NAMED_CHARS), separator))?.[1]
  return name === undefined ? undefined : judge.ruleOf(name)
}

/** Where `sign` comes next; the end of the text if it does not. */
function indexFrom(text: string, sign: string, from: number): number {
  const at = text.indexOf(sign, from)
  return at === -1 ? text.length : at
}

/**
 * The quote around the key that ends before a separator, if it is JSON's, with the backslashes before it: what stood
 * there without quotes needs them now, or the document cannot be read any more.
 */
export function quoteOfKey(text: string, separator: number): string {
  const at = separator - 1
  if (text.charCodeAt(separator) !== COLON || text.charCodeAt(at) !== 0x22) return ''
  return text.slice(at - backslashesBefore(text, at, 0), separator)
}

/** The key that ends before a separator; empty if there is none, or none that could have a rule. */
function keyBefore(text: string, separator: number, from: number, code: number, endings: ReadonlySet<number>): string {
  let end = separator
  const least = Math.max(from, separator - MAX_KEY_CHARS)
  if (code === GREATER) {
    // An element of XML: `<card:number>`, not `=>` and not `</card>`.
    if (!endings.has(packEnding(text, end))) return ''
    let start = end
    while (start > least && isKeyChar(text.charCodeAt(start - 1), true)) start--
    return start > from && text.charCodeAt(start - 1) === LESS ? text.slice(start, end) : ''
  }
  while (end > least && separator - end < MAX_SPACES && text.charCodeAt(end - 1) === 0x20) end--
  const last = text.charCodeAt(end - 1)
  if (isQuote(last)) {
    end--
    while (end > least && text.charCodeAt(end - 1) === BACKSLASH) end--
    if (!endings.has(packEnding(text, end))) return ''
    let start = end
    while (start > least && isKeyChar(text.charCodeAt(start - 1), true)) start--
    return text.slice(start, end)
  }
  if (!isKeyChar(last, false) || !endings.has(packEnding(text, end))) return ''
  let start = end
  let words = code === EQUALS ? MAX_KEY_WORDS : 1 // `a b=c` has the key `b`, `a b: c` may have the key `a b`
  while (start > least) {
    const before = text.charCodeAt(start - 1)
    if (isKeyChar(before, false)) start--
    else if (
      before === 0x20 &&
      words < MAX_KEY_WORDS &&
      start - 1 > least &&
      isKeyChar(text.charCodeAt(start - 2), false)
    ) {
      words++
      start--
    } else break
  }
  return text.slice(start, end)
}

/** Where the value after a separator starts and ends, without quotes around it. */
export function valueAfter(text: string, separator: number, code: number, rule: KeyRule): [start: number, end: number] {
  const { length } = text
  let start = separator + 1
  if (code === GREATER) {
    const close = text.indexOf('<', start)
    return [start, close === -1 ? length : close]
  }
  if (text.charCodeAt(start) === EQUALS || text.charCodeAt(start) === GREATER) start++ // == := =>
  while (start < length && isBlank(text.charCodeAt(start))) start++
  let quote = start
  while (text.charCodeAt(quote) === BACKSLASH) quote++
  if (isQuote(text.charCodeAt(quote))) return [quote + 1, closingQuote(text, quote, quote - start)]
  const first = text.charCodeAt(start)
  if (first === 0x7b || first === 0x5b) {
    // What masks leave is no list.
    return text.startsWith('[redacted]', start) ? [start, start + 10] : [start, closingBracket(text, start)]
  }
  if (rule === 'cookie' || SCHEMES.test(text.slice(start, start + 20))) return [start, lineEnd(text, start)]
  let end = start
  while (end < length && !endsBareValue(text.charCodeAt(end))) end++
  return [start, end]
}

/** The position of the quote that closes the one at `open`, escaped by as many backslashes; the end of a text that was cut. */
function closingQuote(text: string, open: number, backslashes: number): number {
  const quote = text[open] as string
  let at = open
  for (;;) {
    at = text.indexOf(quote, at + 1)
    if (at === -1) return text.length
    let before = 0
    while (before <= backslashes + 1 && text.charCodeAt(at - 1 - before) === BACKSLASH) before++
    // Behind an even number of backslashes a plain quote closes; an escaped one does behind as many as the first.
    if (before === backslashes) return at - backslashes
    if (backslashes === 0 && isEvenRun(text, at)) return at
    if (before < backslashes) return at - before
  }
}

function isEvenRun(text: string, at: number): boolean {
  return backslashesBefore(text, at, 0) % 2 === 0
}

function backslashesBefore(text: string, at: number, from: number): number {
  let before = 0
  while (at - 1 - before >= from && text.charCodeAt(at - 1 - before) === BACKSLASH) before++
  return before
}

/** The position after the bracket that closes the one at `open`, brackets in quotes left out; the end of a text that was cut. */
function closingBracket(text: string, open: number): number {
  let depth = 0
  for (let i = open; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) i = closingQuote(text, i, backslashesBefore(text, i, open))
    else if (code === 0x7b || code === 0x5b) depth++
    else if ((code === 0x7d || code === 0x5d) && --depth === 0) return i + 1
  }
  return text.length
}

function lineEnd(text: string, start: number): number {
  let end = start
  while (end < text.length) {
    const code = text.charCodeAt(end)
    if (code === 0x0a || code === 0x0d || isQuote(code)) break
    end++
  }
  return end
}

function endsBareValue(code: number): boolean {
  return (
    isBlank(code) ||
    isQuote(code) ||
    code === 0x26 || // &
    code === 0x2c ||
    code === 0x3b ||
    code === 0x29 ||
    code === 0x5d ||
    code === 0x7d ||
    code === LESS ||
    code === GREATER ||
    code === 0x0a ||
    code === 0x0d ||
    code === BACKSLASH
  )
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** A quote of any kind. */
export function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27 || code === 0x60
}

/** Letters, digits, and what joins words; in quotes a space and a colon too. */
function isKeyChar(code: number, isQuoted: boolean): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x5b ||
    code === 0x5d ||
    code === 0x24 ||
    code > 0x7f ||
    (isQuoted && (code === 0x20 || code === COLON))
  )
}
