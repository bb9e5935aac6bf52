import { createKeyRules, findKeyRule, splitWords } from './key-rules.ts'
import type { KeyRule, KeyRules } from './key-rules.ts'
import type { KeyJudge } from './pairs.ts'
import type { RedactionOptions } from './redaction-options.ts'

const MAX_JUDGED_KEYS = 2000
const MINIMAL_KEY_RULES: readonly KeyRule[] = ['secret_key', 'security_code', 'pan_key', 'cookie', 'user_id', 'own_key']
const PCI_KEY_RULES: readonly KeyRule[] = [...MINIMAL_KEY_RULES, 'account_key', 'national_id_key']

/** What a policy says about keys. Its sets are built when the first key is judged. */
export class PolicyKeys {
  readonly #options: RedactionOptions
  #rules: KeyRules | undefined
  #kept: ReadonlySet<string> | undefined
  #judge: KeyJudge | undefined
  /** Rules of keys inside of texts; the younger of two generations becomes the older when it is full. */
  #judged = new Map<string, KeyRule | null>()
  #judgedBefore = new Map<string, KeyRule | null>()

  constructor(options: RedactionOptions) {
    this.#options = options
  }

  /** Judges the keys of pairs that stand in texts. */
  get judge(): KeyJudge {
    this.#judge ??= { endings: this.#keyRules().endings, ruleOf: (key) => this.#ruleInText(key) }
    return this.#judge
  }

  /** The rule of a key, if it has one and the policy wants it. */
  ruleOf(key: string): KeyRule | undefined {
    const rule = findKeyRule(this.#keyRules(), key)
    return rule === 'user_id' && (this.#options.userId ?? 'keep') === 'keep' ? undefined : rule
  }

  /** Whether values of a key are left unseen. */
  isKept(key: string): boolean {
    const { keep = [] } = this.#options
    if (keep.length === 0) return false
    this.#kept ??= new Set(keep.map(normalise))
    return this.#kept.has(normalise(key))
  }

  #keyRules(): KeyRules {
    const { profile, keys = [] } = this.#options
    this.#rules ??= createKeyRules(new Set(profile === 'minimal' ? MINIMAL_KEY_RULES : PCI_KEY_RULES), keys)
    return this.#rules
  }

  /** Keys of texts come again as those of records do. */
  #ruleInText(key: string): KeyRule | undefined {
    const known = this.#judged.get(key)
    if (known !== undefined) return known ?? undefined
    const rule =
      this.#judgedBefore.get(key) ??
      (this.isKept(key) || this.isKept(key.slice(key.lastIndexOf(' ') + 1)) ? null : (this.ruleOf(key) ?? null))
    if (this.#judged.size >= MAX_JUDGED_KEYS) {
      this.#judgedBefore = this.#judged
      this.#judged = new Map()
    }
    this.#judged.set(key, rule)
    return rule ?? undefined
  }
}

function normalise(key: string): string {
  return splitWords(key).join(' ')
}
