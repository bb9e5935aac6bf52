import type { Parsed } from './parse-value.ts'
import { hasControlCharacters } from './control-characters.ts'
import { parseLogLevel } from './log-level.ts'

// RFC 9110, section 5.6.2: the characters of a token.
const HEADER_NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
// RFC 9110, section 5.5, and what Node refuses to send: no control characters but tab, nothing above Latin-1.
const HEADER_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/
const INTEGER = /^\d{1,9}$/
const MAX_ROUTE_MILLIS = 86_400_000

/** Whether a text can be the name of an HTTP header. */
export function isHeaderName(text: string): boolean {
  return HEADER_NAME.test(text)
}

/** Reads `name=value,…` as HTTP headers, names in lower case; entries that no request could carry are left out. */
export function parseHeaders(text: string): Parsed {
  return collect(text, '=', (name, value) => {
    const decoded = decodePercent(value)
    if (!isHeaderName(name) || decoded === undefined || !HEADER_VALUE.test(decoded)) return undefined
    return [name.toLowerCase(), decoded]
  })
}

/** Reads `key=value,…` as resource attributes; one wrong entry refuses all of them, as OpenTelemetry asks. */
export function parseAttributes(text: string): Parsed {
  const parsed = collect(text, '=', (key, value) => {
    const decoded = [decodePercent(key), decodePercent(value)] as const
    return decoded[0] === undefined || decoded[1] === undefined || value.includes('=')
      ? undefined
      : [decoded[0], decoded[1]]
  })
  return parsed.problem === undefined ? parsed : { problem: 'value' }
}

/** Reads `name=level,…`; entries with an unknown level are left out. */
export function parseLevels(text: string): Parsed {
  return collect(text, '=', (name, word) => {
    const level = parseLogLevel(word)
    return level === undefined || hasControlCharacters(name) ? undefined : [name, level]
  })
}

/** Reads `route=milliseconds,…`; the last `=` of an entry ends the route. Entries out of range are left out. */
export function parseRouteLimits(text: string): Parsed {
  return collect(text, 'last =', (route, digits) => {
    const millis = INTEGER.test(digits) ? Number(digits) : 0
    const isRoute = route.startsWith('/') && !hasControlCharacters(route)
    return !isRoute || millis < 1 || millis > MAX_ROUTE_MILLIS ? undefined : [route, millis]
  })
}

/** Collects comma-separated entries into a frozen object without prototype, so that no key can mean more than itself. */
function collect(
  text: string,
  separator: '=' | 'last =',
  read: (key: string, value: string) => readonly [string, unknown] | undefined,
): Parsed {
  const entries = Object.create(null) as Record<string, unknown>
  let good = 0
  let bad = 0
  for (const entry of text.split(',')) {
    if (entry.trim() === '') continue
    const at = separator === '=' ? entry.indexOf('=') : entry.lastIndexOf('=')
    const key = at === -1 ? '' : entry.slice(0, at).trim()
    const pair = key === '' ? undefined : read(key, entry.slice(at + 1).trim())
    if (pair === undefined) bad++
    else {
      entries[pair[0]] = pair[1]
      good++
    }
  }
  if (good === 0) return bad === 0 ? {} : { problem: 'value' }
  return bad === 0 ? { value: Object.freeze(entries) } : { value: Object.freeze(entries), problem: 'entries' }
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
