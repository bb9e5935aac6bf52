import type { CommandWords } from './command.ts'
import { summarizeSql } from './sql-summary.ts'
import type { SqlDialect } from './sql-tokens.ts'

const MAX_TEXT_CHARACTERS = 4096
// Applications send the same parameterised texts again and again. One with values in the text never hits, and must
// not fill the memory either.
const MAX_CACHED = 500
const MAX_CACHED_CHARACTERS = 2048

const caches: Readonly<Record<SqlDialect, Map<string, CommandWords>>> = {
  standard: new Map(),
  mysql: new Map(),
  mssql: new Map(),
}
const NOTHING: CommandWords = {}

/** What an SQL text does; its first 4,096 characters become `queryText`, as the application gave them. */
export function wordsOfSql(text: string | undefined, dialect: SqlDialect): CommandWords {
  if (text === undefined || text === '') return NOTHING
  const cache = caches[dialect]
  const known = cache.get(text)
  if (known !== undefined) return known
  const isShared = text.length <= MAX_CACHED_CHARACTERS
  const words = { ...summarizeSql(text, dialect), queryText: cutText(text), isShared }
  if (isShared) {
    if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value ?? '')
    cache.set(text, words)
  }
  return words
}

/** Cuts a query text to the length that is kept of it. */
export function cutText(text: string): string {
  return text.length > MAX_TEXT_CHARACTERS ? text.slice(0, MAX_TEXT_CHARACTERS) : text
}
