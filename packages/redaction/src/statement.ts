import { maskRedisCommand } from './redis-command.ts'
import { MAX_STATEMENT_CHARS, maskSql } from './sql.ts'

const SQL_WORDS = new Set(
  (
    'select insert update delete replace merge with alter create drop truncate explain analyze begin commit rollback ' +
    'savepoint release call exec execute declare grant revoke lock show describe use values vacuum fetch close ' +
    'prepare deallocate table from do'
  ).split(' '),
)
// Both SQL and Redis know them; of SQL they look so. Each word is followed by what ends it: linear.
const SHARED_WORDS = /^(?:set|copy|move|discard|listen)\b/i
const SHARED_AS_SQL =
  /^(?:set\s{1,8}(?:(?:local|session|global)\s{1,8})?[\w.@"`]{1,128}\s{0,8}(?:=|to\s)|set\s{1,8}(?:(?:local|session|global)\s{1,8})?(?:transaction|names|role|constraints|time)\s|copy\s[^:]{1,256}\s(?:from|to)\s|(?:listen|discard)\s{1,8}\w{1,64}\s{0,8};?$)/i
const FIRST_WORD = /^[\s(]{0,64}([A-Za-z]+)/
const COMMAND = /^[A-Za-z][\w.|-]{0,39}$/
const BATCH = /^(?:MULTI|PIPELINE)$/i
const UPSTREAM_REST = / \[\d{1,9} other arguments\]$/
const MAX_COMMANDS = 8

/**
 * Masks the values of a database statement of any system: literals of SQL, arguments of a Redis command behind its key's
 * kind, values of a MongoDB document.
 *
 * @example maskStatement('SET session:9f3c secret') // 'SET session:? ?'
 */
export function maskStatement(text: string): string {
  const first = text.trimStart()[0]
  if (first === '{' || first === '[') return maskDocument(text)
  const word = FIRST_WORD.exec(text)?.[1]?.toLowerCase()
  if (word === undefined || SQL_WORDS.has(word)) return maskSql(text)
  if (SHARED_WORDS.test(text) ? SHARED_AS_SQL.test(text) : !COMMAND.test(text.trim().split(/\s/, 1)[0] ?? '')) {
    return maskSql(text)
  }
  return text.split('\n', MAX_COMMANDS).map(maskRedis).join('\n')
}

/** `GET session:9f3c` becomes `GET session:?`; a text that is masked already stays. */
function maskRedis(line: string): string {
  if (line.trim() === '') return line
  const rest = UPSTREAM_REST.exec(line)?.[0] ?? ''
  const words = line.slice(0, Math.min(line.length - rest.length, MAX_STATEMENT_CHARS)).split(' ')
  const batch = BATCH.test(words[0] ?? '') && COMMAND.test(words[1] ?? '') ? `${words.shift()} ` : ''
  const masked = maskRedisCommand(words[0] ?? '', words.slice(1))
  return masked === undefined ? '?' : batch + masked + rest
}

/** The shape of a document: its keys, every value `?`. What is not JSON loses all that is quoted or a number. */
function maskDocument(text: string): string {
  let document: unknown
  try {
    if (text.length > MAX_STATEMENT_CHARS) return maskSql(text, 'mysql')
    document = JSON.parse(text)
  } catch {
    return maskSql(text, 'mysql')
  }
  const shape = JSON.stringify(document, asShape)
  return JSON.stringify(document) === shape ? text : shape
}

function asShape(_key: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return value
  return '?'
}
