import { maskRedisCommand } from '@plutus/redaction'
import type { CommandWords } from './command.ts'

/** How a command was sent: alone, in a transaction, or in a pipeline. */
export type RedisBatch = 'MULTI' | 'PIPELINE' | undefined

/**
 * What a Redis command does. Its text is the command, the kind of its first key, and `?` for every argument.
 *
 * @example wordsOfRedis('SET', ['session:9f3c', 'x']).queryText // 'SET session:? ?'
 */
export function wordsOfRedis(name: unknown, args: ArrayLike<unknown>, batch?: RedisBatch): CommandWords {
  const command = typeof name === 'string' || Buffer.isBuffer(name) ? String(name) : ''
  const queryText = maskRedisCommand(command, args)
  if (queryText === undefined) return {}
  return { operation: batch === undefined ? command : `${batch} ${command}`, queryText }
}
