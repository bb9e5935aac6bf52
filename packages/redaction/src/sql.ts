/** Which rules of quoting and comments hold in a statement. */
export type SqlDialect = 'postgresql' | 'mysql'

/** Characters of a statement that are kept. */
export const MAX_STATEMENT_CHARS = 4096
const CUT = '…'
const MAX_ROUNDS = 5
// What the dialects read differently.
const AMBIGUOUS = /[#"\\$/-]/
const DOLLAR_TAG = /\$[A-Za-z_]{0,32}\$/y // bounded and anchored
// Behind these words stands the name of a table, never a literal.
const TABLE_WORDS = new Set(['from', 'join', 'into', 'update', 'table'])

/** A literal or comment: from, to. */
type Span = readonly [start: number, end: number]

/**
 * Replaces literals and comments of a statement by `?`, and cuts it after 4,096 characters.
 *
 * Without a dialect, double quotes hold an identifier only where the statement shows that it is PostgreSQL's (`$1`, `::`,
 * `"a"."b"`, a quoted table), and what either dialect takes for a literal is one. A wrong guess costs the names in double
 * quotes, never a value.
 *
 * @example maskSql("SELECT * FROM users WHERE email = 'a@b.c' LIMIT 5") // 'SELECT * FROM users WHERE email = ? LIMIT ?'
 */
export function maskSql(text: string, dialect?: SqlDialect): string {
  const isCut = text.length > MAX_STATEMENT_CHARS + 1 || (text.length > MAX_STATEMENT_CHARS && !text.endsWith(CUT))
  const sql = isCut ? text.slice(0, MAX_STATEMENT_CHARS) : text
  const masked = dialect === undefined ? maskAny(sql) : replaceSpans(sql, scanSql(sql, dialect).spans)
  return isCut ? masked + CUT : masked
}

/** Masks until nothing more is found: with a literal may go what showed the dialect. */
function maskAny(sql: string): string {
  let current = sql
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = replaceSpans(current, spansOfAny(current))
    if (next === current || !AMBIGUOUS.test(next)) return next
    current = next
  }
  return '?'
}

function spansOfAny(sql: string): Span[] {
  const mysql = scanSql(sql, 'mysql')
  const hasMysqlQuotes = !mysql.looksPostgres
  if (hasMysqlQuotes && !sql.includes('\\') && !sql.includes('$') && !sql.includes('/*')) return mysql.spans
  const postgres = scanSql(sql, 'postgresql').spans
  if (!hasMysqlQuotes) {
    // Evidence that a value may have brought in itself is worth less when the dialects differ in where strings end.
    return sql.includes('\\') ? union(mysql.spans, postgres) : postgres
  }
  return union(mysql.spans, postgres)
}

function replaceSpans(sql: string, spans: readonly Span[]): string {
  if (spans.length === 0) return sql
  let result = ''
  let written = 0
  for (const [start, end] of spans) {
    result += `${sql.slice(written, start)}?`
    written = end
  }
  return result + sql.slice(written)
}

function union(a: readonly Span[], b: readonly Span[]): Span[] {
  const sorted = [...a, ...b].sort((one, other) => one[0] - other[0])
  const result: Span[] = []
  for (const span of sorted) {
    const last = result.at(-1)
    if (last !== undefined && span[0] < last[1]) result[result.length - 1] = [last[0], Math.max(last[1], span[1])]
    else result.push(span)
  }
  return result
}

/** Finds literals and comments, each character read once, and whether the rest looks like PostgreSQL. */
function scanSql(sql: string, dialect: SqlDialect): { spans: Span[]; looksPostgres: boolean } {
  const { length } = sql
  const isMysql = dialect === 'mysql'
  const spans: Span[] = []
  let looksPostgres = false
  let hasBackticks = false
  let word = '' // the last one, in lower case; empty behind anything else but spaces
  let i = 0
  while (i < length) {
    const code = sql.charCodeAt(i)
    const start = i
    if (isWordStart(code)) {
      while (i < length && isWordChar(sql.charCodeAt(i))) i++
      // A prefix of a string: E'', N'', B'', X''.
      if (i - start === 1 && sql.charCodeAt(i) === 0x27) {
        const escapes = isMysql || (code | 0x20) === 0x65
        i = stringEnd(sql, i, 0x27, escapes)
        spans.push([start, i])
        word = ''
      } else word = i - start <= 6 ? sql.slice(start, i).toLowerCase() : ''
      continue
    }
    if (isDigit(code) || (code === 0x2e && isDigit(sql.charCodeAt(i + 1)))) {
      i = numberEnd(sql, i)
      spans.push([start, i])
    } else if (code === 0x27) {
      i = stringEnd(sql, i, code, isMysql)
      spans.push([start, i])
    } else if (code === 0x22) {
      i = stringEnd(sql, i, code, isMysql)
      if (isMysql) spans.push([start, i])
      if (TABLE_WORDS.has(word) || (sql.charCodeAt(i) === 0x2e && sql.charCodeAt(i + 1) === 0x22)) looksPostgres = true
    } else if (code === 0x60) {
      hasBackticks = true
      i = stringEnd(sql, i, code, false)
    } else if (code === 0x2d && sql.charCodeAt(i + 1) === 0x2d) {
      i = commentEnd(sql, i)
      spans.push([start, i])
    } else if (code === 0x23 && isMysql && !isJsonOperator(sql, i)) {
      i = commentEnd(sql, i)
      spans.push([start, i])
    } else if (code === 0x2f && sql.charCodeAt(i + 1) === 0x2a) {
      i = blockEnd(sql, i, !isMysql)
      spans.push([start, i])
    } else if (code === 0x24) {
      DOLLAR_TAG.lastIndex = i
      const tag = DOLLAR_TAG.exec(sql)?.[0]
      if (isDigit(sql.charCodeAt(i + 1))) looksPostgres = true
      if (tag === undefined) i = skipName(sql, i + 1)
      else {
        const close = sql.indexOf(tag, i + tag.length)
        i = close === -1 ? length : close + tag.length
        spans.push([start, i])
      }
    } else if (code === 0x3a || code === 0x40) {
      // `::` casts; `:name` and `@name` are parameters.
      if (code === 0x3a && sql.charCodeAt(i + 1) === code) {
        looksPostgres = true
        i += 2
      } else i = skipName(sql, i + 1)
    } else {
      i++
      if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) continue
    }
    word = ''
  }
  return { spans, looksPostgres: looksPostgres && !hasBackticks }
}

/** The position after the quote that closes a string; doubled ones do not. */
function stringEnd(sql: string, open: number, quote: number, escapes: boolean): number {
  const { length } = sql
  for (let i = open + 1; i < length; i++) {
    const code = sql.charCodeAt(i)
    if (code === 0x5c && escapes) i++
    else if (code === quote) {
      if (sql.charCodeAt(i + 1) !== quote) return i + 1
      i++
    }
  }
  return length
}

function numberEnd(sql: string, start: number): number {
  let i = start
  for (; i < sql.length; i++) {
    const code = sql.charCodeAt(i)
    if (isWordChar(code) || code === 0x2e) continue
    const isExponent = (code === 0x2b || code === 0x2d) && (sql.charCodeAt(i - 1) | 0x20) === 0x65
    if (!isExponent || !isDigit(sql.charCodeAt(i + 1))) break
  }
  return i
}

function commentEnd(sql: string, start: number): number {
  const end = sql.indexOf('\n', start)
  return end === -1 ? sql.length : end
}

/** The position after a comment; PostgreSQL nests them. */
function blockEnd(sql: string, start: number, nests: boolean): number {
  let depth = 0
  for (let i = start; i < sql.length - 1; i++) {
    const code = sql.charCodeAt(i)
    const next = sql.charCodeAt(i + 1)
    if (code === 0x2f && next === 0x2a && (nests || depth === 0)) {
      depth++
      i++
    } else if (code === 0x2a && next === 0x2f) {
      i++
      if (--depth === 0) return i + 1
    }
  }
  return sql.length
}

/** `#>`, `#>>` and `#-` of PostgreSQL. */
function isJsonOperator(sql: string, at: number): boolean {
  const next = sql.charCodeAt(at + 1)
  return next === 0x3e || (next === 0x2d && sql.charCodeAt(at + 2) !== 0x2d)
}

function skipName(sql: string, start: number): number {
  let i = start
  while (i < sql.length && isWordChar(sql.charCodeAt(i))) i++
  return i
}

function isWordStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code > 0x7f
}

function isWordChar(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === 0x24
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
