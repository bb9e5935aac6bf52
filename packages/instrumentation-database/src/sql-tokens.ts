/**
 * How a database reads quotes, in its default settings: for MySQL `"x"` is a string and a backslash escapes, for SQL
 * Server `[x]` is a name.
 */
export type SqlDialect = 'standard' | 'mysql' | 'mssql'

/** A piece of SQL that matters for its summary; literals, numbers and operators are passed over. */
export interface SqlToken {
  readonly kind: 'word' | '(' | ')' | ',' | ';'
  /** A word without its quotes: an identifier, with its qualifiers, or a keyword. */
  readonly text: string
  /** In upper case if the word is bare and so may be a keyword, else empty. */
  readonly keyword: string
}

const PUNCTUATION = '(),;'
const DOLLAR_TAG = /\$(?:[A-Za-z_]\w*)?\$/y

/** Reads the tokens of a text, one pass, each character once or twice. */
export function* readSqlTokens(text: string, dialect: SqlDialect): Generator<SqlToken> {
  let at = 0
  while (at < text.length) {
    const next = skipIgnored(text, at, dialect)
    if (next > at) {
      at = next
      continue
    }
    const character = text[at] ?? ''
    if (PUNCTUATION.includes(character)) {
      yield { kind: character as '(' | ')' | ',' | ';', text: character, keyword: '' }
      at += 1
    } else if (startsWord(text, at, dialect)) {
      const word = readWord(text, at, dialect)
      at = word.end
      yield { kind: 'word', text: word.text, keyword: word.isBare ? word.text.toUpperCase() : '' }
    } else {
      at += 1
    }
  }
}

/** Index after a comment, string, number or parameter that starts here; the same index if none does. */
function skipIgnored(text: string, at: number, dialect: SqlDialect): number {
  const character = text[at] ?? ''
  const next = text[at + 1]
  if (character === '-' && next === '-') return after(text, '\n', at)
  if (character === '#' && dialect === 'mysql') return after(text, '\n', at)
  if (character === '/' && next === '*') return dialect === 'mysql' ? after(text, '*/', at + 2) : skipNested(text, at)
  if (character === "'") return skipString(text, at, "'", dialect === 'mysql' || isEscapeString(text, at))
  if (character === '"' && dialect === 'mysql') return skipString(text, at, '"', true)
  if (character === '$') return skipDollar(text, at)
  if (character === '@' || character === ':' || isDigit(character)) return skipWordParts(text, at + 1)
  return at
}

function after(text: string, end: string, from: number): number {
  const index = text.indexOf(end, from)
  return index === -1 ? text.length : index + end.length
}

/** A comment that may hold comments. */
function skipNested(text: string, start: number): number {
  let depth = 1
  let at = start + 2
  while (depth > 0) {
    const end = text.indexOf('*/', at)
    if (end === -1) return text.length
    const inner = text.indexOf('/*', at)
    const isInner = inner !== -1 && inner < end
    depth += isInner ? 1 : -1
    at = (isInner ? inner : end) + 2
  }
  return at
}

/** PostgreSQL's `E'...'`, where a backslash escapes. */
function isEscapeString(text: string, at: number): boolean {
  return (text[at - 1] === 'E' || text[at - 1] === 'e') && !isWordPart(text, at - 2)
}

function skipString(text: string, start: number, quote: string, hasEscapes: boolean): number {
  let at = start + 1
  while (at < text.length) {
    const character = text[at]
    if (character === '\\' && hasEscapes) at += 2
    else if (character !== quote) at += 1
    else if (text[at + 1] === quote) at += 2
    else return at + 1
  }
  return text.length
}

/** `$1`, or a string between `$tag$`. */
function skipDollar(text: string, at: number): number {
  DOLLAR_TAG.lastIndex = at
  const tag = DOLLAR_TAG.exec(text)?.[0]
  return tag === undefined ? skipWordParts(text, at + 1) : after(text, tag, at + tag.length)
}

function skipWordParts(text: string, from: number): number {
  let at = from
  while (isWordPart(text, at)) at += 1
  return at
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9'
}

/** Letters, digits, `_`, `$`, and everything beyond ASCII; false outside of the text. */
function isWordPart(text: string, at: number): boolean {
  const code = text.charCodeAt(at) // NaN there
  return (code >= 48 && code <= 57) || code === 36 || isWordStart(code)
}

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 128
}

function startsWord(text: string, at: number, dialect: SqlDialect): boolean {
  return isWordStart(text.charCodeAt(at)) || closingQuote(text[at] ?? '', dialect) !== undefined
}

function closingQuote(character: string, dialect: SqlDialect): string | undefined {
  if (character === '`') return '`'
  if (character === '"') return dialect === 'mysql' ? undefined : '"'
  return character === '[' && dialect === 'mssql' ? ']' : undefined
}

interface Word {
  readonly text: string
  readonly end: number
  readonly isBare: boolean
}

/** An identifier with its qualifiers: `users`, `public.users`, `"Public"."Users"`. */
function readWord(text: string, start: number, dialect: SqlDialect): Word {
  const parts: string[] = []
  let at = start
  let isBare = true
  for (;;) {
    const quote = closingQuote(text[at] ?? '', dialect)
    if (quote === undefined) {
      const end = skipWordParts(text, at)
      parts.push(text.slice(at, end))
      at = end
    } else {
      isBare = false
      const end = skipString(text, at, quote, false)
      parts.push(text.slice(at + 1, end - 1))
      at = end
    }
    if (text[at] !== '.' || !startsWord(text, at + 1, dialect)) break
    isBare = false
    at += 1
  }
  return { text: parts.join('.'), end: at, isBare }
}
