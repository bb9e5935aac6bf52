/** What a key says about its values. */
export type KeyRule =
  /** Passwords, tokens, keys, credentials. */
  | 'secret_key'
  /** Card verification codes, PINs, track data: PCI DSS 3.3.1 lets nobody keep them. */
  | 'security_code'
  /** Card numbers. */
  | 'pan_key'
  /** Bank accounts. */
  | 'account_key'
  /** Social security numbers and other national ids. */
  | 'national_id_key'
  /** Cookies, whose names stay. */
  | 'cookie'
  /** Ids of users. */
  | 'user_id'
  /** Keys that the operator added. */
  | 'own_key'

/** Sensitive names with what they say; their words are joined: `card_number` and `cardNumber` are `cardnumber`. */
export interface KeyRules {
  readonly names: ReadonlyMap<string, KeyRule>
  /** The last two characters of every name, packed: a key that ends otherwise has no rule. */
  readonly endings: ReadonlySet<number>
}

const SECRETS =
  'password passwords passwd passwort kennwort contrasena contraseña senha motdepasse passphrase passcode pwd ' +
  'userpass dbpass authpass smtppass proxypass secret secrets token accesstoken refreshtoken authtoken idtoken csrftoken ' +
  'xsrftoken sessiontoken bearertoken apitoken clientsecret apikey apikeys accesskey accesskeyid awsaccesskeyid ' +
  'secretkey secretaccesskey privatekey signingkey encryptionkey decryptionkey masterkey sharedkey hmackey sessionkey ' +
  'storagekey accountkey sshkey credential credentials creds connectionstring connstring jwt otp totp mfacode ' +
  'otpcode onetimecode recoverycode recoverycodes backupcode backupcodes seedphrase mnemonic proxyauthorization ' +
  'xamzsignature xamzcredential xamzsecuritytoken pw pgpass pgpassword secretkeybase subscriptionkey functionskey ' +
  'apisecret appsecret passkey accesscode recoveryphrase securityanswer verificationcode codeverifier clientassertion ' +
  'samlassertion samlresponse cryptogram wachtwoord hasło пароль 密码 パスワード'
const SECURITY_CODES =
  'cvv cvv2 cvvcode cvc cvc2 cvccode cvn cvn2 csc securitycode cardcode cardverification cardverificationcode ' +
  'cardverificationvalue verificationvalue pin pincode pinblock pinnumber track1 track2 track3 trackdata track1data ' +
  'track2data magstripe magstripedata magneticstripe'
const PANS =
  'pan dpan fpan panno pannumber cardpan accountpan cardno cardnum cardnumber ccno ccnum ccnumber creditcard ' +
  'creditcardno creditcardnumber debitcardnumber primaryaccountnumber'
const ACCOUNTS = 'iban accountnumber accountno acctnumber acctno bankaccount bankaccountnumber'
const NATIONAL_IDS =
  'ssn socialsecurity socialsecuritynumber nationalid nationalinsurancenumber nino passportnumber passportno taxpayerid'
const COOKIES = 'cookie cookies setcookie'
// They count only as the whole key: inside of others they are words like any other.
const WHOLE = 'pass auth authorization sig xauthorization headerauthorization'
const USER_IDS = 'userid enduserid'

// Words behind a sensitive one that leave it what it is.
const TRAILING = new Set(
  (
    'value values text plain plaintext raw hash hashed digest confirm confirmation confirmed encrypted enc base64 ' +
    'string str param field input new old'
  ).split(' '),
)
const DIGITS = /^\d+$/
const LAST_DIGITS = /\d{1,9}$/
// Written as one word these are as good as the word itself: `dbpassword`.
const GLUED = /.(?:password|passwd|passphrase|apikey|secretkey|privatekey)$/
// Of these the plural is something else: what a model counts, and what a board has.
const PLURALS_APART = new Set(['tokens', 'pins'])
const HEADERS = new Set(['header', 'headers', 'metadata'])
// Words that make a fact, a mark of place or a message out of a sensitive word.
const LEADING =
  /^(?:has|have|is|requires?|required|needs?|uses?|using|with|without|shows?|hides?|allows?|enabled?|disabled?|forgot|forgotten|expected|unexpected|page|pagination|next|previous|continuation|cursor|sync|cancellation|idempotency|publishable|public)$/
// What upstream's database instrumentations call values that were bound to a statement.
const BOUND_VALUES = /^db\.(?:(?:query|operation)\.parameter\.|(?:postgresql|mysql|statement)\.values$)/
const MAX_WORDS = 5
const MAX_KEY_CHARS = 128
const WORDS = /[A-Z]?[a-z0-9\u0080-\uffff]+|[A-Z0-9]+(?![a-z])/g

/** Builds the set of the rules that are wanted, with the operator's own keys. */
export function createKeyRules(wanted: ReadonlySet<KeyRule>, ownKeys: readonly string[]): KeyRules {
  const rules = new Map<string, KeyRule>()
  const add = (words: string, rule: KeyRule): void => {
    if (wanted.has(rule)) for (const word of words.split(' ')) rules.set(word, rule)
  }
  add(SECRETS, 'secret_key')
  for (const word of WHOLE.split(' ')) if (wanted.has('secret_key')) rules.set(`=${word}`, 'secret_key')
  add(SECURITY_CODES, 'security_code')
  add(PANS, 'pan_key')
  add(ACCOUNTS, 'account_key')
  add(NATIONAL_IDS, 'national_id_key')
  add(COOKIES, 'cookie')
  add(USER_IDS, 'user_id')
  for (const key of ownKeys) {
    const words = splitWords(key)
    if (words.length > 0) rules.set(words.slice(-MAX_WORDS).join(''), 'own_key')
  }
  const endings = new Set<number>()
  for (const name of [...rules.keys(), ...TRAILING]) endings.add(packEnding(name, name.length))
  return { names: rules, endings }
}

/** The two characters before `end` in lower case, as one number; digits at the end, what joins them, and one `s` do not count. */
export function packEnding(text: string, end: number): number {
  let at = end - 1
  let code = text.charCodeAt(at)
  if (code === 0x5d) code = text.charCodeAt(--at)
  while (code >= 0x30 && code <= 0x39) code = text.charCodeAt(--at)
  if (at < end - 1 && (code === 0x5f || code === 0x2d || code === 0x2e || code === 0x5b)) code = text.charCodeAt(--at)
  // Beyond ASCII lower case is not that simple, and one bucket is enough.
  if (code > 127) return 0
  if ((code | 0x20) === 0x73) code = text.charCodeAt(--at) // a plural, perhaps
  if (code > 127) return 0
  return ((code | 0x20) << 8) | ((text.charCodeAt(at - 1) & 0x7f) | 0x20)
}

/** A key in whole words of lower case: `X-Api-Key`, `xApiKey` and `x_api_key` are the same. */
export function splitWords(key: string): string[] {
  const words = key.slice(-MAX_KEY_CHARS).match(WORDS) ?? []
  return words.map((word) => word.toLowerCase())
}

/**
 * Finds the rule of a key: its last words are a sensitive name, so that `card.number` is found and `tokens_used`,
 * `author`, `token.type` and `passenger` are not.
 */
export function findKeyRule({ names: rules }: KeyRules, key: string): KeyRule | undefined {
  if (BOUND_VALUES.test(key)) return rules.get('secret')
  const words = splitWords(key)
  let end = words.length
  if (end === 0) return undefined
  // `connectionString` is a name as it stands, `password_string` is one without its last word.
  let rule = ruleOfWords(rules, words, end)
  while (rule === undefined && end > 1 && isTrailing(words[end - 1] as string)) rule = ruleOfWords(rules, words, --end)
  if (rule !== undefined) return rule ?? undefined
  if (end <= MAX_WORDS) rule = rules.get(`=${words.slice(0, end).join('')}`)
  // A header of a request or response that was captured, or one that prose tells of.
  const last = words[end - 1] as string
  const isHeader = HEADERS.has(words[end - 2] ?? '') || (last === 'authorization' && key.includes(' '))
  return rule ?? (isHeader ? rules.get(`=${last}`) : undefined)
}

/** The rule of the longest name that ends before `end`; null if the word before it makes something else of it. */
function ruleOfWords(rules: KeyRules['names'], words: readonly string[], end: number): KeyRule | null | undefined {
  let joined = ''
  let rule: KeyRule | undefined
  let start = end
  for (let at = end - 1; at >= 0 && end - at <= MAX_WORDS; at--) {
    joined = (words[at] as string) + joined
    const found = rules.get(joined) ?? rules.get(plainOf(joined, at === end - 1))
    if (found === undefined) continue
    rule = found
    start = at
  }
  if (rule !== 'secret_key' || start === 0) return rule
  return LEADING.test(words[start - 1] as string) ? null : rule
}

/** `accesstokens` and `password2` are names as `accesstoken` and `password` are, and the one word `dbpassword` is too. */
function plainOf(name: string, isWord: boolean): string {
  if (name.endsWith('s')) return PLURALS_APART.has(name) ? name : name.slice(0, -1)
  const bare = name.replace(LAST_DIGITS, '')
  return isWord && GLUED.test(bare) ? 'password' : bare
}

function isTrailing(word: string): boolean {
  return TRAILING.has(word) || DIGITS.test(word)
}
