import type { Components } from '../collector-config.ts'
import { asLiteral } from './environment.ts'

/** What masks before anything is written: in this order, in every pipeline that telemetry enters by. */
export const REDACTION = ['redaction/secrets', 'transform/secrets'] as const

// The second line: a collector knows no Luhn and takes every number that is like a card's. Each pattern is linear, as all
// are in Go, and begins with a fixed text where it can: Go then looks for that alone, which takes a hundredth of the time.
const CARD_DIGITS =
  // 13 to 19 digits of an issuer, in groups by a space, a no-break space or a hyphen; or four groups by dots.
  '(?:[3-6]\\d|2[2-7])(?:(?:[ \\x{00A0}-]?\\d){11,17}|\\d\\d[.]\\d{4}[.]\\d{4}[.]\\d{1,7})(?:\\b|_)'
const CARDS = [
  `\\b${CARD_DIGITS}`,
  `_${CARD_DIGITS}`,
  ...['２', '３', '４', '５', '６'].map((first) => `${first}(?:[ -]?[０-９]){12,18}`),
]
// Nine and more digits in Base64, which is how bytes are read: three digits are four letters of these.
const DIGITS_IN_BASE64 = '(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){3,}'
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
// The least that a pattern above takes is a card number of 13 digits.
const SHORTEST_SECRET = 13
// Each pattern costs a search in every name, so those that begin alike are one.
const SECRET_KEYS = [
  'cv[vc] CVV ard(?:_n|N)umber ecurity(?:_c|C)ode rack_data assw(?:or|d) ASSWOR ecret ECRET pi(?:_k|K)ey',
  'rivate_key ccess(?:_t|T)oken efresh_token id_token eader.authorization ookie',
  '[.](?:p[ai]n|ssn)$ _(?:p[ai]n|ssn)$ ^(?:[Aa]uthorization|pin|pan|csc|ssn|PIN|PAN|SSN)$',
].flatMap((patterns) => patterns.split(' '))
// In names of attributes: whoever writes ids there has other troubles.
const DIGITS_IN_KEY = '\\d(?:[ -]?\\d){12}'
// A measured time such as 0.4242424242424242 is no card, and must stay a number.
const NUMBERS_WITH_FRACTION = '^-?\\d{1,12}[.]\\d{1,20}(?:e[+-]?\\d{1,3})?$'

/**
 * The processors that mask: the first knows nested values and numbers, the second the fields that are no attributes. Neither
 * reaches the attributes of span links.
 */
export function buildRedaction(): Components {
  return {
    'redaction/secrets': {
      allow_all_keys: true,
      redact_all_types: true, // else numbers, maps and lists stay as they are
      summary: 'silent',
      allowed_values: [NUMBERS_WITH_FRACTION].map(asLiteral),
      blocked_key_patterns: SECRET_KEYS.map(asLiteral),
      blocked_values: [...CARDS, DIGITS_IN_BASE64, ...CODES, ...SECRETS].map(asLiteral),
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
        group(maskKeys('metric.metadata')),
        group(maskKeys('datapoint.attributes')),
        group(...maskText('exemplar.filtered_attributes'), maskKeys('exemplar.filtered_attributes')),
      ],
      log_statements: [
        ...ofResourceAndScope(),
        ...maskTexts('log.event_name', 'log.severity_text'),
        group(
          maskKeys('log.attributes'),
          // Keys deep in a body cannot be reached: a body that still has a card number goes as a whole.
          `set(log.body, "****") where not IsString(log.body) and IsMatch(log.body, ${quote(CARDS.join('|'))})`,
        ),
      ],
    },
  }
}

function ofResourceAndScope(): readonly unknown[] {
  return [
    group(maskKeys('resource.attributes')),
    ...maskTexts('scope.name', 'scope.version', 'scope.schema_url'),
    group(maskKeys('scope.attributes')),
  ]
}

/** Masks in texts, of which most are too short to hold anything: one look at the length spares all patterns. */
function maskTexts(...paths: readonly string[]): readonly unknown[] {
  return paths.map((path) => ({ conditions: [`Len(${path}) >= ${SHORTEST_SECRET}`], statements: maskText(path) }))
}

function group(...statements: readonly string[]): unknown {
  return { statements }
}

/** Masks in a text, or in the texts of a map. */
function maskText(path: string): readonly string[] {
  return [...CARDS, ...SECRETS].map((pattern) =>
    path.endsWith('attributes')
      ? `replace_all_patterns(${path}, "value", ${quote(pattern)}, "****")`
      : `replace_pattern(${path}, ${quote(pattern)}, "****")`,
  )
}

/** Drops attributes whose very name holds a card number. */
function maskKeys(path: string): string {
  return `delete_matching_keys(${path}, ${quote(DIGITS_IN_KEY)})`
}

/** As a text of OTTL. */
function quote(pattern: string): string {
  return asLiteral(JSON.stringify(pattern))
}
