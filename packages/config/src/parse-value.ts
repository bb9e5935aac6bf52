import { hasControlCharacters } from './control-characters.ts'
import { parseLogLevel } from './log-level.ts'
import type { OptionSpec } from './option-spec.ts'
import { parseHostPattern } from './parse-hosts.ts'
import { isHeaderName, parseAttributes, parseHeaders, parseLevels, parseRouteLimits } from './parse-pairs.ts'
import { parseTrustProxy } from './parse-trust-proxy.ts'

/** What became of a text: a value, nothing (as if unset), or a problem with all of it or with some entries. */
export interface Parsed {
  readonly value?: unknown
  readonly problem?: 'value' | 'entries'
}

// Longer than any value with a purpose; it bounds what a hostile environment can make the parsers do.
const MAX_VALUE_LENGTH = 131_072

const REFUSED: Parsed = { problem: 'value' }
const NONE: readonly string[] = Object.freeze(['none'])
const TRUE_WORDS = new Set(['true', '1', 'on', 'yes'])
const INTEGER = /^[+-]?\d+$/
// One digit group each before and after the dot and in the exponent: linear.
const NUMBER = /^[+-]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:e[+-]?\d{1,3})?$/i
const HTTP_URL = /^https?:\/\/\S+$/i
// `host:port` and `unix:///path`, which gRPC takes besides URLs.
const GRPC_TARGET = /^(?:(?:[\w.-]+|\[[\da-f:.]+\]):\d{1,5}|unix:\/\/\/\S+)$/i

/** Reads the text of a variable by its rule. Blank means unset. Never throws; takes time linear in the text. */
export function parseValue(spec: OptionSpec, raw: string): Parsed {
  if (raw.length > MAX_VALUE_LENGTH) return REFUSED
  const text = raw.trim()
  if (text === '') return {}
  switch (spec.type) {
    case 'boolean': {
      const word = text.toLowerCase()
      return spec.range.includes(word) ? { value: TRUE_WORDS.has(word) } : REFUSED
    }
    case 'integer':
      return INTEGER.test(text) ? inRange(Number(text), spec.range) : REFUSED
    case 'number':
      return NUMBER.test(text) ? inRange(Number(text), spec.range) : REFUSED
    case 'enum':
      return orRefused(findWord(text, spec.range))
    case 'level':
      return orRefused(parseLogLevel(text))
    case 'choices':
      return noneAlone(parseEntries(text, (entry) => findWord(entry, spec.range)))
    case 'list':
      return parseEntries(text, (entry) => (hasControlCharacters(entry) ? undefined : entry))
    case 'header-names':
      return parseEntries(text, (entry) => (isHeaderName(entry) ? entry.toLowerCase() : undefined))
    case 'hosts':
      return parseEntries(text, parseHostPattern)
    case 'string':
    case 'path':
      return hasControlCharacters(text) ? REFUSED : { value: text }
    case 'url':
      return isEndpoint(text) ? { value: text } : REFUSED
    case 'headers':
      return parseHeaders(text)
    case 'pairs':
      return parseAttributes(text)
    case 'levels':
      return parseLevels(text)
    case 'route-limits':
      return parseRouteLimits(text)
    case 'trust-proxy':
      return orRefused(parseTrustProxy(text))
    default:
      return REFUSED
  }
}

function inRange(value: number, [min, max]: readonly [number, number]): Parsed {
  return value >= min && value <= max ? { value: value + 0 } : REFUSED
}

function orRefused(value: unknown): Parsed {
  return value === undefined ? REFUSED : { value }
}

function findWord(text: string, words: readonly string[]): string | undefined {
  const folded = text.toLowerCase()
  return words.includes(folded) ? folded : undefined
}

function isEndpoint(text: string): boolean {
  if (hasControlCharacters(text)) return false
  return HTTP_URL.test(text) ? URL.canParse(text) : GRPC_TARGET.test(text)
}

/** Reads a comma-separated list in order, without repetitions; entries that `read` refuses are left out. */
function parseEntries(text: string, read: (entry: string) => unknown): Parsed {
  const seen = new Set<unknown>()
  const entries: unknown[] = []
  let bad = false
  for (const part of text.split(',')) {
    const word = part.trim()
    if (word === '' || seen.has(word)) continue
    const entry = read(word)
    seen.add(word)
    if (entry === undefined) bad = true
    else if (entry === word || !seen.has(entry)) {
      seen.add(entry)
      entries.push(entry)
    }
  }
  if (entries.length === 0) return bad ? REFUSED : {}
  return bad ? { value: Object.freeze(entries), problem: 'entries' } : { value: Object.freeze(entries) }
}

/** Where `none` stands beside other words it wins, as in OpenTelemetry's own SDK. */
function noneAlone(parsed: Parsed): Parsed {
  const hasNone = Array.isArray(parsed.value) && parsed.value.includes('none')
  return hasNone ? { ...parsed, value: NONE } : parsed
}
