import { maskCookies } from './cookies.ts'
import { packEnding } from './key-rules.ts'
import type { KeyRule } from './key-rules.ts'
import { isPan } from './pan.ts'
import { PolicyKeys } from './policy-keys.ts'
import { checkOptions } from './redaction-options.ts'
import type { OnHit, RedactionOptions } from './redaction-options.ts'
import { REDACTED } from './shapes.ts'
import { maskSql } from './sql.ts'
import { maskStatement } from './statement.ts'
import { TextMasker } from './text-masker.ts'

/** What a redactor decided about a key: the key as it is written, and whether its values are looked at. */
export interface RedactionVerdict {
  readonly name: string
  readonly values: 'keep' | 'check' | 'replace'
}

/**
 * Applies a policy to single values; the shape that the encoder of `@plutus/otlp` asks for.
 *
 * Nothing it does changes what it is given, and the time it takes grows with the length of a text and not faster. Its
 * methods throw nothing that a value could cause.
 */
export interface Redactor {
  /** Judges a key. */
  key(key: string, carrier: string): RedactionVerdict
  /** Returns a text as it may be written. */
  text(text: string, carrier: string, verdict?: RedactionVerdict): string
  /** Returns a number, or a text in its place. */
  number(value: number | bigint, carrier: string, verdict?: RedactionVerdict): number | bigint | string
  /** Returns bytes as they may be written. */
  bytes(value: Uint8Array, carrier: string, verdict?: RedactionVerdict): Uint8Array | string
  /** Returns what is written for a value whose key says that it is a secret. */
  replace(value: unknown, carrier: string, verdict: RedactionVerdict): string
  /** Judges a member of a list by the one before it: what follows `--password` is one. */
  after(before: unknown, member: unknown, carrier: string): RedactionVerdict | undefined
  /** Judges a value by the name that stands beside it, as in `{ name, value }` and `[name, value]`. */
  beside(name: string, carrier: string): RedactionVerdict | undefined
}

/** How the texts of a key are read. */
type Reading = 'text' | 'statement' | 'graphql' | 'cookie'

interface Verdict extends RedactionVerdict {
  readonly rule: KeyRule | undefined
  readonly reading: Reading
}

const MAX_JUDGED_KEYS = 2000
const MAX_CLEAN_STATEMENTS = 300
const MAX_CLEAN_CHARS = 2048
const STATEMENT_KEY = /^db\.query\.text$|(?:^|[._-])(?:sql|statement)$/i
// The name of a command line option that stands for itself, as in `process.command_args`; linear.
const OPTION_NAME = /^--?([A-Za-z][\w.-]{0,63})$/
// What may be a name beside its value; linear.
const NAME = /^[A-Za-z][\w.-]{0,63}$/
const GRAPHQL_KEY = /^graphql\.(?:document|source)$/
const MASKED_BEFORE = /^(?:\[redacted\]|\*{4}[\w-]{0,4}|[A-Z]{2}\*{4}\w{4}|hash:[0-9a-f]{16})$/

/**
 * Creates the redactor of a policy. Sets and patterns are built when they are first needed.
 *
 * @throws {PlutusOptionError} for an option that is unknown or breaks its rule, and for an own pattern that may take more
 * than linear time, with the reason.
 * @example createRedactor().text('paid by 4242 4242 4242 4242', 'log.body') // 'paid by ****4242'
 */
export function createRedactor(options: RedactionOptions = {}): Redactor {
  return new PolicyRedactor(checkOptions(options))
}

class PolicyRedactor implements Redactor {
  readonly #keys: PolicyKeys
  readonly #masker: TextMasker
  readonly #onHit: OnHit | undefined
  readonly #verdicts = new Map<string, Verdict>()
  /** Statements that hold no literal: applications send the same ones again and again. */
  readonly #clean = new Set<string>()

  constructor(options: RedactionOptions) {
    this.#keys = new PolicyKeys(options)
    this.#masker = new TextMasker(options, this.#keys)
    this.#onHit = options.onHit
  }

  key(key: string, carrier: string): Verdict {
    const known = this.#verdicts.get(key)
    if (known !== undefined) return known
    const verdict = this.#judgeKey(key, carrier)
    // A key that is a secret itself is not kept in memory.
    if (verdict.name === key) {
      if (this.#verdicts.size >= MAX_JUDGED_KEYS) this.#verdicts.clear()
      this.#verdicts.set(key, verdict)
    }
    return verdict
  }

  text(text: string, carrier: string, verdict?: RedactionVerdict): string {
    const reading = verdict === undefined ? 'text' : (verdict as Verdict).reading
    if (reading !== 'text') return this.#special(text, reading, carrier, verdict)
    return this.#masker.mask(text, carrier, verdict?.name)
  }

  number(value: number | bigint, carrier: string, verdict?: RedactionVerdict): number | bigint | string {
    if (typeof value === 'number' && ((value < 1e12 && value > -1e12) || !Number.isInteger(value))) return value
    const digits = String(value < 0 ? -value : value)
    if (digits.length > 19 || !isPan(digits)) return value
    this.#onHit?.('pan', carrier, verdict?.name)
    return `****${digits.slice(-4)}`
  }

  bytes(value: Uint8Array, carrier: string, verdict?: RedactionVerdict): Uint8Array | string {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    const text = bytes.toString('utf8')
    const masked = this.text(text, carrier, verdict)
    if (masked !== text) return masked === REDACTED ? masked : Buffer.from(masked)
    if (!text.includes('\u0000')) return value
    // Text in characters of two bytes.
    const narrow = text.replaceAll('\u0000', '')
    return this.text(narrow, carrier, verdict) === narrow ? value : REDACTED
  }

  replace(value: unknown, carrier: string, verdict: RedactionVerdict): string {
    if (value === '' || typeof value === 'boolean') return String(value)
    const isText = typeof value === 'string'
    if (isText && MASKED_BEFORE.test(value)) return value
    const { rule = 'secret_key' } = verdict as Verdict
    this.#onHit?.(rule, carrier, verdict.name)
    return isText || typeof value === 'number' || typeof value === 'bigint'
      ? this.#masker.replacement(String(value), rule)
      : REDACTED
  }

  after(before: unknown, member: unknown, carrier: string): Verdict | undefined {
    if (typeof before !== 'string' || before.charCodeAt(0) !== 0x2d) return undefined
    const name = OPTION_NAME.exec(before)?.[1]
    // Another option says that the one before it has no value.
    if (name === undefined || (typeof member === 'string' && member.charCodeAt(0) === 0x2d)) return undefined
    const verdict = this.key(name, carrier)
    return verdict.rule === undefined ? undefined : verdict
  }

  beside(name: string, carrier: string): Verdict | undefined {
    // Most words are no names of secrets, and need no verdict.
    if (!this.#keys.judge.endings.has(packEnding(name, name.length)) || !NAME.test(name)) return undefined
    const verdict = this.key(name, carrier)
    return verdict.rule === undefined ? undefined : verdict
  }

  #judgeKey(key: string, carrier: string): Verdict {
    if (this.#keys.isKept(key)) return verdict(key, 'keep', undefined)
    const name = this.text(key, carrier)
    const rule = this.#keys.ruleOf(key)
    if (rule === 'cookie') return verdict(name, 'check', rule, 'cookie')
    return rule === undefined ? verdict(name, 'check', rule, readingOf(key)) : verdict(name, 'replace', rule)
  }

  #special(text: string, reading: Reading, carrier: string, verdict: RedactionVerdict | undefined): string {
    if (reading === 'statement' && this.#clean.has(text)) return text
    const rule = reading === 'cookie' ? 'cookie' : 'statement'
    const masked =
      reading === 'cookie' ? maskCookies(text) : reading === 'graphql' ? maskSql(text, 'mysql') : maskStatement(text)
    if (masked !== text) this.#onHit?.(rule, carrier, verdict?.name)
    const result = this.#masker.mask(masked, carrier, verdict?.name)
    if (result === text && reading === 'statement' && text.length <= MAX_CLEAN_CHARS) {
      if (this.#clean.size >= MAX_CLEAN_STATEMENTS) this.#clean.clear()
      this.#clean.add(text)
    }
    return result
  }
}

function verdict(
  name: string,
  values: RedactionVerdict['values'],
  rule: KeyRule | undefined,
  reading: Reading = 'text',
): Verdict {
  return { name, values, rule, reading }
}

function readingOf(key: string): Reading {
  if (STATEMENT_KEY.test(key)) return 'statement'
  return GRAPHQL_KEY.test(key) ? 'graphql' : 'text'
}
