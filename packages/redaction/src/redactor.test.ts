import {
  fakerAR,
  fakerDE,
  fakerEN_GB,
  fakerEN_IN,
  fakerEN_US,
  fakerES,
  fakerFR,
  fakerJA,
  fakerPT_BR,
} from '@faker-js/faker'
import { CATALOGUE } from '@plutus/conventions'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCorpus } from './corpora.test.support.ts'
import { findSecrets } from './find-secrets.ts'
import { redactAttributes, redactValue } from './redacted-copy.ts'
import { createRedactor } from './redactor.ts'
import { REDACTION_RULES } from './rules.ts'

const VISA = '4242424242424242' // published test number, issued to nobody
const redactor = createRedactor()
const redact = (text: string): string => redactor.text(text, 'log.body')
const under = (key: string, value: unknown): unknown =>
  redactAttributes(redactor, { [key]: value }, 'log.attribute')[key]
const MASK = '[redacted]'

describe('card data', () => {
  it.each([
    ['full-width digits', '４２４２　４２４２　４２４２　４２４２', '****4242'],
    ['spaces escaped twice over', String.raw`4242\\u00a04242\\u00a04242\\u00a04242`, '****4242'],
    ['Thai digits', '๔๒๔๒๔๒๔๒๔๒๔๒๔๒๔๒', '****4242'],
    ['mathematical digits', '𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐', '****4242'],
    ['marks of the direction of writing', '4242\u200e4242\u200e4242\u200e4242', '****4242'],
    ['spaces that do not break', '4242\u00a04242\u00a04242\u00a04242', '****4242'],
    ['percent escapes', 'q=4242%204242%204242%204242', 'q=****4242'],
    ['percent escapes of percent escapes', '4242%25204242%25204242%25204242', '****4242'],
    ['escapes of JSON', '\\u0034242424242424242', '****4242'],
    ['a magnetic stripe', `;${VISA}=25121010000000000000?`, `;${MASK}`],
    ['the other track', `%B${VISA}^DOE/JANE^2512101000000000?`, MASK],
  ])('is found in %s', (_how, text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  it('is found in numbers, bigints and bytes', () => {
    expect(under('n', 4242424242424242)).toBe('****4242')
    expect(under('n', 4242424242424242n)).toBe('****4242')
    expect(under('n', -4242424242424242n)).toBe('****4242')
    expect(under('n', Buffer.from(`n ${VISA}`))).toEqual(Buffer.from('n ****4242'))
    expect(under('n', Buffer.from(VISA, 'utf16le'))).toBe(MASK)
    expect(under('n', 1_767_225_600_009)).toBe(1_767_225_600_009)
    expect(under('n', Uint8Array.of(1, 2, 255))).toEqual(Uint8Array.of(1, 2, 255))
  })

  it.each(['cvv', 'card.cvc', 'CVV2', 'securityCode', 'card-pin', 'pin_block', 'track2'])(
    'under %s goes whole, with its length',
    (key) => {
      expect(under(key, '123')).toBe(MASK)
      expect(under(key, 1234)).toBe(MASK)
      expect(under(key, { any: 1 })).toBe(MASK)
    },
  )

  it('under a key of its own keeps its last digits, or nothing', () => {
    expect(under('cardNumber', `${VISA.slice(0, 15)}9`)).toBe('****4249')
    expect(under('card_number', '12')).toBe(MASK)
  })
})

describe('keys', () => {
  it.each([
    'password',
    'db.password',
    'X-Api-Key',
    'clientSecret',
    'access_token',
    'http.request.header.authorization',
    'authorization',
    'AWSSecretAccessKey',
    'password_confirmation',
    'passwordHash',
    'credentials',
    'db.query.parameter.email',
    // What ends in a word that says nothing elsewhere, counted ones, several, glued to another.
    'connectionString',
    'password2',
    'access_tokens',
    'privateKeys',
    'dbpassword',
    'PGPASSWORD',
    'SECRET_KEY_BASE',
    'rpc.request.metadata.authorization',
    'req.headers.authorization',
  ])('%s names a secret', (key) => {
    expect(under(key, 'x')).toBe(MASK)
  })

  it.each([
    'author',
    'tokens_used',
    'passenger',
    'token.type',
    'token.expires_at',
    'spinner',
    'pinned',
    'panel',
    'company',
    'session.id',
    'idempotency_key',
    'has_password',
    'next_page_token',
    'keyboard',
    'payment.authorization',
    'compass',
    'max_tokens',
    'pins',
    'passwordless',
    'connection_strings_count',
  ])('%s names none', (key) => {
    expect(under(key, 'x')).toBe('x')
  })

  it.each([
    ['cvvs', 'cvv2s'],
    ['card_verification_value', 'track_2'],
  ])('%s and %s name what nobody may keep', (first, second) => {
    expect([under(first, '123'), under(second, '123')]).toEqual([MASK, MASK])
  })

  it('of the event catalogue are all readable', () => {
    const keys = new Set(CATALOGUE.flatMap(({ attributes }) => Object.keys(attributes)))
    expect(keys.size).toBeGreaterThan(100)
    expect([...keys].filter((key) => under(key, 'x') !== 'x')).toEqual([])
  })

  it('are redacted themselves', () => {
    expect(redactAttributes(redactor, { [VISA]: 1 }, 'log.attribute')).toEqual({ '****4242': 1 })
  })

  it('may be added and left, also in texts', () => {
    const own = createRedactor({ keys: ['account.ref'], keep: ['order.number', 'token'] })
    expect(redactAttributes(own, { accountRef: 'a', 'order.number': VISA, token: 't' }, 'log.attribute')).toEqual({
      accountRef: MASK,
      'order.number': VISA,
      token: 't',
    })
    expect(own.text('account_ref=a token=t', 'log.body')).toBe(`account_ref=${MASK} token=t`)
  })
})

describe('a value beside its name', () => {
  const copied = (value: unknown): unknown => redactValue(redactor, value, 'log.body')

  it.each<[what: string, value: unknown, expected: unknown]>([
    ['as HAR has it', { name: 'x-api-key', value: 'a' }, { name: 'x-api-key', value: MASK }],
    ['before it', { value: 1, key: 'cvv' }, { value: MASK, key: 'cvv' }],
    ['as a list of two', [['authorization', 'a']], [['authorization', MASK]]],
    ['of a cookie', ['set-cookie', 'sid=a; Path=/'], ['set-cookie', `sid=${MASK}; Path=/`]],
    ['as JSON', '{"name":"token","value":"a"}', `{"name":"token","value":"${MASK}"}`],
    [
      'as JSON in JSON',
      '{"b":"{\\"key\\": \\"pin\\", \\"value\\": 1}"}',
      `{"b":"{\\"key\\": \\"pin\\", \\"value\\": \\"${MASK}\\"}"}`,
    ],
    ['as util.inspect prints it', "{ name: 'token', value: 'a' }", `{ name: 'token', value: '${MASK}' }`],
  ])('goes: %s', (_how, value, expected) => {
    expect(copied(value)).toEqual(expected)
    expect(copied(expected)).toEqual(expected)
    expect(findSecrets(value)).toHaveLength(1)
    expect(findSecrets(expected)).toEqual([])
  })

  it.each<[what: string, value: unknown]>([
    ['under a harmless name', { name: 'colour', value: 'a' }],
    ['in another member', { name: 'token', state: 'a' }],
    ['in a list of names', ['password', 'cvv', 'amount']],
    ['beside a number', [1, 'a']],
    ['in a text, under a harmless name', '{"name":"colour","value":"a"}'],
    ['in a text, of another document', '{"name":"token"},{"value":"a"}'],
  ])('stays: %s', (_how, value) => {
    expect(copied(value)).toEqual(value)
    expect(findSecrets(value)).toEqual([])
  })
})

describe('an option in a list', () => {
  const copied = (value: unknown, options = {}): unknown =>
    redactValue(createRedactor(options), value, 'resource.attribute')

  it.each<[what: string, list: unknown[], expected: unknown[]]>([
    ['with two hyphens', ['node', '--password', 'hunter2', 'a'], ['node', '--password', MASK, 'a']],
    ['with one', ['-apiKey', 'k'], ['-apiKey', MASK]],
    ['of a number', ['--pin', 1234], ['--pin', MASK]],
    ['of a card', ['--card-number', VISA], ['--card-number', '****4242']],
    ['of cookies', ['--cookie', 'sid=abc'], ['--cookie', `sid=${MASK}`]],
    ['with its value', ['--password=hunter2', 'a'], [`--password=${MASK}`, 'a']],
  ])('%s loses its value, and what follows stays', (_what, list, expected) => {
    expect(copied(list)).toEqual(expected)
    expect(copied(new Set(list))).toEqual(expected)
    expect(copied(copied(list))).toEqual(expected)
  })

  it.each<[what: string, list: unknown[]]>([
    ['that names no secret', ['--require', 'x']],
    ['that is followed by another', ['--password', '--port', '3000']],
    ['without a hyphen', ['a', 'password', 'x']],
    ['that is last', ['x', '--password']],
  ])('%s changes nothing', (_what, list) => {
    expect(copied(list)).toEqual(list)
  })

  it.each([
    ['as JSON', '["node","--password","hunter2","a"]', `["node","--password","${MASK}","a"]`],
    ['as JSON on lines', '[\n  "--password",\n  "hunter2"\n]', `[\n  "--password",\n  "${MASK}"\n]`],
    ['as JSON in JSON', '{"argv":"[\\"--token\\",\\"a\\"]"}', `{"argv":"[\\"--token\\",\\"${MASK}\\"]"}`],
    ['as JSON that was cut', '["--password","hun', `["--password","${MASK}`],
    ['with one hyphen', '["-apiKey","k"]', `["-apiKey","${MASK}"]`],
    ['of a number', '{"argv":["--pin", 1234, 5]}', `{"argv":["--pin", "${MASK}", 5]}`],
    ['of a list', '["--password",["a","b"],1]', `["--password","${MASK}",1]`],
    ['as util.inspect prints it', "[ 'node', '--password', 'a' ]", `[ 'node', '--password', '${MASK}' ]`],
  ])('written %s loses its value too', (_how, text, expected) => {
    expect(redact(text)).toBe(expected)
    expect(redact(expected)).toBe(expected)
  })

  it.each(['["--require","x"]', '["--password","--port","3"]', '["password","x"]', '["x","--password"]'])(
    'written as %s changes nothing',
    (text) => {
      expect(redact(text)).toBe(text)
    },
  )

  it('stays under a key that is kept', () => {
    const args = { 'process.command_args': ['--password', 'x'] }
    expect(copied(args, { keep: ['process.command_args'] })).toEqual(args)
  })
})

describe('a text', () => {
  it.each([
    ['JSON', '{"password":"a\\"b","n":1,"card":{"cvv":123}}', `{"password":"${MASK}","n":1,"card":{"cvv":"${MASK}"}}`],
    ['JSON in JSON', '{"body":"{\\"token\\":\\"a\\"}"}', `{"body":"{\\"token\\":\\"${MASK}\\"}"}`],
    ['JSON that was cut', '{"a":1,"password":"hun', `{"a":1,"password":"${MASK}`],
    ['JSON with a tree under a key', '{"credentials":{"u":["]"]},"z":1}', `{"credentials":"${MASK}","z":1}`],
    ['form data', 'a=1&password=x%20y&b=2', `a=1&password=${MASK}&b=2`],
    ['escaped keys', 'pass%77ord=hunter2', `password=${MASK}`],
    ['nested form data', 'card[number]=1&user[password]=x', `card[number]=${MASK}&user[password]=${MASK}`],
    [
      'credentials twice in a path',
      '/Bearer abcdefgh1/Bearer abcdefgh2/Basic dXNlcjpwYXNz',
      `/Bearer ${MASK}/Bearer ${MASK}/Basic ${MASK}`,
    ],
    ['credentials in form data', 'q=Basic+dXNlcjpwYXNz&r=Bearer+abcdefgh1', `q=Basic+${MASK}&r=Bearer+${MASK}`],
    ['headers', 'Authorization: Bearer abc.def\nHost: x', `Authorization: ${MASK}\nHost: x`],
    ['cookies', 'Cookie: sid=1; theme=dark', `Cookie: sid=${MASK}; theme=${MASK}`],
    ['XML', '<Password>x</Password><a>1</a>', `<Password>${MASK}</Password><a>1</a>`],
    ['what util.inspect prints', "{ secret: 'x', n: 1 }", `{ secret: '${MASK}', n: 1 }`],
    ['command lines', 'run --password x --port 1 --api-key=y', `run --password ${MASK} --port 1 --api-key=${MASK}`],
    ['a command line in a list', '["sh","run --password x"]', `["sh","run --password ${MASK}"]`],
    ['a command line in JSON in JSON', '{\\"c\\":\\"a --password x\\"}', `{\\"c\\":\\"a --password ${MASK}\\"}`],
    ['an option with quotes in its value', `--password a"b'c`, `--password ${MASK}`],
    ['prose', 'your password: x, and more', `your password: ${MASK}, and more`],
    [
      'a URL',
      'https://u:p@h/a?token=x&b=1#access_token=y',
      `https://${MASK}@h/a?token=${MASK}&b=1#access_token=${MASK}`,
    ],
    ['a connection string', 'postgres://u:p@ss@h:5432/db', `postgres://${MASK}@h:5432/db`],
    ['a password with a slash', 'postgres://u:p/w@h:5432/db', `postgres://${MASK}@h:5432/db`],
    ['an IBAN', 'to DE89 3704 0044 0532 0130 00 now', 'to DE****3000 now'],
    ['a social security number', 'ssn is 078-05-1123.', `ssn is ${MASK}.`],
    ['an e-mail address', 'mail jane.doe+x@mail.example.com!', 'mail ****@mail.example.com!'],
  ])('of %s is masked where it must be', (_what, text, expected) => {
    expect(redact(text)).toBe(expected)
    expect(redact(expected)).toBe(expected)
  })

  it.each([
    ['alone', '', ''],
    ['beside other widths', 'é', 'é'],
    ['in quotes', '"', '"'],
    ['before a mask', '', VISA],
  ])('loses forty random characters %s', (_where, before, after) => {
    const secret = '12ZW34xy'.repeat(5)
    expect(redact(before + secret + after)).toBe(before + MASK + redact(after))
  })

  it.each([
    'POST /v1/payments/:id 200 12:30:01.123',
    'tokens_used: 5, author: bob; TypeError: x is not a function',
    'at run (file:///srv/app/node_modules/.pnpm/express@5.3.0/index.js:12:30)',
    '2026-11-21T12:22:01.123Z pi_3MtwBwLkdIwHu7ix28a3tqPa 9f86d081-884c-4d65-9a2f-eaa0c55ad015',
    'Bearer authentication failed, Basic authentication too',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    '{"amount":4200,"currency":"eur","password":null}',
    'C:\\temp\\new 100% a=b',
    'pk_live_abcdefghijklmnop',
  ])('stays as it is: %s', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('holds no private key, whole or cut', () => {
    const [dashes, kind] = ['-----', 'RSA PRIVATE KEY']
    const key = `${dashes}BEGIN ${kind}${dashes}\\nMIIEow\\n${dashes}END ${kind}${dashes}`
    expect(redact(`key ${key} end`)).toBe(`key ${MASK} end`)
    expect(redact(`key ${key.slice(0, 40)}`)).toBe(`key ${MASK}`)
  })
})

describe('personal data', () => {
  const key = Buffer.alloc(32, 1)

  it('is hashed with the key, so that records stay linkable', () => {
    const hashing = { email: 'hash', ip: 'hash', userId: 'hash', hashKey: key } as const
    const [one, two, other] = [
      createRedactor(hashing),
      createRedactor(hashing),
      createRedactor({ ...hashing, hashKey: Buffer.alloc(32, 2) }),
    ]
    const attributes = { 'user.id': 'u1', 'client.address': '203.0.113.7', note: 'Jane@example.com from 2001:db8::1' }
    const hashed = redactAttributes(one, attributes, 'log.attribute')
    expect(hashed).toEqual(
      redactAttributes(two, { ...attributes, note: 'jane@example.com from 2001:db8::1' }, 'log.attribute'),
    )
    expect(hashed).not.toEqual(redactAttributes(other, attributes, 'log.attribute'))
    expect(JSON.stringify(hashed)).not.toMatch(/u1"|203\.|Jane|2001:db8::1/)
    expect(hashed['user.id']).toMatch(/^hash:[0-9a-f]{16}$/)
    expect(redactAttributes(one, hashed, 'log.attribute')).toEqual(hashed)
  })

  it('is masked or kept as the policy says', () => {
    const text = 'jane@example.com 203.0.113.7 2001:db8:1:2::1 user'
    expect(createRedactor({ ip: 'mask' }).text(text, '')).toBe('****@example.com 203.0.113.0 2001:db8:1:: user')
    expect(createRedactor({ email: 'keep' }).text(text, '')).toBe(text)
    expect(redactAttributes(createRedactor({ userId: 'mask' }), { userId: 5 }, '')).toEqual({ userId: '****' })
    expect(under('user.id', 'u1')).toBe('u1')
  })
})

it('leaves personal data in the profile minimal, and takes card data and credentials', () => {
  const minimal = createRedactor({ profile: 'minimal' })
  const text = 'jane@example.com DE89370400440532013000 078-05-1123'
  expect(minimal.text(text, '')).toBe(text)
  expect(minimal.text(`${VISA} password=x`, '')).toBe(`****4242 password=${MASK}`)
})

it.each([
  [{ profile: 'none' }, 'redaction.profile'],
  [{ email: 'drop' }, 'redaction.email'],
  [{ hashKey: new Uint8Array(15) }, 'redaction.hashKey'],
  [{ key: [] }, 'redaction.key'],
])('refuses the option %o', (options, option) => {
  expect(() => createRedactor(options as never)).toThrow(
    expect.objectContaining({ code: 'PLUTUS_OPTION_INVALID', option }),
  )
})

it('tells rule, carrier and redacted key of each hit, never the value', () => {
  const hits: unknown[] = []
  const telling = createRedactor({ onHit: (...hit) => hits.push(hit) })
  redactAttributes(
    telling,
    { note: `card ${VISA} of a@b.co`, password: 'x', [VISA]: 4242424242424242 },
    'log.attribute',
  )
  expect(hits).toEqual([
    ['pan', 'log.attribute', 'note'],
    ['email', 'log.attribute', 'note'],
    ['secret_key', 'log.attribute', 'password'],
    ['pan', 'log.attribute', undefined],
    ['pan', 'log.attribute', '****4242'],
  ])
})

it('has every rule described once', () => {
  const names = REDACTION_RULES.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

describe('the corpora', () => {
  interface Case {
    readonly class: string
    readonly text: string
    readonly expected_matches: number
  }
  const cases = readCorpus<Case>('presidio-recognizer-cases').filter(({ class: kind }) =>
    ['pan', 'iban', 'email'].includes(kind),
  )

  it.each(cases.filter(({ expected_matches: count }) => count > 0))('lose the $class in "$text"', ({ text }) => {
    expect(redact(text)).not.toBe(text)
  })

  it('lose every token', () => {
    const tokens = readCorpus<{ kind: string; parts: string[] }>('token-shapes')
    const left = tokens.filter(({ parts }) => redact(`at ${parts.join('')} end`).includes(parts.at(-1) ?? ''))
    expect(left.map(({ kind }) => kind)).toEqual([])
  })
})

describe('any text', () => {
  const SHARDS = [
    VISA,
    '4242 ',
    '4',
    'a@b.co',
    'password',
    '=',
    ':',
    '"',
    '\\',
    '{',
    '}',
    '[',
    '%34',
    '%25',
    '\\u0034',
    'Bearer ',
    'eyJ',
    '://',
    '@',
    'u:p',
    '４',
    'DE89',
    '--',
    ' ',
    '\n',
    "'",
    '<',
    '>',
    'token',
    '****',
    '.',
    '-',
    'x',
    '&',
    ';',
    'cookie',
    'a@',
    '--password ',
    '"--password","',
    "'--pin', ",
    'card_number',
    '12345',
    '078-05-1123',
    'DE89 3704 0044 0532 0130 00',
    ['sk', 'live', ''].join('_'),
    ['AK', 'IA'].join(''),
    'Basic dXNlcjpwYXNz',
    'ab12CD34ef56Gh78ij90',
    '^',
    '=2512101',
    'é',
  ]
  const text = fc.string({ unit: fc.constantFrom(...SHARDS), maxLength: 40 })

  it.each([
    ['as it comes', {}],
    ['that masks addresses', { ip: 'mask' }],
    ['that hashes', { email: 'hash', ip: 'hash', userId: 'hash' }],
    ['with rules of its own', { rules: [{ name: 'own', pattern: /x4/, replacement: 'password=' }] }],
  ] as const)('is the same when it is redacted again by a policy %s', (_which, options) => {
    const policy = createRedactor(options)
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (raw) => {
        const once = policy.text(raw, '')
        expect(policy.text(once, '')).toBe(once)
      }),
      { numRuns: 1000 },
    )
  })

  it('and any value are neither thrown at nor changed', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
        }),
        (value) => {
          const before = fc.stringify(value)
          redactValue(redactor, value, 'log.body')
          expect(fc.stringify(value)).toBe(before)
        },
      ),
    )
  })

  it('that closes a cycle or throws when read is copied all the same', () => {
    const cycle: Record<string, unknown> = { a: 1 }
    cycle['self'] = cycle
    Object.defineProperty(cycle, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error(VISA)
      },
    })
    expect(redactValue(redactor, cycle, 'log.body')).toEqual({ a: 1, self: '[circular]', bad: '[unreadable]' })
  })
})

/** Payment records as services log them, without anything that a rule is for. */
function createHarmless(count: number): Record<string, unknown>[] {
  const fakers = [fakerEN_US, fakerEN_GB, fakerDE, fakerFR, fakerES, fakerPT_BR, fakerEN_IN, fakerJA, fakerAR]
  return Array.from({ length: count }, (_, at) => {
    const faker = fakers[at % fakers.length] as typeof fakerDE
    if (at < fakers.length) faker.seed(at + 7)
    const time = faker.date.recent({ refDate: '2026-11-21' })
    return {
      'payment.id': `pi_${faker.string.alphanumeric(24)}`,
      'order.number': faker.string.numeric({ length: { min: 8, max: 12 }, allowLeadingZeros: false }),
      'order.reference': `ORD-${time.getFullYear()}-${faker.string.numeric(8)}`,
      uuid: faker.string.uuid(),
      'trace.id': faker.string.hexadecimal({ length: 32, casing: 'lower', prefix: '' }),
      digest: faker.string.hexadecimal({ length: 64, casing: 'lower', prefix: '' }),
      time: time.getTime(),
      iso: time.toISOString(),
      nanos: `${time.getTime()}000000`,
      amount: faker.number.int({ max: 10_000_000 }),
      price: faker.finance.amount({ max: 1_000_000, symbol: '€' }),
      ratio: faker.number.float(),
      phone: faker.phone.number({ style: 'international' }),
      phoneHere: faker.phone.number({ style: 'national' }),
      name: faker.person.fullName(),
      street: faker.location.streetAddress({ useFullAddress: true }),
      zip: faker.location.zipCode(),
      company: faker.company.name(),
      product: faker.commerce.productName(),
      agent: faker.internet.userAgent(),
      message: `Payment of ${faker.finance.amount()} ${faker.finance.currencyCode()} for order ${faker.string.numeric(10)} took ${faker.number.float()} ms: ${faker.lorem.sentence()}`,
    }
  })
}

it('changes at most one in two hundred harmless payment records', { timeout: 120_000 }, () => {
  const records = createHarmless(2700)
  const changed = records.flatMap((record) => {
    const copy = redactAttributes(redactor, record, 'log.attribute')
    const keys = Object.keys(record).filter((key) => copy[key] !== record[key])
    return keys.length === 0
      ? []
      : [keys.map((key) => `${key}: ${String(record[key])} -> ${String(copy[key])}`).join('; ')]
  })
  process.stdout.write(
    `changed ${changed.length} of ${records.length} harmless records\n${changed.map((line) => `  ${line}\n`).join('')}`,
  )
  expect(changed.length / records.length).toBeLessThanOrEqual(0.005)
})
