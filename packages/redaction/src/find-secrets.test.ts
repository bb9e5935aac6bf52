import { expect, it } from 'vitest'
import { assertNoSecrets, findSecrets } from './find-secrets.ts'

const VISA = '4242424242424242' // published test number, issued to nobody

it('finds secrets at any depth of what was exported, by place and rule', () => {
  const exported = {
    resourceSpans: [
      {
        name: `pay ${VISA}`,
        attributes: [
          { key: 'password', value: { stringValue: 'x' } },
          { key: 'note', value: { arrayValue: { values: [{ stringValue: 'a@b.co' }] } } },
          { key: 'count', value: { intValue: '5' } },
        ],
      },
    ],
    bytes: Buffer.from(`x ${VISA}`),
    [VISA]: 1,
  }
  expect(findSecrets(exported)).toEqual([
    { path: 'resourceSpans[0].name', rule: 'pan' },
    { path: 'resourceSpans[0].attributes[0].password', rule: 'secret_key' },
    { path: 'resourceSpans[0].attributes[1].note.arrayValue.values[0].stringValue', rule: 'email' },
    { path: 'bytes', rule: 'pan' },
    { path: 'a key of the whole', rule: 'pan' },
  ])
})

it('finds the value of an option in a list, as it is and in OTLP', () => {
  const args = ['node', '--password', 'x']
  const values = args.map((stringValue) => ({ stringValue }))
  expect(findSecrets({ args, otlp: { arrayValue: { values } } })).toEqual([
    { path: 'args[2]', rule: 'secret_key' },
    { path: 'otlp.arrayValue.values[2]', rule: 'secret_key' },
  ])
})

it.each<[what: string, value: unknown, path: string]>([
  ['a map', new Map([['password', 'x']]), 'of.password'],
  ['a set', new Set(['a', VISA]), 'of[1]'],
  ['an error', new Error('x', { cause: { password: 'x' } }), 'of.cause.password'],
  ['members of an error', Object.assign(new Error('x'), { password: 'x' }), 'of.password'],
  ['a URL', new URL('https://example.com/?token=x'), 'of'],
  ['headers', new Headers({ authorization: 'x' }), 'of.authorization'],
  [
    'parameters of a URL',
    new URLSearchParams([
      ['token', 'x'],
      ['token', ''],
    ]),
    'of.token',
  ],
  ['a buffer', Uint8Array.from(Buffer.from(VISA)).buffer, 'of'],
])('looks into %s', (_what, value, path) => {
  expect(findSecrets({ of: value }).map((finding) => finding.path)).toEqual([path])
})

it('looks at the message of an error, and at what contains itself once', () => {
  const error: Error & { map?: unknown } = new Error(`card ${VISA}`)
  const set = new Set<unknown>([error])
  error.map = new Map([['set', set.add(set)]])
  error.stack = ''
  expect(findSecrets(error)).toEqual([{ path: 'message', rule: 'pan' }])
})

it('throws with places and rules, and never with a value', () => {
  let thrown: unknown
  try {
    assertNoSecrets({ a: VISA, [VISA]: 'x' })
  } catch (error) {
    thrown = error
  }
  expect(thrown).toMatchObject({
    code: 'PLUTUS_SECRETS_FOUND',
    message: expect.stringMatching(/^What was exported holds 2 secrets: .*pan at a key of the whole/) as string,
  })
  expect((thrown as Error).message).not.toContain(VISA)
})

it('is content with what was redacted, and with what the policy keeps', () => {
  expect(() => assertNoSecrets({ card: '****4242', password: '[redacted]', list: [1, null, true] })).not.toThrow()
  expect(() => assertNoSecrets('jane@example.com', { email: 'keep' })).not.toThrow()
})
