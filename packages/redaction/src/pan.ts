import { PlutusOptionError } from '@plutus/conventions'
import { quoteOfKey } from './pairs.ts'

/** How card numbers are masked. */
export interface PanMaskerOptions {
  /** Trailing digits left readable, 0 to 4: PCI DSS 3.4.1 shows no more. @defaultValue 4 */
  readonly keepLast?: number
}

const MIN_DIGITS = 13
const MAX_DIGITS = 19
const PREFIX_DIGITS = 4
const ONLY_15 = 1 << 15
const ONLY_16 = 1 << 16
const VISA_LENGTHS = (1 << 13) | (1 << 16) | (1 << 19)
const FROM_13 = lengthsFrom(13)
const FROM_14 = lengthsFrom(14)
const FROM_16 = lengthsFrom(16)
const SEPARATOR = /([ .+-])/
const SEPARATORS = /[ .+-]/g
// Ids that are made of hexadecimal digits by chance hold a number of every kind. Bounded, hence linear.
const HASH_OR_UUID =
  /(?<![0-9a-z])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-z])/gi
const MAX_RUN_CHARS = MAX_DIGITS * 2 - 1
const MAX_ID_CHARS = 128

/**
 * Creates a function that replaces each card number (PAN) in a text by `****` and its last digits.
 *
 * A PAN is a span of whole digit groups, joined by one space, dash, dot or plus (which is a space in form data), of 13 to
 * 19 digits in all, that starts as an issuer's numbers of that length do and passes the Luhn check. One in ten other
 * numbers that start so passes too and is masked with them: a lost order number costs less than a leaked card. Left
 * alone are hashes and UUIDs that hold a letter, decimal fractions (`0.4242…`), and phone numbers of 13 digits behind
 * a plus.
 *
 * @throws {PlutusOptionError} if `keepLast` is not an integer from 0 to 4.
 * @example createPanMasker()('paid by 4242 4242 4242 4242 12/27') // 'paid by ****4242 12/27'
 */
export function createPanMasker(options: PanMaskerOptions = {}): (text: string) => string {
  const { keepLast = 4 } = options
  if (!Number.isInteger(keepLast) || keepLast < 0 || keepLast > 4) {
    throw new PlutusOptionError('redaction.pan.keepLast', 'an integer from 0 to 4')
  }
  const maskRun = (run: string, start: number, text: string): string => {
    const follows = text.charCodeAt(start - 1) === 0x2a
    if (!follows && run.length <= MAX_RUN_CHARS) {
      // Most runs are one number as a whole, or none at all.
      const digits = digitsOf(run)
      const isCard = isPan(digits)
      if (isCard && !isOther(text, start, run, digits)) return quoted(`****${lastOf(digits)}`, start, text)
      if (!isCard && digits.length === run.length) return run
    }
    return maskGroups(run, start, text, follows)
  }
  const maskGroups = (run: string, start: number, text: string, follows: boolean): string => {
    const parts = run.split(SEPARATOR) // digits at even indexes, separators at odd ones
    const digits = digitsOf(run)
    let masked = ''
    let position = start
    let from = 0 // of the digits
    // What was masked before ends in digits of its own, which begin no other number.
    let at = follows ? 2 : 0
    if (at > 0) {
      masked = `${parts[0]}${parts[1] ?? ''}`
      position += masked.length
      from = (parts[0] as string).length
    }
    while (at < parts.length) {
      let end = panEnd(parts, at, digits, from)
      let taken = end === -1 ? '' : parts.slice(at, end).join('')
      const pan = digitsOf(taken)
      if (end !== -1 && !isFraction(parts, at, end) && !isOther(text, position, taken, pan)) {
        masked += `****${lastOf(pan)}`
        from += pan.length
      } else {
        end = at + 1
        taken = parts[at] as string
        masked += taken
        from += taken.length
      }
      masked += parts[end] ?? ''
      position += taken.length + (parts[end]?.length ?? 0)
      at = end + 1
    }
    return masked === run ? run : quoted(masked, start, text)
  }
  const lastOf = (digits: string): string => digits.slice(digits.length - keepLast)
  return (text) => {
    let result = ''
    let written = 0
    for (let run = nextRun(text, 0); run !== undefined; run = nextRun(text, run[1])) {
      const [start, end] = run
      const digits = text.slice(start, end)
      const masked = maskRun(digits, start, text)
      if (masked === digits) continue
      result += text.slice(written, start) + masked
      written = end
    }
    return written === 0 ? text : result + text.slice(written)
  }
}

/**
 * Finds thirteen digits or more, any two with at most one separator between them, and whole groups only.
 *
 * Such a run covers one of any thirteen characters in a row, so that only each thirteenth is looked at until one may
 * belong to a run.
 */
function nextRun(text: string, from: number): [start: number, end: number] | undefined {
  const { length } = text
  let least = from
  for (let i = from + MIN_DIGITS - 1; i < length; i += MIN_DIGITS) {
    if (!isRunChar(text.charCodeAt(i))) continue
    let start = i
    while (start > least && isRunChar(text.charCodeAt(start - 1))) start--
    let digits = 0
    let last = 0
    // From here on every character is looked at, until one cannot belong to a run.
    for (i = start; i <= length; i++) {
      const code = i < length ? text.charCodeAt(i) : 0
      if (isDigit(code)) {
        if (digits === 0) start = i
        digits++
        last = i
      } else {
        if (digits > 0 && (i - last > 1 || !isSeparator(code))) {
          if (digits >= MIN_DIGITS) return [start, last + 1]
          digits = 0
        }
        if (!isSeparator(code)) break
      }
    }
    least = i
  }
  return undefined
}

function isRunChar(code: number): boolean {
  return isDigit(code) || isSeparator(code)
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isSeparator(code: number): boolean {
  return code === 0x20 || code === 0x2d || code === 0x2e || code === 0x2b
}

/** Whether digits alone are a card number: their count, the issuer's range and the Luhn check are right. */
export function isPan(digits: string): boolean {
  const { length } = digits
  if (length < MIN_DIGITS || length > MAX_DIGITS) return false
  return isOneOf(lengthsIssued(digits, 0), length) && passesLuhn(digits, 0, length)
}

function passesLuhn(digits: string, from: number, end: number): boolean {
  let sum = 0
  for (let i = end - 1, twice = false; i >= from; i--, twice = !twice) {
    const digit = digits.charCodeAt(i) - 48
    sum += twice ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
  }
  return sum % 10 === 0
}

function digitsOf(run: string): string {
  return SEPARATOR.test(run) ? run.replaceAll(SEPARATORS, '') : run
}

/** In a JSON document what stands in place of a number needs quotes. */
function quoted(masked: string, start: number, text: string): string {
  const colon = text.charCodeAt(start - 1) === 0x20 ? start - 2 : start - 1
  const quote = quoteOfKey(text, colon)
  return quote + masked + quote
}

/** The index after the last group of the longest PAN whose first is `parts[first]`, at `from` of the digits; -1 if there is none. */
function panEnd(parts: readonly string[], first: number, digits: string, from: number): number {
  const lengths = lengthsIssued(digits, from)
  let found = -1
  if (lengths === 0) return found
  let length = 0
  for (let i = first; i < parts.length && length < MAX_DIGITS; i += 2) {
    length += (parts[i] as string).length
    if (length <= MAX_DIGITS && isOneOf(lengths, length) && passesLuhn(digits, from, from + length)) found = i + 1
  }
  return found
}

/** `0.4242…` */
function isFraction(parts: readonly string[], at: number, end: number): boolean {
  return end === at + 1 && parts[at - 1] === '.' && parts[at - 2] === '0'
}

/** Whether a number that could be a PAN is evidently something else. */
function isOther(text: string, position: number, written: string, pan: string): boolean {
  if (pan.length === 13 && written.length === 13 && text[position - 1] === '+') return true
  const after = position + written.length
  if (!isIdChar(text.charCodeAt(position - 1)) && !isIdChar(text.charCodeAt(after))) return false
  const from = Math.max(0, position - MAX_ID_CHARS)
  const around = text.slice(from, after + MAX_ID_CHARS)
  for (const { 0: id, index } of around.matchAll(HASH_OR_UUID)) {
    const start = from + index
    if (start <= position && position < start + id.length && /[a-f]/i.test(id)) return true
  }
  return false
}

/** Whether a character beside a number makes both a part of a hash or a UUID: a hexadecimal letter, a dash. */
function isIdChar(code: number): boolean {
  return (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46) || code === 0x2d
}

/**
 * The lengths, as bits, that numbers have whose issuer gives them the beginning at `from`; the ranges are those that the schemes
 * publish.
 */
function lengthsIssued(digits: string, from: number): number {
  const four = Number(digits.slice(from, from + PREFIX_DIGITS))
  const two = Math.floor(four / 100)
  switch (Math.floor(two / 10)) {
    case 1: // UATP. Unix times in milliseconds, micro- and nanoseconds have other lengths.
      return ONLY_15
    case 2: // Mastercard, Mir
      return four >= 2221 && four <= 2720 ? ONLY_16 : four >= 2200 && four <= 2204 ? FROM_16 : 0
    case 3: // American Express, JCB and RuPay, Diners Club
      if (two === 34 || two === 37) return ONLY_15
      if (two === 35) return FROM_16
      return two === 30 || two === 36 || two >= 38 ? FROM_14 : 0
    case 4: // Visa
      return VISA_LENGTHS
    case 5: // Mastercard; Maestro, Dankort, Verve, Elo
      return two >= 51 && two <= 55 ? ONLY_16 : two !== 59 ? FROM_13 : 0
    case 6: // Discover, UnionPay, RuPay, Hipercard; Maestro
      return two === 60 || two === 62 || two === 64 || two === 65 ? FROM_16 : FROM_13
    case 8: // RuPay, UnionPay, Uzcard
      return two === 81 || two === 82 || four === 8600 ? FROM_16 : 0
    case 9: // Troy, Napas, Humo
      return four === 9792 || four === 9704 || four === 9860 ? FROM_16 : 0
    default:
      return 0
  }
}

function isOneOf(lengths: number, length: number): boolean {
  return ((lengths >> length) & 1) === 1
}

/** Lengths from `least` to the greatest, as bits. */
function lengthsFrom(least: number): number {
  return (2 << MAX_DIGITS) - (1 << least)
}
