import type { Components } from '../collector-config.ts'
import { asLiteral } from './environment.ts'
import { KNOWN_NAMES } from './known-names.ts'

/** What masks before anything is written: in this order, in every pipeline that telemetry enters by. */
export const REDACTION = ['redaction/names', 'redaction/values', 'transform/secrets'] as const

// The second line: a collector knows no Luhn and takes every number that is like a card's. Each pattern is linear, as all
// are in Go, and begins with a fixed text where it can: Go then looks for that alone, which takes a hundredth of the time.
const CARD_DIGITS =
  // 13 to 19 digits of an issuer, in groups by a space, a no-break space, a hyphen or a plus; or in groups by dots.
  '(?:[3-6]\\d|2[2-7])(?:(?:(?:[ \\x{00A0}+-]|%20)?\\d){11,17}|\\d\\d[.](?:\\d{4}[.]\\d{4}[.]\\d{1,7}|\\d{6}[.]\\d{4,5}))' +
  '(?:\\b|_|[A-Fa-f]{0,2}[G-Zg-z]|D\\d{4})' // letters that no id in hexadecimal has, or the D that ends it on a magnetic stripe
const CARDS = [
  `(?:\\b|[G-Zg-z][A-Fa-f]{0,2})${CARD_DIGITS}`, // also behind a word such as pan, card or code, or the n of an escaped line end
  `_${CARD_DIGITS}`,
  `%[0-9A-Fa-f]{2}${CARD_DIGITS}`, // behind an escape of URLs, whose last letter is no boundary
  ...['２', '３', '４', '５', '６'].map((first) => `${first}(?:[ -]?[０-９]){12,18}`),
]
// Nine and more digits in Base64, which is how bytes are read: three digits, or what groups them, are four letters of these.
const DIGITS_IN_BASE64 = '(?:[IK-O][CDSTijyz][AEIMQUYcgk04s][w-z0-5grtu]){3,}'
const CODES = ['cv[vc]', 'CV[VC]', 'ecurity(?:.c|C)ode', 'pin'].map(
  (name) => `${name}2?["']?\\s*[:=]\\s*["']?\\d{3,8}\\b`,
)
const SECRETS = [
  'sk_(?:live|test)_\\w{8,}',
  'rk_(?:live|test)_\\w{8,}',
  'whsec_\\w{8,}',
  'eyJ[\\w-]{8,}[.][\\w-]{8,}[.][\\w-]*',
  'AKIA[0-9A-Z]{16}',
  '-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*-----)?',
  'earer [\\w.~+/=-]{8,}',
]
/** What texts beside attributes and bodies are searched for. */
export const TEXT_SECRETS: readonly string[] = [...CARDS, ...SECRETS]
// The least that a pattern of texts takes is a card number of 13 digits.
export const SHORTEST_SECRET = 13
// Each pattern costs a search in every name that is not known, so those that begin alike are one.
const SECRET_NAMES = {
  anywhere: [
    'cv[vc] CVV ard(?:_n|N)umber ecurity(?:_c|C)ode rack_data assw(?:or|d) ASSWOR ecret ECRET pi(?:_k|K)ey',
    'rivate_key ccess(?:_t|T)oken efresh_token id_token eader.authorization ookie',
  ].flatMap((patterns) => patterns.split(' ')),
  atTheEnd: ['[.](?:p[ai]n|ssn)', '_(?:p[ai]n|ssn)'],
  whole: '(?:[Aa]uthorization|pin|pan|csc|ssn|PIN|PAN|SSN)',
}
/** Patterns of names under which everything is masked. */
export const SECRET_KEYS: readonly string[] = [
  ...SECRET_NAMES.anywhere,
  ...SECRET_NAMES.atTheEnd.map((pattern) => `${pattern}$`),
  `^${SECRET_NAMES.whole}$`,
]
// The same in JSON, where the value that follows is not masked yet. What is masked is four asterisks in each line.
const IN_KEY = '(?:[^"\\\\]|\\\\.)*'
const VALUE = `(?:"${IN_KEY}"?|[[{](?s:.*)|[^",}\\]]*)` // of a list or a map all that follows
// Attributes that are maps or lists are read as JSON, where names below the first are nobody else's to look at.
const NAMED_IN_JSON = `"(?:${[
  `${IN_KEY}(?:${SECRET_NAMES.anywhere.join('|')})${IN_KEY}`,
  `${IN_KEY}(?:${SECRET_NAMES.atTheEnd.join('|')})`,
  SECRET_NAMES.whole,
].join('|')})":${VALUE}`
/** What values are searched for. */
export const SECRET_VALUES: readonly string[] = [...CARDS, DIGITS_IN_BASE64, ...CODES, ...SECRETS, NAMED_IN_JSON]
const UNMASKED = '(?:[^"]|"(?:\\*{4}\\\\n)*(?:\\*{0,3}[^*]|\\*{4}(?:[^"\\\\]|\\\\[^n])))'
const ANY_ESCAPED = '(?:\\\\u[0-9a-f]{4}|\\\\?.)'
const UNMASKED_BY_NAME = [
  `"${IN_KEY}(?:${SECRET_NAMES.anywhere.join('|').replace('eader.', `eader${ANY_ESCAPED}`)})${IN_KEY}":${UNMASKED}`,
  `"${IN_KEY}(?:${SECRET_NAMES.atTheEnd.join('|')})":${UNMASKED}`,
  `"${SECRET_NAMES.whole}":${UNMASKED}`,
].join('|')
const NESTED_IN_JSON = '":[{[]'
// In names of attributes: whoever writes ids there has other troubles.
const DIGITS_IN_KEY = '[0-9０-９](?:[ \\x{00A0}.+-]?[0-9０-９]){12}'
// A measured time such as 0.4242424242424242 is no card, and must stay a number.
const NUMBERS_WITH_FRACTION = '^-?\\d{1,12}[.]\\d{1,20}(?:e[+-]?\\d{1,3})?$'
// Trace ids, digests and their like: longer than a card number, with no place where one could begin or end. No other
// pattern above takes anything of these letters alone, so all of them are spared.
export const LONG_HEX = '^[0-9a-f]{20}[0-9a-f]*$'
// What a text must have for any of the patterns that `maskText` uses: one search spares fourteen.
export const HINT = '[0-9０-９_JK]|earer '

/**
 * The processors that mask: the first what stands under secret names, the second what looks like a secret, also in nested
 * values and numbers, the third the fields that are no attributes. None reaches the attributes of span links.
 */
export function buildRedaction(): Components {
  return {
    // Apart from the values: what is ignored or allowed in one processor is neither searched by name nor by shape there.
    'redaction/names': {
      allow_all_keys: true,
      summary: 'silent',
      ignored_keys: KNOWN_NAMES, // a look into a table in place of a search by each pattern
      blocked_key_patterns: SECRET_KEYS.map(asLiteral),
    },
    'redaction/values': {
      allow_all_keys: true,
      redact_all_types: true, // else numbers, maps and lists stay as they are
      summary: 'silent',
      allowed_values: [NUMBERS_WITH_FRACTION, LONG_HEX].map(asLiteral),
      blocked_values: SECRET_VALUES.map(asLiteral),
    },
    'transform/secrets': {
      error_mode: 'propagate', // what cannot be masked is not passed on
      trace_statements: [
        ...ofResourceAndScope(),
        ...maskTexts('span.name', 'span.status.message', 'span.trace_state'),
        group(maskKeys('span.attributes')),
        ...maskTexts('spanevent.name'),
        group(maskKeys('spanevent.attributes')),
      ],
      metric_statements: [
        ...ofResourceAndScope(),
        ...maskTexts('metric.name', 'metric.description', 'metric.unit'),
        group('keep_keys(metric.metadata, [])'), // of any nesting, too, and nothing behind a collector needs it
        group(maskKeys('datapoint.attributes')),
        // What a view left out of the series, of any nesting: the ids of span and trace say enough.
        group('keep_keys(exemplar.filtered_attributes, [])'),
      ],
      log_statements: [
        ...ofResourceAndScope(),
        ...maskTexts('log.event_name', 'log.severity_text'),
        group(maskKeys('log.attributes')),
        maskUnreachable(),
      ],
    },
  }
}

function ofResourceAndScope(): readonly unknown[] {
  return [
    group(maskKeys('resource.attributes')),
    ...maskTexts('resource.schema_url', 'scope.name', 'scope.version', 'scope.schema_url'),
    group(maskKeys('scope.attributes')),
  ]
}

/** Masks in texts, of which most are too short to hold anything, or have nothing that a secret has. */
function maskTexts(...paths: readonly string[]): readonly unknown[] {
  return paths.map((path) => ({
    conditions: [`Len(${path}) >= ${SHORTEST_SECRET} and IsMatch(${path}, ${quote(HINT)})`],
    statements: maskText(path),
  }))
}

/**
 * Masks bodies as a whole whose keys cannot be reached: one with a card number as a key, one with a secret name below a known
 * name, where nobody looked for it, and one that cannot be judged, such as a map with the number NaN.
 */
function maskUnreachable(): unknown {
  const hasCard = `IsMatch(log.body, ${quote(CARDS.join('|'))})`
  const hidesSecret = `IsMatch(log.body, ${quote(NESTED_IN_JSON)}) and IsMatch(log.body, ${quote(UNMASKED_BY_NAME)})`
  return {
    error_mode: 'silent', // a statement that fails says nothing good of a body, so the next one masks it
    conditions: ['not IsString(log.body)'],
    statements: [
      `set(log.cache["clean"], true) where not (${hasCard} or (${hidesSecret}))`,
      'set(log.body, "****") where log.cache["clean"] == nil',
    ],
  }
}

function group(...statements: readonly string[]): unknown {
  return { statements }
}

/** Masks in a text. */
function maskText(path: string): readonly string[] {
  return TEXT_SECRETS.map((pattern) => `replace_pattern(${path}, ${quote(pattern)}, "****")`)
}

/** Drops attributes whose very name holds a card number. */
function maskKeys(path: string): string {
  return `delete_matching_keys(${path}, ${quote(DIGITS_IN_KEY)})`
}

/** As a text of OTTL. */
function quote(pattern: string): string {
  return asLiteral(JSON.stringify(pattern))
}
