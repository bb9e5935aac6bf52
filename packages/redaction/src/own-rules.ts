import { PlutusOptionError } from '@plutus/conventions'

/** A rule of the application's own. */
export interface OwnRule {
  /** Name by which hits are counted: letters, digits, `_`, `.` and `-`. */
  readonly name: string
  /** What is masked. Flags `i`, `s`, `u` and `m` are kept; repetitions need an upper bound. */
  readonly pattern: RegExp
  /** What is written instead. @defaultValue `[redacted]` */
  readonly replacement?: string
}

const NAME = /^[A-Za-z][\w.-]{0,63}$/
const MAX_WAYS = 4096
const MAX_REPEAT = 1024
const MAX_RULES = 100

/** A rule whose pattern is known to take linear time. */
export interface CompiledRule {
  readonly name: string
  readonly pattern: RegExp
  readonly replacement: string
}

/**
 * Checks the application's rules and compiles them.
 *
 * A pattern is accepted if from any one position it can go at most 4,096 ways, each of bounded length: then the time for
 * a text is at most that many steps per character, whatever the text. So `+`, `*` and `{2,}` are refused, and so are
 * references to groups, assertions that look around, and repetitions inside of repetitions that multiply beyond it.
 *
 * @throws {PlutusOptionError} that names the rule and the reason.
 */
export function compileOwnRules(rules: readonly OwnRule[]): CompiledRule[] {
  if (rules.length > MAX_RULES) throw new PlutusOptionError('redaction.rules', `at most ${MAX_RULES} rules`)
  return rules.map(({ name, pattern, replacement = '[redacted]' }, at) => {
    if (!NAME.test(name)) {
      throw new PlutusOptionError(
        `redaction.rules[${at}].name`,
        'a letter and up to 63 letters, digits, "_", "." or "-"',
      )
    }
    const reason = findNonLinear(pattern)
    if (reason !== undefined)
      throw new PlutusOptionError(`redaction.rules.${name}`, `a pattern of linear time: ${reason}`)
    const flags = pattern.flags.replaceAll(/[gyd]/g, '')
    return { name, pattern: new RegExp(pattern.source, `${flags}g`), replacement }
  })
}

/** Why a pattern may take more than linear time; `undefined` if it cannot. */
export function findNonLinear(pattern: RegExp): string | undefined {
  if (pattern.flags.includes('v')) return 'the flag v is not supported, use u'
  if (pattern.test('')) {
    pattern.lastIndex = 0
    return 'it matches the empty text'
  }
  pattern.lastIndex = 0
  try {
    const ways = new PatternReader(pattern.source).read()
    return ways > MAX_WAYS ? `it can go ${ways} ways from one position, at most ${MAX_WAYS} are allowed` : undefined
  } catch (error) {
    return error instanceof Refusal ? error.message : 'it cannot be read'
  }
}

class Refusal extends Error {}

/** Counts the ways that a backtracking engine can go from one position. */
class PatternReader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  read(): number {
    const ways = this.#alternatives()
    if (this.#at < this.#source.length) throw new Refusal('it cannot be read')
    return ways
  }

  #alternatives(): number {
    let ways = this.#sequence()
    while (this.#peek() === '|') {
      this.#at++
      ways += this.#sequence()
    }
    return ways
  }

  #sequence(): number {
    let ways = 1
    while (this.#at < this.#source.length && this.#peek() !== '|' && this.#peek() !== ')') {
      ways = Math.min(ways * this.#repeated(), Number.MAX_SAFE_INTEGER)
    }
    return ways
  }

  #repeated(): number {
    const once = this.#atom()
    const [min, max] = this.#quantifier()
    let ways = 0
    for (let times = min; times <= max && ways <= MAX_WAYS; times++) ways += once ** times
    return Math.min(ways, Number.MAX_SAFE_INTEGER)
  }

  #atom(): number {
    const character = this.#peek()
    this.#at++
    if (character === '(') return this.#group()
    if (character === '[') this.#characterClass()
    else if (character === '\\') this.#escape()
    return 1
  }

  #group(): number {
    if (this.#peek() === '?') {
      const rest = this.#source.slice(this.#at, this.#at + 3)
      if (/^\?(?:[=!]|<[=!])/.test(rest))
        throw new Refusal('it looks around with (?=, (?!, (?<= or (?<!, leave that out')
      const name = /^\?(?:<[^>]{1,64}>|[a-z-]{0,8}:)/.exec(this.#source.slice(this.#at, this.#at + 70))?.[0]
      if (name === undefined) throw new Refusal('it has a group of an unknown kind')
      this.#at += name.length
    }
    const ways = this.#alternatives()
    if (this.#peek() !== ')') throw new Refusal('it cannot be read')
    this.#at++
    return ways
  }

  #characterClass(): void {
    while (this.#at < this.#source.length && this.#peek() !== ']') this.#at += this.#peek() === '\\' ? 2 : 1
    this.#at++
  }

  #escape(): void {
    const character = this.#peek()
    if (/[1-9k]/.test(character)) throw new Refusal('it refers back to a group, leave that out')
    this.#at++
    const braces = character === 'p' || character === 'P' || character === 'u' ? /^\{[^}]{1,64}\}/ : undefined
    this.#at += braces?.exec(this.#source.slice(this.#at, this.#at + 70))?.[0].length ?? 0
  }

  #quantifier(): [min: number, max: number] {
    const character = this.#peek()
    if (character === '?') {
      this.#at++
      this.#lazy()
      return [0, 1]
    }
    if (character === '*' || character === '+') throw new Refusal(`"${character}" has no upper bound, write {1,64}`)
    const braces = /^\{(\d{1,9})(,?)(\d{0,9})\}/.exec(this.#source.slice(this.#at, this.#at + 24))
    if (braces === null) return [1, 1]
    const [whole, least = '', comma, most = ''] = braces
    if (comma !== '' && most === '') throw new Refusal(`"${whole}" has no upper bound, write {${least},64}`)
    const max = Number(comma === '' ? least : most)
    if (max > MAX_REPEAT) throw new Refusal(`"${whole}" repeats more than ${MAX_REPEAT} times`)
    this.#at += whole.length
    this.#lazy()
    return [Number(least), max]
  }

  #lazy(): void {
    if (this.#peek() === '?') this.#at++
  }

  #peek(): string {
    return this.#source[this.#at] ?? ''
  }
}
