const COMMAND_NAME = /^[A-Za-z][\w.|-]{0,39}$/
const MAX_ARGUMENTS = 8
const MAX_KEY_CHARS = 256
// The first part of a key names its kind (`session:9f3c...`); what follows may be a name, an address, a token.
const KEY_KIND = /^[A-Za-z][A-Za-z_-]{0,31}$/
const KEY_SEPARATOR = /[:./|]/
const MAX_SHAPE_CHARS = 16
// Their first argument is no key, and may be a password or free text.
const VALUES_ONLY = /^(?:AUTH|HELLO|ECHO|PING|EVAL|EVALSHA)$/i

/**
 * Writes a Redis command without its values: its name, the kind of its first key, and `?` for every other argument; `…` for
 * all behind the eighth. A command that was written so stays as it is.
 *
 * @returns `undefined` if `name` cannot be that of a command.
 * @example maskRedisCommand('SET', ['session:9f3c', 'x']) // 'SET session:? ?'
 */
export function maskRedisCommand(name: string, args: ArrayLike<unknown>): string | undefined {
  if (!COMMAND_NAME.test(name)) return undefined
  const shown = Math.min(args.length, MAX_ARGUMENTS)
  let text = name
  for (let at = 0; at < shown; at++) text += ` ${at === 0 && !VALUES_ONLY.test(name) ? maskKey(args[at]) : '?'}`
  return args.length > shown ? `${text} …` : text
}

/** Keeps the kind of a key, the first of its parts if that is a word: `user:42:cart` becomes `user:?:?`. */
function maskKey(key: unknown): string {
  if ((typeof key !== 'string' && !Buffer.isBuffer(key)) || key.length > MAX_KEY_CHARS) return '?'
  const text = key.toString()
  const separator = KEY_SEPARATOR.exec(text)
  const kind = separator === null ? text : text.slice(0, separator.index)
  if (!KEY_KIND.test(kind)) return '?'
  if (separator === null) return kind
  const rest = text.slice(separator.index).replaceAll(/[^:./|]+/g, '?')
  return rest.length > MAX_SHAPE_CHARS ? `${kind}${separator[0]}?` : `${kind}${rest}`
}
