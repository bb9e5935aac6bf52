import { maskOptions } from './command-options.ts'
import { maskCookies } from './cookies.ts'
import { fold, unescapeOnce } from './decode.ts'
import { maskEmails } from './email.ts'
import { maskIbans } from './iban.ts'
import { maskIps, networkOf } from './ip.ts'
import type { KeyRule } from './key-rules.ts'
import { createKeyedHash } from './keyed-hash.ts'
import type { KeyedHash } from './keyed-hash.ts'
import { compileOwnRules } from './own-rules.ts'
import { maskPairs } from './pairs.ts'
import { createPanMasker } from './pan.ts'
import type { PolicyKeys } from './policy-keys.ts'
import { isRandomUuid } from './random-uuid.ts'
import type { OnHit, Privacy, RedactionOptions } from './redaction-options.ts'
import type { RuleName } from './rules.ts'
import * as scanning from './scan.ts'
import { scan } from './scan.ts'
import * as shapes from './shapes.ts'
import { REDACTED } from './shapes.ts'

/** One thing that is looked for, and what a text has to hold for it to be there. */
interface Step {
  /** Flags of `scan`, any of which asks for the step. */
  readonly flags: number
  /** Returns the text itself if there is nothing. */
  readonly mask: (text: string) => string
}

/** Longest text that is looked at; a record of telemetry cannot be longer. */
const MAX_CHARS = 1024 * 1024
// What is cut off a text goes with the last token before the cut: half a card number is not recognised.
const CUT_MARGIN = 512
const CUT_MARK = ' [cut]'
const MAX_ROUNDS = 5
const MAX_LAYERS = 5
/** A flag that every text has. */
const ANY_TEXT = 0x10000

/** Masks what a policy finds in texts. */
export class TextMasker {
  readonly #keys: PolicyKeys
  readonly #onHit: OnHit | undefined
  readonly #email: Privacy
  readonly #ip: Privacy
  readonly #userId: Privacy
  readonly #hash: KeyedHash
  readonly #steps: readonly Step[]
  readonly #relevant: number
  readonly #always: number
  /** Whether what is written in place of a secret may hold what `scan` flags: a hash, or words of the application's own. */
  readonly #flagsMayGrow: boolean
  /** What is being looked at. */
  #carrier = ''
  #key: string | undefined

  constructor(options: RedactionOptions, keys: PolicyKeys) {
    const isPci = options.profile !== 'minimal'
    const own = options.rules === undefined ? [] : compileOwnRules(options.rules)
    this.#keys = keys
    this.#onHit = options.onHit
    this.#email = options.email ?? (isPci ? 'mask' : 'keep')
    this.#ip = options.ip ?? 'keep'
    this.#userId = options.userId ?? 'keep'
    this.#hash = createKeyedHash(options.hashKey)
    this.#flagsMayGrow = own.length > 0 || [this.#email, this.#ip, this.#userId].includes('hash')
    const steps = [...this.#createTokenSteps(), ...this.#createSteps(isPci)]
    for (const { name, pattern, replacement } of own) {
      steps.push({
        flags: ANY_TEXT,
        mask: (text) => this.#told(name, text, text.replace(pattern, replacement)),
      })
    }
    this.#steps = steps
    this.#relevant = steps.reduce((flags, step) => flags | step.flags, scanning.HAS_ESCAPE | scanning.HAS_FOREIGN)
    this.#always = own.length > 0 ? ANY_TEXT : 0
  }

  /** Masks a text, and what shows when its escapes and foreign digits are undone. */
  mask(text: string, carrier: string, key: string | undefined): string {
    if (this.#always === 0 && isRandomUuid(text)) return text
    const flags = this.#scan(text)
    if (flags === 0) return text
    this.#carrier = carrier
    this.#key = key
    const masked = this.#settle(text.length > MAX_CHARS ? cut(text) : text, flags)
    if ((flags & (scanning.HAS_ESCAPE | scanning.HAS_FOREIGN)) === 0) return masked
    let result = masked
    let current = masked
    for (let layer = 0; layer < MAX_LAYERS; layer++) {
      const plain = fold(unescapeOnce(current))
      if (plain === current) return result
      const seen = this.#settle(plain, this.#scan(plain))
      if (seen !== plain) result = seen
      current = seen
    }
    if (fold(unescapeOnce(current)) === current) return result
    this.#hit('undecidable')
    return REDACTED
  }

  /** What is written for the value of a key that has a rule. */
  replacement(value: string, rule: KeyRule): string {
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

  #scan(text: string): number {
    return (scan(text) & this.#relevant) | this.#always
  }

  /**
   * Masks until nothing more is found: what is masked may bring together what stood apart. So each step has to look at the
   * text once after it was last changed, and no more: the others looked at it as it is.
   *
   * The flags stay those of the text as it came. A mask is a mark (`****`, `[redacted]`) and at most the end of what it
   * stands for, so that it makes no run of digits longer and brings no sign that a step looks for.
   */
  #settle(text: string, flags: number): string {
    const steps = this.#steps
    let current = text
    let left = flags
    let settled = 0
    for (let round = 0; round < MAX_ROUNDS; round++) {
      for (const step of steps) {
        const next = (left & step.flags) === 0 ? current : step.mask(current)
        if (next !== current) {
          current = next
          settled = 0
          if (this.#flagsMayGrow) left = this.#scan(current)
        } else if (++settled === steps.length) return current
      }
    }
    this.#hit('undecidable')
    return REDACTED
  }

  #createTokenSteps(): Step[] {
    const names = ['private_key', 'stripe_key', 'jwt', 'aws_key', 'vendor_token', 'auth_scheme'] as const
    const masks = [
      shapes.maskPrivateKeys,
      shapes.maskStripeKeys,
      shapes.maskJwts,
      shapes.maskAwsKeys,
      shapes.maskVendorTokens,
      shapes.maskSchemes,
    ]
    return masks.map((mask, at) => {
      const found = this.#found(names[at] as RuleName)
      return { flags: scanning.HAS_TOKEN, mask: (text) => mask(text, found) }
    })
  }

  #createSteps(isPci: boolean): Step[] {
    const found = {
      url_userinfo: this.#found('url_userinfo'),
      track: this.#found('track'),
      ssn: this.#found('ssn'),
      iban: this.#found('iban'),
      aws_secret: this.#found('aws_secret'),
    }
    const maskPans = createPanMasker()
    const steps: Step[] = [
      { flags: scanning.HAS_PAIR, mask: (text) => shapes.maskUserinfo(text, found.url_userinfo) },
      { flags: scanning.HAS_LONG_NUMBER, mask: (text) => shapes.maskTracks(text, found.track) },
      { flags: scanning.HAS_LONG_NUMBER, mask: (text) => this.#told('pan', text, maskPans(text)) },
    ]
    if (isPci) {
      steps.push(
        { flags: scanning.HAS_NUMBER, mask: (text) => shapes.maskSsns(text, found.ssn) },
        { flags: scanning.HAS_NUMBER, mask: (text) => maskIbans(text, found.iban) },
      )
    }
    if (this.#email !== 'keep')
      steps.push({ flags: scanning.HAS_AT, mask: (text) => maskEmails(text, this.#maskEmail) })
    if (isPci) steps.push({ flags: scanning.HAS_OPAQUE, mask: (text) => shapes.maskAwsSecrets(text, found.aws_secret) })
    if (this.#ip !== 'keep') steps.push({ flags: scanning.HAS_ADDRESS, mask: (text) => maskIps(text, this.#maskIp) })
    steps.push(
      { flags: scanning.HAS_OPTION, mask: (text) => maskOptions(text, this.#keys.judge, this.#maskPair) },
      { flags: scanning.HAS_PAIR, mask: (text) => maskPairs(text, this.#keys.judge, this.#maskPair) },
    )
    return steps
  }

  readonly #maskPair = (value: string, rule: KeyRule): string => {
    if (rule === 'cookie') return this.#told('cookie', value, maskCookies(value))
    this.#hit(rule)
    return this.replacement(value, rule)
  }

  readonly #maskEmail = (address: string, domain: string): string => {
    this.#hit('email')
    return this.#email === 'hash' ? this.#hash(address.toLowerCase()) : `****@${domain}`
  }

  readonly #maskIp = (address: string): string =>
    this.#told('ip', address, this.#ip === 'hash' ? this.#hash(address) : networkOf(address))

  /** Tells of a hit if what is written is not what stood there. */
  #told(rule: string, text: string, masked: string): string {
    if (masked !== text) this.#hit(rule)
    return masked
  }

  #found(rule: RuleName): () => void {
    return () => this.#hit(rule)
  }

  #hit(rule: string): void {
    this.#onHit?.(rule, this.#carrier, this.#key)
  }
}

function cut(text: string): string {
  let end = MAX_CHARS - CUT_MARK.length
  const least = end - CUT_MARGIN
  while (end > least && /[\w.+-]/.test(text[end] ?? '')) end--
  while (end > least && /[\d .+-]/.test(text[end - 1] ?? '')) end--
  return text.slice(0, end) + CUT_MARK
}
