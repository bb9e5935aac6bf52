import { isPan } from './pan.ts'

/** What is written for a value that goes whole. */
export const REDACTED = '[redacted]'

/** Hears of each value that is masked. */
export type Found = () => void

// Each alternative starts with fixed characters that cannot stand inside what an earlier match consumed, and no
// character can be matched in two ways: a run is read at most once for each of its few possible starts. Linear.
const STRIPE = /(?<![A-Za-z0-9])(?:[sr]k_(?:live|test|org)_\w{8,}|whsec_[\w+/=]{8,})/g
const VENDOR =
  /(?<![A-Za-z0-9])(?:gh[opsur]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|npm_[A-Za-z0-9]{30,}|shpat_[A-Fa-f0-9]{24,}|rzp_(?:live|test)_[A-Za-z0-9]{10,}|sq0(?:atp|csp)-[\w-]{16,}|sk-[\w-]{20,}|access_token\$\w+\$\w{8,}\$[a-f0-9]{8,}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|(?:AC|SK)[a-f0-9]{32}(?![A-Za-z0-9]))/g
const JWT = /(?<![\w-])eyJ[\w+/=-]{13,}(?:\.[\w+/=-]*){0,4}/g
const AWS_KEY = /(?<![A-Za-z0-9])A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g
// A plus is a space in form data. Credentials end where the next ones begin, as in a path of two; what looks ahead for
// that is bounded.
const SCHEME =
  /(?<![A-Za-z0-9])(Bearer|Basic|Digest|Negotiate)([ \t]{1,4}|\+)((?:(?![._~+/=-](?:Bearer|Basic|Digest|Negotiate)[ \t+])[\w.~+/=-]){8,})/gi
const OPAQUE = /(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g
const MIN_TURNS = 14
const PEM_START = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const PEM_END = '-----END '
const TRACK_1 = /%?[A-Z]\d{13,19}\^[^^\r\n]{2,26}\^[\d ]{4,}[^\s?"]{0,80}\??/g
const TRACK_2 = /(\d{13,19})[=D]\d{7,}\??/g
const HAS_TRACK_2 = /\d[=D]\d{7}/
const SSN = /(?<![\w.-])(?!000|666|9)\d{3}([ .-])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])/g
const PORT = /^\d{1,5}$/

/** Masks keys of Stripe: secret, restricted, webhook. Publishable keys (`pk_`) are public. */
export function maskStripeKeys(text: string, found: Found): string {
  return text.replace(STRIPE, () => mark(found))
}

/** Masks tokens of GitHub, GitLab, Slack, npm, Shopify, Razorpay, Square, OpenAI, Braintree, Google, SendGrid, Twilio. */
export function maskVendorTokens(text: string, found: Found): string {
  return text.replace(VENDOR, () => mark(found))
}

/** Masks JSON Web Tokens, signed or encrypted, whole or cut off. */
export function maskJwts(text: string, found: Found): string {
  return text.replace(JWT, () => mark(found))
}

/** Masks access key ids of AWS. */
export function maskAwsKeys(text: string, found: Found): string {
  return text.replace(AWS_KEY, () => mark(found))
}

/** Masks forty characters of Base64 that change between cases and digits as random ones do: AWS secrets. */
export function maskAwsSecrets(text: string, found: Found): string {
  return text.replace(OPAQUE, (value) => (looksRandom(value) ? mark(found) : value))
}

/** Masks private keys, also cut off; certificates and public keys stay. */
export function maskPrivateKeys(text: string, found: Found): string {
  let result = ''
  let written = 0
  PEM_START.lastIndex = 0
  for (let start = PEM_START.exec(text); start !== null; start = PEM_START.exec(text)) {
    const close = text.indexOf(PEM_END, start.index + start[0].length)
    const dashes = close === -1 ? -1 : text.indexOf('-----', close + PEM_END.length)
    result += text.slice(written, start.index) + mark(found)
    written = dashes === -1 ? text.length : dashes + 5
    PEM_START.lastIndex = written
  }
  return written === 0 ? text : result + text.slice(written)
}

/** Masks credentials behind the name of their scheme, `Bearer` or `Basic`, which stays. */
export function maskSchemes(text: string, found: Found): string {
  return text.replace(SCHEME, (whole: string, scheme: string, gap: string, credentials: string) => {
    if (!looksLikeCredentials(scheme, credentials)) return whole
    return `${scheme}${gap}${mark(found)}`
  })
}

/** Masks user and password of URLs. */
export function maskUserinfo(text: string, found: Found): string {
  let result = ''
  let written = 0
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const start = at + 3
    if (start <= written) continue
    const end = userinfoEnd(text, start)
    if (end <= start || text.startsWith(`${REDACTED}@`, start)) continue
    result += text.slice(written, start) + mark(found)
    written = end
    at = end - 3
  }
  return written === 0 ? text : result + text.slice(written)
}

/** Masks what a reader finds on a magnetic stripe. */
export function maskTracks(text: string, found: Found): string {
  const masked = text.includes('^') ? text.replace(TRACK_1, () => mark(found)) : text
  // Most texts hold neither sign, and are not read further.
  if (!((masked.includes('=') || masked.includes('D')) && HAS_TRACK_2.test(masked))) return masked
  return masked.replace(TRACK_2, (whole: string, digits: string) => (isPan(digits) ? mark(found) : whole))
}

/** Masks social security numbers of the United States, in groups. */
export function maskSsns(text: string, found: Found): string {
  return text.replace(SSN, () => mark(found))
}

function mark(found: Found): string {
  found()
  return REDACTED
}

/** Where the userinfo that starts at `start` ends, which is at an `@`; -1 if there is none. */
function userinfoEnd(text: string, start: number): number {
  let authorityEnd = -1
  let at = -1
  let i = start
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 0x20 || code === 0x22 || code === 0x27 || code === 0x3c || code === 0x3e || code === 0x60) break
    if (code === 0x3a && text.startsWith('://', i)) break // the next URL has its own
    if (code === 0x40) {
      // Behind the authority an `@` counts only if a password with a slash hides it.
      if (authorityEnd === -1) at = i
      else if (at === -1 && hidesPassword(text, start, authorityEnd)) return i
      else if (at === -1) return -1
    } else if (authorityEnd === -1 && (code === 0x2f || code === 0x3f || code === 0x23 || code === 0x5c))
      authorityEnd = i
  }
  return at
}

/** Whether what looks like a port is none. */
function hidesPassword(text: string, start: number, end: number): boolean {
  const colon = text.indexOf(':', start)
  return colon !== -1 && colon < end && text[start] !== '[' && !PORT.test(text.slice(colon + 1, end))
}

function looksLikeCredentials(scheme: string, credentials: string): boolean {
  if (scheme.toLowerCase() === 'basic') {
    // Base64 of `user:password`; anything else behind this word is prose.
    const decoded = Buffer.from(credentials, 'base64').toString('latin1')
    return decoded.includes(':') && /^[A-Za-z0-9+/_-]+={0,2}$/.test(credentials)
  }
  return /\d/.test(credentials) || credentials.length >= 20
}

function looksRandom(value: string): boolean {
  let turns = 0
  let last = ''
  const kinds = new Set<string>()
  for (const character of value) {
    const kind = character >= 'a' ? 'lower' : character >= 'A' ? 'upper' : character >= '0' ? 'digit' : 'sign'
    kinds.add(kind)
    if (kind !== last) turns++
    last = kind
  }
  return turns >= MIN_TURNS && kinds.has('lower') && kinds.has('upper') && kinds.has('digit')
}
