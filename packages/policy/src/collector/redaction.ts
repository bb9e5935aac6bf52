import type { Components } from '../collector-config.ts'
import { asLiteral } from './environment.ts'
import { KNOWN_NAMES } from './known-names.ts'

/** What masks before anything is written: in this order, in every pipeline that telemetry enters by. */
export const REDACTION = [
  'transform/readable',
  'redaction/names',
  'redaction/cards',
  'redaction/values',
  'transform/secrets',
] as const

/** An attribute of what has attributes that had to be written as texts. */
const UNREADABLE = 'plutus.redaction.unreadable'

// The second line: a collector knows no Luhn and takes every number that is like a card's. Each pattern is linear, as all
// are in Go, and begins with a fixed text where it can: Go then looks for that alone, which takes a hundredth of the time.
const SEPARATOR = '[\\p{Z}\\p{Cf}\\p{Pd}\\x{2212}\\x{0000}+]' // spaces, dashes and what nobody sees, of any script
const DIGIT = `${SEPARATOR}?\\d`
const groupsBy = (separator: string): string =>
  `(?:\\d{4}${separator}\\d{4}${separator}\\d{1,7}|\\d{6}${separator}\\d{4,5})` // behind the first four digits and one more
const SIGN = '(?:[./_\\t]|\\\\+t)' // the tab as JSON writes it, too
// First digits of issuers, with the next one. Those of 8 and 9 have sixteen digits and more.
const ISSUER = `(?:[3-6]${DIGIT}|2${SEPARATOR}?[2-7]|8(?:[12]\\d\\d|600)${DIGIT}|9(?:704|792|860)${DIGIT})`
const SIXTEEN_DIGITS = `(?:[3-6]${DIGIT}|2${SEPARATOR}?[2-7])(?:${DIGIT}){14}`
// Letters that no id in hexadecimal has, or the D that ends the number on a magnetic stripe.
const END = '(?:\\b|_|[A-Fa-f]{0,2}[G-Zg-z]|D\\d{4})'
const CARD_DIGITS =
  // 13 to 19 in groups of any size, or in those of cards by signs that stand between other numbers, too.
  `${ISSUER}(?:(?:${DIGIT}){11,17}${END}|\\d\\d${SIGN}${groupsBy(SIGN)}${END}` +
  // Sixteen with one letter to three are longer than ids of spans, and shorter than any digest.
  `|(?:${DIGIT}){14}[A-Fa-f]{1,3}\\b)`
/** A pattern of what escapes write out: six digits, which nobody else does; what groups digits; and more. */
const escapedBy = (mark: string, digit: string, separator: string, ...more: readonly string[]): string =>
  `${mark}(?:${[`${digit}(?:[ -]?${mark}${digit}){5,18}`, separator + groupsBy(mark + separator), ...more].join('|')})`
const entitiesBy = (mark: string): string =>
  escapedBy(mark, '#[Xx]?0*(?:3\\d|4[89]|5[0-7]);', '(?:nbsp|#0*(?:32|45|160)|#[Xx]0*(?:20|2[Dd]|[Aa]0));')
const ASCII_CARDS = [
  // Also behind a word such as pan, card, code or cc, or the n of an escaped line end.
  `(?:\\b|[G-Zg-z][A-Fa-f]{0,2})${CARD_DIGITS}|\\b[A-Fa-f]{1,3}${SIXTEEN_DIGITS}\\b`,
  `_${CARD_DIGITS}`,
  // An escape of URLs ends in what may be a letter.
  escapedBy('%(?:25)*', '3\\d', '(?:20|09|2[BDbd]|C2%A0|E2%80%[0-9A-Fa-f]{2})', `[0-9A-Fa-f]{2}${CARD_DIGITS}`),
  entitiesBy('&(?:amp;)?'),
  // So do those of JSON, by which attributes that are maps and lists are read: one stands before a number in a tag or a line.
  escapedBy(
    '\\\\+',
    '(?:u00|x)3\\d',
    '(?:(?:u00|x)(?:20|2[BDbd]|[Aa]0)|u20[0-9A-Fa-f]{2})',
    `(?:u[0-9A-Fa-f]{2}|x)[0-9A-Fa-f]{2}${CARD_DIGITS}`,
  ),
]
// In digits of full width, Arabic and Persian ones; each begins with a fixed text.
const FOREIGN_CARDS = ['０１２３４５６７８９', '٠١٢٣٤٥٦٧٨٩', '۰۱۲۳۴۵۶۷۸۹'].flatMap((digits) =>
  Array.from(digits.slice(2, 7), (first) => `${first}(?:${SEPARATOR}?[${digits}\\d]){12,18}`),
)
/** What values are searched for if `NO_CARD` does not spare them. */
export const CARDS: readonly string[] = [...ASCII_CARDS, ...FOREIGN_CARDS]
// Nine and more digits in Base64, which is how bytes are read: three digits, or what groups them, are four letters of these.
const DIGITS_IN_BASE64 = '(?:[IK-O][CDSTijyz][AEIMQUYcgk04s][w-z0-5grtu]){3,}'
const WIDE_IN_BASE64 = '(?:A[CD][AEIMQUYcgks04]A[IK-O][AQgw]A[w-z0-5grtu]){3,}' // in characters of two bytes
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
export const TEXT_SECRETS: readonly string[] = [
  ...ASCII_CARDS,
  `[^\\P{Nd}0-9](?:${SEPARATOR}?\\p{Nd}){12,18}`, // in digits of any other script
  ...SECRETS,
]
// The least that a pattern of texts takes is a card number of 13 digits.
export const SHORTEST_SECRET = 13
// Each pattern costs a search in every name that is not known, so those that begin alike are one.
const SECRET_NAMES = {
  anywhere: [
    'cv[vc] CVV ard(?:_n|N)umber ecurity(?:_c|C)ode rack_data assw(?:or|d) ASSWOR ecret ECRET pi(?:_k|K)ey',
    'rivate_key ccess(?:_t|T)oken efresh_token id_token eader.authorization ookie',
  ].flatMap((patterns) => patterns.split(' ')),
  atTheEnd: ['[.](?:p[ai]n|csc|ssn)', '_(?:p[ai]n|ssn)'],
  whole: '(?:[Aa]uthorization|p[ai]n|csc|ssn|P[AI]N|SSN)',
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
/** What values are searched for, beside card numbers. */
export const SECRET_VALUES: readonly string[] = [DIGITS_IN_BASE64, WIDE_IN_BASE64, ...CODES, ...SECRETS, NAMED_IN_JSON]
const UNMASKED = '(?:[^"]|"(?:\\*{4}\\\\n)*(?:\\*{0,3}[^*]|\\*{4}(?:[^"\\\\]|\\\\[^n])))'
const ANY_ESCAPED = '(?:\\\\u[0-9a-f]{4}|\\\\?.)'
const UNMASKED_BY_NAME = [
  `"${IN_KEY}(?:${SECRET_NAMES.anywhere.join('|').replace('eader.', `eader${ANY_ESCAPED}`)})${IN_KEY}":${UNMASKED}`,
  `"${IN_KEY}(?:${SECRET_NAMES.atTheEnd.join('|')})":${UNMASKED}`,
  `"${SECRET_NAMES.whole}":${UNMASKED}`,
].join('|')
const NESTED_IN_JSON = '":[{[]'
// In names of attributes: whoever writes ids there has other troubles.
const DIGITS_IN_KEY = '\\p{Nd}(?:[^\\p{L}]{0,3}\\p{Nd}){12}|[%&\\\\](?:\\D*\\d){10}'
// A measured time such as 0.4242424242424242 is no card, and must stay a number.
const NUMBERS_WITH_FRACTION = '^-?\\d{1,12}[.]\\d{1,20}(?:e[+-]?\\d{1,3})?$'
// Trace ids, digests and their like: longer than a card number, with no place where one could begin or end. No other
// pattern above takes anything of these letters alone, so all of them are spared.
export const LONG_HEX = '^[0-9a-f]{20}[0-9a-f]*$'
// What no card number is looked for in: ASCII without a sign of escapes, in which twelve digits at most are between two letters.
const BETWEEN = "[\\x{0000}-$'-/:-@[\\]-`{-\\x{007F}]*"
const TWELVE_DIGITS = `${BETWEEN}(?:[0-9]${BETWEEN}){0,12}`
export const NO_CARD = `^${TWELVE_DIGITS}(?:[A-Za-z]${TWELVE_DIGITS})*$`
// What nothing else is looked for in: each pattern asks for a space, an underscore, a quotation mark, one of the letters from I to O,
// or a digit behind a colon or an equals sign. One look spares all of them.
export const PLAIN = '^[!#-9;<>?@A-HP-^`-~]*$'
export const NO_DIGIT = '^[!#-/:-HP-^`-~]*$'
// What a text must have for any of the patterns that `maskText` uses: one search spares thirteen.
export const HINT = '[0-9_JK\\x{0080}-\\x{10FFFF}]|earer '

/**
 * The processors that mask: the first makes attributes what the next ones read, the second masks what stands under secret names,
 * the third and the fourth what looks like a secret, also in nested values and numbers, the fifth the fields that are no attributes.
 * None reaches the attributes of span links.
 */
export function buildRedaction(): Components {
  return {
    'transform/readable': {
      error_mode: 'propagate', // what cannot be read is not passed on
      trace_statements: ['resource', 'scope', 'span', 'spanevent'].map(writeAsRead),
      metric_statements: ['resource', 'scope', 'datapoint'].map(writeAsRead),
      log_statements: ['resource', 'scope', 'log'].map(writeAsRead),
    },
    // Apart from the values: what is ignored or allowed in one processor is neither searched by name nor by shape there.
    'redaction/names': {
      allow_all_keys: true,
      summary: 'silent',
      ignored_keys: KNOWN_NAMES, // a look into a table in place of a search by each pattern
      blocked_key_patterns: SECRET_KEYS.map(asLiteral),
    },
    // Apart from other secrets: most values are spared all patterns of card numbers, or all others.
    'redaction/cards': {
      allow_all_keys: true,
      redact_all_types: true, // else numbers, maps and lists stay as they are
      summary: 'silent',
      allowed_values: [NO_CARD, NUMBERS_WITH_FRACTION, LONG_HEX].map(asLiteral),
      blocked_values: CARDS.map(asLiteral),
    },
    'redaction/values': {
      allow_all_keys: true,
      redact_all_types: true,
      summary: 'silent',
      allowed_values: [PLAIN, NO_DIGIT].map(asLiteral), // the first is what most values are
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

/**
 * Writes attributes as texts where a map or a list among them cannot be read as JSON, which has no NaN and no infinity, or not as a
 * whole, since a key is there twice: what no processor sees does not pass. Of what cannot be read nothing is left.
 */
function writeAsRead(context: string): unknown {
  const [attributes, text, clean] = [`${context}.attributes`, `${context}.cache["text"]`, `${context}.cache["clean"]`]
  return {
    error_mode: 'silent', // a statement that fails says nothing good of attributes, so the last ones write them as they were read
    // Of what JSON cannot hold, and of nothing, this writes nothing. Other lists of texts have no keys.
    conditions: [`IsMatch(ToKeyValueString(${attributes}, "=", "\\n"), ${quote('=(?:\\n|$|"?(?:[{]|\\[.*[{]))')})`],
    statements: [
      `set(${text}, String(${attributes}))`,
      `set(${clean}, true) where ${text} != nil and not IsMatch(${text}, "[{].*[{]")`,
      ...countLeaves(`${context}.cache`, attributes),
      `stringify_all(${attributes}) where ${clean} == nil`,
      `set(${attributes}["${UNREADABLE}"], true) where ${clean} == nil`,
    ],
  }
}

/** Marks a map as clean if its JSON has as many values as it has: where a key is there twice, JSON has the last of them. */
function countLeaves(cache: string, map: string): readonly string[] {
  const [read, all, clean] = [`${cache}["read"]`, `${cache}["all"]`, `${cache}["clean"]`]
  return [
    `set(${read}["of"], ParseJSON(String(${map}))) where ${clean} == nil`,
    `set(${all}["of"], ${map}) where ${clean} == nil`,
    `flatten(${read}, resolveConflicts=true) where ${clean} == nil`,
    `flatten(${all}, resolveConflicts=true) where ${clean} == nil`,
    `set(${clean}, true) where ${read} != nil and Len(${read}) == Len(${all})`,
  ]
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
  const hasCard = `IsMatch(log.body, ${quote([...CARDS, entitiesBy('\\\\u0026(?:amp;)?')].join('|'))})` // an ampersand, as OTTL writes it
  const hidesSecret = `IsMatch(log.body, ${quote(NESTED_IN_JSON)}) and IsMatch(log.body, ${quote(UNMASKED_BY_NAME)})`
  return {
    error_mode: 'silent', // a statement that fails says nothing good of a body, so the next one masks it
    conditions: ['not IsString(log.body)'],
    statements: [
      'set(log.cache["clean"], true) where not (IsMap(log.body) or IsList(log.body))',
      ...countLeaves('log.cache', 'log.body'),
      `set(log.cache["fine"], true) where log.cache["clean"] != nil and not (${hasCard} or (${hidesSecret}))`,
      'set(log.body, "****") where log.cache["fine"] == nil',
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
