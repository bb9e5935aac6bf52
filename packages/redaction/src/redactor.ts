import { PlutusOptionError } from '@plutus/conventions'
import { maskCookies } from './cookies.ts'
import { fold, unescapeOnce } from './decode.ts'
import { maskEmails } from './email.ts'
import { maskIbans } from './iban.ts'
import { maskIps, networkOf } from './ip.ts'
import { createKeyRules, findKeyRule, splitWords } from './key-rules.ts'
import type { KeyRule, KeyRules } from './key-rules.ts'
import { createKeyedHash } from './keyed-hash.ts'
import type { KeyedHash } from './keyed-hash.ts'
import { compileOwnRules } from './own-rules.ts'
import type { CompiledRule, OwnRule } from './own-rules.ts'
import { maskOptions, maskPairs } from './pairs.ts'
import type { KeyJudge } from './pairs.ts'
import { createPanMasker, isPan } from './pan.ts'
import type { RedactionProfile, RuleName } from './rules.ts'
import * as scanning from './scan.ts'
import { scan } from './scan.ts'
import * as shapes from './shapes.ts'
import { REDACTED } from './shapes.ts'
import { maskSql } from './sql.ts'
import { maskStatement } from './statement.ts'

/** What happens to a kind of personal data. */
export type Privacy = 'keep' | 'mask' | 'hash'

/** Hears of each value that was masked: by which rule, where, and under which key, itself redacted. */
export type OnHit = (rule: string, carrier: string, key: string | undefined) => void

/** A redaction policy. */
export interface RedactionOptions {
  /** Which built-in rules hold: all, or card data and credentials alone. @defaultValue `pci` */
  readonly profile?: RedactionProfile | undefined
  /** Keys whose values are removed too; `account.ref` also means `accountRef` and what ends in it. @defaultValue none */
  readonly keys?: readonly string[] | undefined
  /** Keys whose values are left unseen, whatever they hold. @defaultValue none */
  readonly keep?: readonly string[] | undefined
  /** E-mail addresses. @defaultValue `mask`, in the profile `minimal` `keep` */
  readonly email?: Privacy | undefined
  /** IP addresses; `mask` leaves the network. @defaultValue `keep` */
  readonly ip?: Privacy | undefined
  /** Values of `user.id` and its like. @defaultValue `keep` */
  readonly userId?: Privacy | undefined
  /** Key of `hash`, at least 16 bytes. @defaultValue random, one for each redactor */
  readonly hashKey?: Uint8Array | undefined
  /** Rules of the application's own. @defaultValue none */
  readonly rules?: readonly OwnRule[] | undefined
  /** @defaultValue nobody hears of hits */
  readonly onHit?: OnHit | undefined
}

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
}

/** How the texts of a key are read. */
type Reading = 'text' | 'statement' | 'graphql' | 'cookie'

interface Verdict extends RedactionVerdict {
  readonly rule: KeyRule | undefined
  readonly reading: Reading
}

/** Longest text that is looked at; a record of telemetry cannot be longer. */
const MAX_CHARS = 1024 * 1024
// What is cut off a text goes with the last token before the cut: half a card number is not recognised.
const CUT_MARGIN = 512
const CUT_MARK = ' [cut]'
const MAX_ROUNDS = 5
const MAX_LAYERS = 5
const MAX_JUDGED_KEYS = 2000
const MAX_CLEAN_STATEMENTS = 300
const MAX_CLEAN_CHARS = 2048
const MIN_HASH_KEY_BYTES = 16
const PRIVACIES: ReadonlySet<unknown> = new Set(['keep', 'mask', 'hash'])
const STATEMENT_KEY = /^db\.query\.text$|(?:^|[._-])(?:sql|statement)$/i
// The name of a command line option that stands for itself, as in `process.command_args`; linear.
const OPTION_NAME = /^--?([A-Za-z][\w.-]{0,63})$/
const GRAPHQL_KEY = /^graphql\.(?:document|source)$/
const OPTIONS = new Set(['profile', 'keys', 'keep', 'email', 'ip', 'userId', 'hashKey', 'rules', 'onHit'])
const MINIMAL_KEY_RULES: readonly KeyRule[] = ['secret_key', 'security_code', 'pan_key', 'cookie', 'user_id', 'own_key']
const PCI_KEY_RULES: readonly KeyRule[] = [...MINIMAL_KEY_RULES, 'account_key', 'national_id_key']
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

function checkOptions(options: RedactionOptions): RedactionOptions {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name)) throw new PlutusOptionError(`redaction.${name}`, `one of ${[...OPTIONS].join(', ')}`)
  }
  const { profile = 'pci', hashKey } = options
  if (profile !== 'pci' && profile !== 'minimal') throw new PlutusOptionError('redaction.profile', 'pci or minimal')
  for (const name of ['email', 'ip', 'userId'] as const) {
    if (options[name] !== undefined && !PRIVACIES.has(options[name])) {
      throw new PlutusOptionError(`redaction.${name}`, 'keep, mask or hash')
    }
  }
  if (hashKey !== undefined && hashKey.length < MIN_HASH_KEY_BYTES) {
    throw new PlutusOptionError('redaction.hashKey', `at least ${MIN_HASH_KEY_BYTES} bytes`)
  }
  return options
}

class PolicyRedactor implements Redactor {
  readonly #options: RedactionOptions
  readonly #isPci: boolean
  readonly #email: Privacy
  readonly #ip: Privacy
  readonly #userId: Privacy
  readonly #flags: number
  readonly #own: readonly CompiledRule[]
  readonly #hash: KeyedHash
  readonly #maskPans = createPanMasker()
  readonly #onHit: OnHit | undefined
  #rules: KeyRules | undefined
  #kept: ReadonlySet<string> | undefined
  #judge: KeyJudge | undefined
  #verdicts = new Map<string, Verdict>()
  /** Rules of keys inside of texts; the younger of two generations becomes the older when it is full. */
  #judged = new Map<string, KeyRule | null>()
  #judgedBefore = new Map<string, KeyRule | null>()
  /** Statements that hold no literal: applications send the same ones again and again. */
  #clean = new Set<string>()
  /** What is being looked at. */
  #carrier = ''
  #key: string | undefined

  constructor(options: RedactionOptions) {
    const { profile = 'pci', rules = [] } = options
    this.#options = options
    this.#isPci = profile === 'pci'
    this.#email = options.email ?? (this.#isPci ? 'mask' : 'keep')
    this.#ip = options.ip ?? 'keep'
    this.#userId = options.userId ?? 'keep'
    this.#hash = createKeyedHash(options.hashKey)
    this.#own = rules.length === 0 ? [] : compileOwnRules(rules)
    this.#onHit = options.onHit
    this.#flags = this.#relevantFlags()
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

  #judgeKey(key: string, carrier: string): Verdict {
    if (this.#isKept(key)) return verdict(key, 'keep', undefined)
    const name = this.text(key, carrier)
    const rule = this.#ruleOf(key)
    if (rule === 'cookie') return verdict(name, 'check', rule, 'cookie')
    return rule === undefined ? verdict(name, 'check', rule, readingOf(key)) : verdict(name, 'replace', rule)
  }

  text(text: string, carrier: string, verdict?: RedactionVerdict): string {
    const reading = verdict === undefined ? 'text' : (verdict as Verdict).reading
    if (reading !== 'text') return this.#special(text, reading, carrier, verdict)
    const flags = scan(text) & this.#flags
    if (flags === 0 && this.#own.length === 0) return text
    this.#carrier = carrier
    this.#key = verdict?.name
    return this.#redact(text, flags)
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
      ? this.#replacement(String(value), rule)
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

  #relevantFlags(): number {
    let flags = 0xffff
    if (this.#ip === 'keep') flags &= ~scanning.HAS_ADDRESS
    if (this.#email === 'keep') flags &= ~scanning.HAS_AT
    if (!this.#isPci) flags &= ~scanning.HAS_OPAQUE
    return flags
  }

  #ruleOf(key: string): KeyRule | undefined {
    const rule = findKeyRule(this.#keyRules(), key)
    return rule === 'user_id' && this.#userId === 'keep' ? undefined : rule
  }

  #keyRules(): KeyRules {
    this.#rules ??= createKeyRules(new Set(this.#isPci ? PCI_KEY_RULES : MINIMAL_KEY_RULES), this.#options.keys ?? [])
    return this.#rules
  }

  #isKept(key: string): boolean {
    const { keep = [] } = this.#options
    if (keep.length === 0) return false
    this.#kept ??= new Set(keep.map(normalise))
    return this.#kept.has(normalise(key))
  }

  /** The rule of a key that stands in a text; keys of texts come again as those of records do. */
  #ruleInText(key: string): KeyRule | undefined {
    const known = this.#judged.get(key)
    if (known !== undefined) return known ?? undefined
    const rule =
      this.#judgedBefore.get(key) ??
      (this.#isKept(key) || this.#isKept(key.slice(key.lastIndexOf(' ') + 1)) ? null : (this.#ruleOf(key) ?? null))
    if (this.#judged.size >= MAX_JUDGED_KEYS) {
      this.#judgedBefore = this.#judged
      this.#judged = new Map()
    }
    this.#judged.set(key, rule)
    return rule ?? undefined
  }

  #keyJudge(): KeyJudge {
    this.#judge ??= { endings: this.#keyRules().endings, ruleOf: (key) => this.#ruleInText(key) }
    return this.#judge
  }

  readonly #maskPair = (value: string, rule: KeyRule): string => {
    if (rule === 'cookie') {
      const masked = maskCookies(value)
      if (masked !== value) this.#hit('cookie')
      return masked
    }
    this.#hit(rule)
    return this.#replacement(value, rule)
  }

  #replacement(value: string, rule: KeyRule): string {
    if (rule === 'pan_key') {
      const digits = fold(value).replaceAll(/\D/g, '')
      return digits.length >= 13 && digits.length <= 19 ? `****${digits.slice(-4)}` : REDACTED
    }
    if (rule === 'account_key') {
      const characters = value.replaceAll(/[^A-Za-z0-9]/g, '')
      return characters.length >= 8 && characters.length <= 34 ? `****${characters.slice(-4)}` : REDACTED
    }
    if (rule === 'user_id') return this.#userId === 'hash' ? this.#hash(value) : '****'
    return REDACTED
  }

  #special(text: string, reading: Reading, carrier: string, verdict: RedactionVerdict | undefined): string {
    if (reading === 'statement' && this.#clean.has(text)) return text
    const rule = reading === 'cookie' ? 'cookie' : 'statement'
    const masked =
      reading === 'cookie' ? maskCookies(text) : reading === 'graphql' ? maskSql(text, 'mysql') : maskStatement(text)
    if (masked !== text) this.#onHit?.(rule, carrier, verdict?.name)
    this.#carrier = carrier
    this.#key = verdict?.name
    const result = this.#redact(masked, scan(masked) & this.#flags)
    if (result === text && reading === 'statement' && text.length <= MAX_CLEAN_CHARS) {
      if (this.#clean.size >= MAX_CLEAN_STATEMENTS) this.#clean.clear()
      this.#clean.add(text)
    }
    return result
  }

  /** Masks a text, and what shows when its escapes and foreign digits are undone. */
  #redact(text: string, flags: number): string {
    const bounded = text.length > MAX_CHARS ? this.#cut(text) : text
    const masked = this.#settle(bounded, flags)
    if ((flags & (scanning.HAS_ESCAPE | scanning.HAS_FOREIGN)) === 0) return masked
    let result = masked
    let current = masked
    for (let layer = 0; layer < MAX_LAYERS; layer++) {
      const plain = fold(unescapeOnce(current))
      if (plain === current) return result
      const seen = this.#settle(plain, scan(plain) & this.#flags)
      if (seen !== plain) result = seen
      current = seen
    }
    if (fold(unescapeOnce(current)) === current) return result
    this.#hit('undecidable')
    return REDACTED
  }

  /** Masks until nothing more is found: what is masked may bring together what stood apart. */
  #settle(text: string, flags: number): string {
    let current = text
    let left = flags
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const next = this.#pass(current, left)
      if (next === current) return current
      current = next
      left = scan(current) & this.#flags
    }
    this.#hit('undecidable')
    return REDACTED
  }

  #pass(text: string, flags: number): string {
    let current = text
    if ((flags & scanning.HAS_TOKEN) !== 0) {
      current = shapes.maskPrivateKeys(current, this.#found.private_key)
      current = shapes.maskStripeKeys(current, this.#found.stripe_key)
      current = shapes.maskJwts(current, this.#found.jwt)
      current = shapes.maskAwsKeys(current, this.#found.aws_key)
      current = shapes.maskVendorTokens(current, this.#found.vendor_token)
      current = shapes.maskSchemes(current, this.#found.auth_scheme)
    }
    if ((flags & scanning.HAS_PAIR) !== 0 && current.includes('://')) {
      current = shapes.maskUserinfo(current, this.#found.url_userinfo)
    }
    if ((flags & scanning.HAS_LONG_NUMBER) !== 0) current = this.#maskCards(current)
    if ((flags & scanning.HAS_NUMBER) !== 0 && this.#isPci) {
      current = maskIbans(shapes.maskSsns(current, this.#found.ssn), this.#found.iban)
    }
    if ((flags & scanning.HAS_AT) !== 0) current = maskEmails(current, this.#maskEmail)
    if ((flags & scanning.HAS_OPAQUE) !== 0) current = shapes.maskAwsSecrets(current, this.#found.aws_secret)
    if ((flags & scanning.HAS_ADDRESS) !== 0) current = maskIps(current, this.#maskIp)
    if ((flags & scanning.HAS_OPTION) !== 0) current = maskOptions(current, this.#keyJudge(), this.#maskPair)
    if ((flags & scanning.HAS_PAIR) !== 0) current = maskPairs(current, this.#keyJudge(), this.#maskPair)
    for (const { name, pattern, replacement } of this.#own) {
      const next = current.replace(pattern, replacement)
      if (next !== current) this.#hit(name)
      current = next
    }
    return current
  }

  #maskCards(text: string): string {
    const current = shapes.maskTracks(text, this.#found.track)
    const masked = this.#maskPans(current)
    if (masked !== current) this.#hit('pan')
    return masked
  }

  readonly #maskEmail = (address: string, domain: string): string => {
    this.#hit('email')
    return this.#email === 'hash' ? this.#hash(address.toLowerCase()) : `****@${domain}`
  }

  readonly #maskIp = (address: string): string => {
    const written = this.#ip === 'hash' ? this.#hash(address) : networkOf(address)
    if (written !== address) this.#hit('ip')
    return written
  }

  #cut(text: string): string {
    let end = MAX_CHARS - CUT_MARK.length
    const least = end - CUT_MARGIN
    while (end > least && /[\w.+-]/.test(text[end] ?? '')) end--
    while (end > least && /[\d .+-]/.test(text[end - 1] ?? '')) end--
    return text.slice(0, end) + CUT_MARK
  }

  #hit(rule: RuleName | (string & {})): void {
    this.#onHit?.(rule, this.#carrier, this.#key)
  }

  readonly #found = {
    private_key: () => this.#hit('private_key'),
    stripe_key: () => this.#hit('stripe_key'),
    jwt: () => this.#hit('jwt'),
    aws_key: () => this.#hit('aws_key'),
    vendor_token: () => this.#hit('vendor_token'),
    auth_scheme: () => this.#hit('auth_scheme'),
    url_userinfo: () => this.#hit('url_userinfo'),
    aws_secret: () => this.#hit('aws_secret'),
    track: () => this.#hit('track'),
    ssn: () => this.#hit('ssn'),
    iban: () => this.#hit('iban'),
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

function normalise(key: string): string {
  return splitWords(key).join(' ')
}
