/** Sets of rules that can be chosen. */
export type RedactionProfile = 'pci' | 'minimal'

/** One built-in rule: what it finds, and what a wrong guess costs. */
export interface RuleDescription {
  /** Name by which `plutus.redaction.hits` counts it. */
  readonly name: RuleName
  /** Profiles in which it holds. */
  readonly profiles: readonly RedactionProfile[]
  /** What it finds. */
  readonly finds: string
  /** What is written instead. */
  readonly writes: string
  /** What is lost where it takes something harmless for a secret. */
  readonly price: string
}

/** Name of a built-in rule. */
export type RuleName =
  | 'pan'
  | 'pan_key'
  | 'track'
  | 'security_code'
  | 'secret_key'
  | 'own_key'
  | 'stripe_key'
  | 'jwt'
  | 'aws_key'
  | 'aws_secret'
  | 'vendor_token'
  | 'private_key'
  | 'auth_scheme'
  | 'url_userinfo'
  | 'cookie'
  | 'statement'
  | 'iban'
  | 'account_key'
  | 'ssn'
  | 'national_id_key'
  | 'email'
  | 'ip'
  | 'user_id'
  | 'undecidable'

const BOTH = ['pci', 'minimal'] as const
const PCI = ['pci'] as const

/** The built-in rules, in the order of what they guard. */
export const REDACTION_RULES: readonly RuleDescription[] = [
  {
    name: 'pan',
    profiles: BOTH,
    finds:
      'Card numbers of 13 to 19 digits, whole or in groups of any size with one space, dash, dot or plus between them, also as numbers and in digits, spaces and dashes of other widths and scripts; issuer range and Luhn check must be right',
    writes: '`****` and the last four digits',
    price:
      'About one in ten other numbers that start like a card number and have its length, such as order numbers, keeps only its last four digits',
  },
  {
    name: 'pan_key',
    profiles: BOTH,
    finds: 'Values of keys such as `card_number`, `pan`, `ccNumber`',
    writes: '`****` and the last four digits, or `[redacted]`',
    price: 'A field `pan` that holds something else is lost',
  },
  {
    name: 'track',
    profiles: BOTH,
    finds: 'Both tracks of a magnetic stripe',
    writes: '`[redacted]`',
    price: 'A card-like number behind which `=` and seven digits stand is lost with them',
  },
  {
    name: 'security_code',
    profiles: BOTH,
    finds: 'Values of keys such as `cvv`, `cvc2`, `securityCode`, `pin`, `pin_block`, `track2`',
    writes: '`[redacted]`, whatever the length',
    price: 'Postal codes under `pincode` are lost',
  },
  {
    name: 'secret_key',
    profiles: BOTH,
    finds:
      'Values of keys such as `password`, `client_secret`, `accessToken`, `api-key`, `authorization`, `credentials`, and bound parameters of statements',
    writes: '`[redacted]`',
    price: 'The word behind `password:` or `token:` in prose is lost',
  },
  {
    name: 'own_key',
    profiles: BOTH,
    finds: 'Values of keys that `keys` (`PLUTUS_REDACT_KEYS`) names',
    writes: '`[redacted]`',
    price: "The operator's choice",
  },
  {
    name: 'stripe_key',
    profiles: BOTH,
    finds: 'Secret and restricted keys and webhook secrets of Stripe',
    writes: '`[redacted]`',
    price: 'None known',
  },
  {
    name: 'jwt',
    profiles: BOTH,
    finds: 'JSON Web Tokens, whole or cut off',
    writes: '`[redacted]`',
    price: 'Other Base64 of JSON, such as cursors of pages, is lost',
  },
  {
    name: 'aws_key',
    profiles: BOTH,
    finds: 'Access key ids of AWS',
    writes: '`[redacted]`',
    price: 'None known',
  },
  {
    name: 'aws_secret',
    profiles: PCI,
    finds: 'Forty characters of Base64 that look random, as secret access keys of AWS do',
    writes: '`[redacted]`',
    price:
      'Other ids and digests of exactly forty such characters in mixed case are lost; SHA-1 in hexadecimal digits stays',
  },
  {
    name: 'vendor_token',
    profiles: BOTH,
    finds:
      'Tokens of GitHub, GitLab, Slack, npm, Shopify, Razorpay, Square, Braintree, OpenAI, Google, SendGrid, Twilio',
    writes: '`[redacted]`',
    price: 'Account ids of Twilio, which are no secret, are lost',
  },
  {
    name: 'private_key',
    profiles: BOTH,
    finds: 'Private keys in PEM, whole or cut off',
    writes: '`[redacted]`',
    price: 'Text behind a key that is cut off is lost with it',
  },
  {
    name: 'auth_scheme',
    profiles: BOTH,
    finds: 'Credentials behind `Bearer`, `Basic`, `Digest` or `Negotiate`',
    writes: 'the scheme and `[redacted]`',
    price: 'A word with a digit behind `Bearer` in prose is lost',
  },
  {
    name: 'url_userinfo',
    profiles: BOTH,
    finds: 'User and password of URLs and connection strings',
    writes: '`[redacted]` before the `@`',
    price: 'The user of `ssh://git@host` is lost',
  },
  {
    name: 'cookie',
    profiles: BOTH,
    finds: 'Values of cookies; names stay',
    writes: '`[redacted]`',
    price: 'Harmless cookies are lost too',
  },
  {
    name: 'statement',
    profiles: BOTH,
    finds:
      'Literals and comments of SQL, arguments of Redis commands, values of MongoDB documents, in keys that hold statements',
    writes: '`?`',
    price:
      'Names in double quotes in a statement that does not show that it is PostgreSQL’s are lost; what is longer than 4,096 characters is cut',
  },
  {
    name: 'iban',
    profiles: PCI,
    finds: 'IBANs whose country, length and check by mod 97 are right',
    writes: 'the country, `****` and the last four characters',
    price: 'One in a hundred ids of the same form and length is masked',
  },
  {
    name: 'account_key',
    profiles: PCI,
    finds: 'Values of keys such as `iban`, `account_number`, `bankAccount`',
    writes: '`****` and the last four characters, or `[redacted]`',
    price: 'Account numbers that are not of banks keep only their last four characters',
  },
  {
    name: 'ssn',
    profiles: PCI,
    finds: 'Social security numbers of the United States in groups of 3, 2 and 4 digits',
    writes: '`[redacted]`',
    price: 'Phone and order numbers in the same groups are lost; nine digits without groups stay',
  },
  {
    name: 'national_id_key',
    profiles: PCI,
    finds: 'Values of keys such as `ssn`, `national_id`, `passport_number`',
    writes: '`[redacted]`',
    price: 'None known',
  },
  {
    name: 'email',
    profiles: PCI,
    finds: 'E-mail addresses; `email` (`PLUTUS_REDACT_EMAIL`) says what happens to them',
    writes: '`****@` and the domain, or a keyed hash',
    price: 'The name in what looks like an address, such as `git@github.com`, is lost',
  },
  {
    name: 'ip',
    profiles: [],
    finds: 'IP addresses, where `ip` (`PLUTUS_REDACT_IP`) asks for it',
    writes: 'the network (three bytes, or 48 bits), or a keyed hash',
    price: 'Versions of four numbers look the same',
  },
  {
    name: 'user_id',
    profiles: [],
    finds: 'Values of keys such as `user.id`, where `userId` (`PLUTUS_REDACT_USER_ID`) asks for it',
    writes: '`****`, or a keyed hash',
    price: "The operator's choice",
  },
  {
    name: 'undecidable',
    profiles: BOTH,
    finds: 'Texts that are escaped more than five times over, or that change each time they are masked',
    writes: '`[redacted]`',
    price: 'Such a text is lost; none is known that was not made on purpose',
  },
]
