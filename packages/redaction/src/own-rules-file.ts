import { compileOwnRules } from './own-rules.ts'
import type { OwnRule } from './own-rules.ts'

/** Rules that a file holds, and what is wrong with the others. */
export interface OwnRulesOfFile {
  readonly rules: readonly OwnRule[]
  /** One line for each rule that does not act: its name and the reason, never its pattern. */
  readonly problems: readonly string[]
}

const MAX_RULES = 100
const MEMBERS = ['name', 'pattern', 'flags', 'replacement']
const FLAGS = /^i?m?s?u?$/
const NAME = /^[A-Za-z][\w.-]{0,63}$/

/**
 * Reads rules from JSON: a list of `{ "name", "pattern", "flags", "replacement" }`, of which the last two may be left out.
 *
 * Throws nothing: a rule that cannot be used does not act, and the others do.
 *
 * @example parseOwnRules('[{"name":"member","pattern":"M-\\\\d{4}"}]').rules // [{ name: 'member', pattern: /M-\d{4}/ }]
 */
export function parseOwnRules(json: string): OwnRulesOfFile {
  const given = parse(json)
  if (!Array.isArray(given)) return { rules: [], problems: ['it holds no list of rules as JSON: none acts'] }
  const rules: OwnRule[] = []
  const problems: string[] = []
  for (const [at, entry] of given.slice(0, MAX_RULES).entries()) {
    const rule = readRule(entry)
    if (typeof rule === 'string') problems.push(`${nameOf(entry, at)} ${rule}: it does not act, the others do`)
    else if (rules.some(({ name }) => name === rule.name))
      problems.push(`${nameOf(entry, at)} has the name of another: it does not act, the others do`)
    else rules.push(rule)
  }
  if (given.length > MAX_RULES) problems.push(`it holds more than ${MAX_RULES} rules: those behind them do not act`)
  return { rules, problems }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json.startsWith('\ufeff') ? json.slice(1) : json)
  } catch {
    return undefined // the message would quote the file
  }
}

/** The rule, or what is wrong with it, worded to follow its name. */
function readRule(entry: unknown): OwnRule | string {
  if (typeof entry !== 'object' || entry === null) return `must be an object with ${MEMBERS.join(', ')}`
  const { name, pattern, flags = '', replacement } = entry as Readonly<Record<string, unknown>>
  if (Object.keys(entry).some((key) => !MEMBERS.includes(key))) return `may have only ${MEMBERS.join(', ')}`
  if (typeof name !== 'string' || !NAME.test(name)) {
    return 'must have a name: a letter and up to 63 letters, digits, "_", "." or "-"'
  }
  if (typeof pattern !== 'string') return 'must have a pattern, as a text'
  if (typeof flags !== 'string' || !FLAGS.test(flags)) return 'may have the flags i, m, s and u, in this order'
  if (replacement !== undefined && typeof replacement !== 'string') return 'must have a text as its replacement'
  try {
    const rule = { name, pattern: new RegExp(pattern, flags), ...(replacement !== undefined && { replacement }) }
    compileOwnRules([rule])
    return rule
  } catch (error) {
    return reasonOf(error)
  }
}

function nameOf(entry: unknown, at: number): string {
  const name = typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : undefined
  return typeof name === 'string' && NAME.test(name) ? `rule ${name}` : `rule ${at + 1}`
}

/** What Node says of a pattern begins with the pattern, which may be what must not be told. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  if (error instanceof SyntaxError) {
    return `must have a pattern that can be compiled (${message.slice(message.lastIndexOf(': ') + 2)})`
  }
  return /must be (.*); correct it/.exec(message)?.[1]?.replace(/^/, 'must be ') ?? 'cannot be used'
}
