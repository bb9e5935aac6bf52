import type { Components } from '../collector-config.ts'
import { asLiteral } from './environment.ts'

/** What masks before anything is written: in this order, in every pipeline that telemetry enters by. */
export const REDACTION = ['redaction/secrets', 'transform/secrets'] as const

// The second line: a collector knows no Luhn and takes every number that is like a card's. Each pattern is linear, as all
// are in Go.
const CARD =
  // 13 to 19 digits of an issuer, in groups by a space, a no-break space or a hyphen; or four groups by dots.
  '(?:\\b|_)(?:(?:[3-6]\\d|2[2-7])(?:[ \\x{00A0}-]?\\d){11,17}|(?:[3-6]\\d|2[2-7])\\d\\d[.]\\d{4}[.]\\d{4}[.]\\d{1,7})(?:\\b|_)'
const FULL_WIDTH = '[\\x{FF12}-\\x{FF16}](?:[ -]?[\\x{FF10}-\\x{FF19}]){12,18}'
// Nine and more digits in Base64, which is how bytes are read: three digits are four letters of these.
const IN_BASE64 = '(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){3,}'
const CODE_IN_TEXT = '(?i)\\b(?:cvv2?|cvc2?|csc|security.?code|pin)\\b["\']?\\s*[:=]\\s*["\']?\\d{3,8}\\b'
const SECRETS = [
  'sk_(?:live|test)_\\w{8,}',
  'rk_(?:live|test)_\\w{8,}',
  'whsec_\\w{8,}',
  'eyJ[\\w-]{8,}[.][\\w-]{8,}[.][\\w-]*',
  'AKIA[0-9A-Z]{16}',
  '-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*-----)?',
  '[Bb]earer [\\w.~+/=-]{8,}',
]
const SECRET_KEYS = [
  '(?i)(?:^|[._-])(?:cvv2?|cvc2?|csc|pin|pin_?block|pan|card_?number|security_?code|track_?[12]?_?data|track[12])(?:$|[._-])',
  '(?i)(?:passw(?:or)?d|passphrase|secret_?key|client_?secret|private_?key|api_?key|authorization|set-cookie)(?:$|[._-])',
  '(?i)(?:^|[._-])(?:secret|cookie|access_?token|refresh_?token|id_?token|ssn)(?:$|[._-])',
]
const CARD_IN_TEXT = `${CARD}|${FULL_WIDTH}`
const SECRET_IN_TEXT = `${CARD_IN_TEXT}|${SECRETS.join('|')}`
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
      blocked_values: [CARD, FULL_WIDTH, IN_BASE64, CODE_IN_TEXT, ...SECRETS].map(asLiteral),
    },
    'transform/secrets': {
      error_mode: 'propagate', // what cannot be masked is not passed on
      trace_statements: [
        ...ofResourceAndScope(),
        group(...['span.name', 'span.status.message', 'span.trace_state'].map(maskText), maskKeys('span.attributes')),
        group(maskText('spanevent.name'), maskKeys('spanevent.attributes')),
      ],
      metric_statements: [
        ...ofResourceAndScope(),
        group(...['metric.name', 'metric.description', 'metric.unit'].map(maskText), maskKeys('metric.metadata')),
        group(maskKeys('datapoint.attributes')),
        group(maskText('exemplar.filtered_attributes'), maskKeys('exemplar.filtered_attributes')),
      ],
      log_statements: [
        ...ofResourceAndScope(),
        group(
          ...['log.event_name', 'log.severity_text'].map(maskText),
          maskKeys('log.attributes'),
          // Keys deep in a body cannot be reached: a body that still has a card number goes as a whole.
          `set(log.body, "****") where not IsString(log.body) and IsMatch(log.body, ${quote(CARD_IN_TEXT)})`,
        ),
      ],
    },
  }
}

function ofResourceAndScope(): readonly unknown[] {
  return [
    group(maskKeys('resource.attributes')),
    group(...['scope.name', 'scope.version', 'scope.schema_url'].map(maskText), maskKeys('scope.attributes')),
  ]
}

function group(...statements: readonly string[]): unknown {
  return { statements }
}

/** Masks in a text, or in the texts of a map. */
function maskText(path: string): string {
  const pattern = quote(SECRET_IN_TEXT)
  return path.endsWith('attributes')
    ? `replace_all_patterns(${path}, "value", ${pattern}, "****")`
    : `replace_pattern(${path}, ${pattern}, "****")`
}

/** Drops attributes whose very name holds a card number. */
function maskKeys(path: string): string {
  return `delete_matching_keys(${path}, ${quote(CARD_IN_TEXT)})`
}

/** As a text of OTTL. */
function quote(pattern: string): string {
  return asLiteral(JSON.stringify(pattern))
}
