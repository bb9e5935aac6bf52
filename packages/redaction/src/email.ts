const MAX_LOCAL_CHARS = 64
const MAX_DOMAIN_CHARS = 253
const TOP_LEVEL = /^(?:[a-z\u0080-\uffff]{2,63}|xn--[a-z0-9-]{1,59})$/i

/**
 * Replaces each e-mail address in a text by what `mask` returns for it.
 *
 * Around each `@` at most 64 characters before and 253 behind are read: linear. The price of a wrong guess is the name in
 * `name@example.com` where that is no address, as in `git@github.com:…`.
 */
export function maskEmails(text: string, mask: (address: string, domain: string) => string): string {
  let result = ''
  let written = 0
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at
    const least = Math.max(written, at - MAX_LOCAL_CHARS)
    while (start > least && isLocalChar(text.charCodeAt(start - 1))) start--
    while (start < at && isPunctuation(text.charCodeAt(start))) start++
    const end = domainEnd(text, at + 1)
    if (start === at || end === -1) continue
    result += text.slice(written, start) + mask(text.slice(start, end), text.slice(at + 1, end))
    written = end
  }
  return written === 0 ? text : result + text.slice(written)
}

/** Where the domain that starts at `start` ends; -1 if it is none. */
function domainEnd(text: string, start: number): number {
  let end = start
  const most = Math.min(text.length, start + MAX_DOMAIN_CHARS)
  while (end < most && isDomainChar(text.charCodeAt(end))) end++
  while (end > start && isPunctuation(text.charCodeAt(end - 1))) end--
  // The longest part that ends in a top-level domain: `a@b.co.123` ends before the digits.
  while (end > start) {
    let dot = end - 1
    while (dot > start && text.charCodeAt(dot) !== 0x2e) dot--
    if (dot <= start) return -1
    if (TOP_LEVEL.test(text.slice(dot + 1, end))) return end
    end = dot
  }
  return -1
}

// RFC 5322 allows more; those stand between pairs, paths and parameters too often.
function isLocalChar(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2e || code === 0x5f || code === 0x25 || code === 0x2b || code === 0x2d
}

function isDomainChar(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2e || code === 0x2d
}

function isAlphanumeric(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    // Letters of other scripts; below are signs and spaces, above marks of punctuation.
    (code >= 0xc0 && code < 0x2000) ||
    (code >= 0x3040 && code < 0xd800)
  )
}

function isPunctuation(code: number): boolean {
  return code === 0x2e || code === 0x2d
}
