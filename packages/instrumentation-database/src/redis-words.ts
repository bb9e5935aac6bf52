import type { CommandWords } from './command.ts'

/** How a command was sent: alone, in a transaction, or in a pipeline. */
export type RedisBatch = 'MULTI' | 'PIPELINE' | undefined

const COMMAND_NAME = /^[A-Za-z][\w.|-]{0,39}$/
const MAX_ARGUMENTS = 8
const MAX_KEY_CHARACTERS = 256
// The first part of a key names its kind (`session:9f3c...`); what follows may be a name, an address, a token.
const KEY_KIND = /^[A-Za-z][A-Za-z_-]{0,31}$/
const KEY_SEPARATOR = /[:./|]/
// Their first argument is no key, and may be a password or free text.
const VALUES_ONLY = new Set(['AUTH', 'HELLO', 'ECHO', 'PING'])

/**
 * What a Redis command does. Its text is the command, the kind of its first key, and `?` for every argument.
 *
 * @example wordsOfRedis('SET', ['session:9f3c', 'x']).queryText // 'SET session:? ?'
 */
export function wordsOfRedis(name: unknown, args: ArrayLike<unknown>, batch?: RedisBatch): CommandWords {
  const command = typeof name === 'string' || Buffer.isBuffer(name) ? String(name) : ''
  if (!COMMAND_NAME.test(command)) return {}
  return {
    operation: batch === undefined ? command : `${batch} ${command}`,
    queryText: formatRedisCommand(command, args),
  }
}

function formatRedisCommand(command: string, args: ArrayLike<unknown>): string {
  const shown = Math.min(args.length, MAX_ARGUMENTS)
  let text = command
  for (let index = 0; index < shown; index += 1) {
    const isKey = index === 0 && !VALUES_ONLY.has(command.toUpperCase())
    text += ` ${isKey ? maskKey(args[index]) : '?'}`
  }
  return args.length > shown ? `${text} …` : text
}

/**
 * Keeps the kind of a key, the first of its parts if that is a word, and puts `?` for the rest.
 *
 * @example maskKey('user:42:cart') // 'user:?:?'
 */
export function maskKey(key: unknown): string {
  if (typeof key !== 'string' && !Buffer.isBuffer(key)) return '?'
  if (key.length > MAX_KEY_CHARACTERS) return '?'
  const text = key.toString()
  const separator = KEY_SEPARATOR.exec(text)
  const kind = separator === null ? text : text.slice(0, separator.index)
  if (!KEY_KIND.test(kind)) return '?'
  if (separator === null) return kind
  const rest = text.slice(separator.index).replaceAll(/[^:./|]+/g, '?')
  return rest.length > 16 ? `${kind}${separator[0]}?` : `${kind}${rest}`
}
