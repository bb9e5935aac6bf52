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
const MAX_STEPS = 16_384
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
 * A pattern is accepted if from any one position it can go at most 4,096 ways, in at most 16,384 steps together: then the
 * time for a text is at most that many steps per character, whatever the text. So `+`, `*` and `{2,}` are refused, and so
 * are references to groups, assertions that look around, and repetitions inside of repetitions that multiply beyond it.
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

/** Why a pattern may take more than linear time, or may mask what is not there; `undefined` if it cannot. */
export function findNonLinear(pattern: RegExp): string | undefined {
  if (pattern.flags.includes('v')) return 'the flag v is not supported, use u'
  try {
    const { ways, steps, least } = new PatternReader(pattern.source, pattern.unicode).read()
    if (least === 0) return 'it matches the empty text'
    if (ways > MAX_WAYS) return `it can go ${ways} ways from one position, at most ${MAX_WAYS} are allowed`
    return steps > MAX_STEPS
      ? `it can take ${steps} steps from one position, at most ${MAX_STEPS} are allowed`
      : undefined
  } catch (error) {
    return error instanceof Refusal ? error.message : 'it cannot be read'
  }
}

class Refusal extends Error {}

/** What a part of a pattern may cost from one position; counts end at the greatest safe integer. */
interface Cost {
  /** Ways that a backtracking engine can go through it. */
  readonly ways: number
  /** Steps of all ways together. */
  readonly steps: number
  /** Characters that it takes at least. */
  readonly least: number
}

const NOTHING: Cost = { ways: 1, steps: 0, least: 0 }
const CHARACTER: Cost = { ways: 1, steps: 1, least: 1 }
const ASSERTION: Cost = { ways: 1, steps: 1, least: 0 }

function both(first: Cost, second: Cost): Cost {
  return {
    ways: bounded(first.ways * second.ways),
    steps: bounded(first.steps + first.ways * second.steps),
    least: first.least + second.least,
  }
}

function either(first: Cost, second: Cost): Cost {
  return {
    ways: bounded(first.ways + second.ways),
    steps: bounded(first.steps + second.steps),
    least: Math.min(first.least, second.least),
  }
}

function repeat(once: Cost, min: number, max: number): Cost {
  let ways = min === 0 ? 1 : 0
  let steps = 0
  let reached = 1
  for (let times = 1; times <= max; times++) {
    steps = bounded(steps + reached * once.steps)
    reached = bounded(reached * once.ways)
    if (times >= min) ways = bounded(ways + reached)
  }
  return { ways, steps, least: min * once.least }
}

function bounded(count: number): number {
  return Math.min(count, Number.MAX_SAFE_INTEGER)
}

/** Counts what a backtracking engine may do from one position. */
class PatternReader {
  readonly #source: string
  readonly #isUnicode: boolean
  #at = 0

  constructor(source: string, isUnicode: boolean) {
    this.#source = source
    this.#isUnicode = isUnicode
  }

  read(): Cost {
    const cost = this.#alternatives()
    if (this.#at < this.#source.length) throw new Refusal('it cannot be read')
    return cost
  }

  #alternatives(): Cost {
    let cost = this.#sequence()
    while (this.#peek() === '|') {
      this.#at++
      cost = either(cost, this.#sequence())
    }
    return cost
  }

  #sequence(): Cost {
    let cost = NOTHING
    while (this.#at < this.#source.length && this.#peek() !== '|' && this.#peek() !== ')') {
      const once = this.#atom()
      cost = both(cost, repeat(once, ...this.#quantifier()))
    }
    return cost
  }

  #atom(): Cost {
    const character = this.#peek()
    this.#at++
    if (character === '(') return this.#group()
    if (character === '^' || character === '$') return ASSERTION
    if (character === '[') this.#characterClass()
    else if (character === '\\') return this.#escape()
    return CHARACTER
  }

  #group(): Cost {
    if (this.#peek() === '?') {
      const rest = this.#source.slice(this.#at, this.#at + 3)
      if (/^\?(?:[=!]|<[=!])/.test(rest))
        throw new Refusal('it looks around with (?=, (?!, (?<= or (?<!, leave that out')
      const name = /^\?(?:<[^>]{1,64}>|[a-z-]{0,8}:)/.exec(this.#source.slice(this.#at, this.#at + 70))?.[0]
      if (name === undefined) throw new Refusal('it has a group of an unknown kind')
      this.#at += name.length
    }
    const cost = this.#alternatives()
    if (this.#peek() !== ')') throw new Refusal('it cannot be read')
    this.#at++
    return cost
  }

  #characterClass(): void {
    while (this.#at < this.#source.length && this.#peek() !== ']') this.#at += this.#peek() === '\\' ? 2 : 1
    this.#at++
  }

  #escape(): Cost {
    const character = this.#peek()
    if (/[1-9k]/.test(character)) throw new Refusal('it refers back to a group, leave that out')
    this.#at++
    if (character === 'b' || character === 'B') return ASSERTION
    // Without the flag u these letters stand for themselves, and the braces behind them repeat.
    if (this.#isUnicode && /[pPu]/.test(character)) {
      this.#at += /^\{[^}]{1,64}\}/.exec(this.#source.slice(this.#at, this.#at + 70))?.[0].length ?? 0
    }
    return CHARACTER
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
