import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveConfig } from '@plutus/config'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readRedactionPolicy } from './redaction-policy.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plutus-policy-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (env: NodeJS.ProcessEnv) => {
  const lines: string[] = []
  return { policy: readRedactionPolicy(resolveConfig(env), (line) => lines.push(line)), lines }
}

it('takes the policy from the variables', () => {
  const env = { PLUTUS_REDACT_KEYS: 'a.b,c', PLUTUS_REDACT_KEEP: 'd', PLUTUS_REDACT_IP: 'mask' }
  expect(read(env)).toEqual({
    policy: { profile: 'pci', keys: ['a.b', 'c'], keep: ['d'], email: 'mask', ip: 'mask', userId: 'keep' },
    lines: [],
  })
})

it('leaves e-mail addresses to the profile minimal, unless the variable is set', () => {
  expect(read({ PLUTUS_REDACT_PROFILE: 'minimal' }).policy.email).toBeUndefined()
  expect(read({ PLUTUS_REDACT_PROFILE: 'minimal', PLUTUS_REDACT_EMAIL: 'mask' }).policy.email).toBe('mask')
})

it('reads the key of hashes, without the line feed at its end, and only where something is hashed', () => {
  const file = join(folder, 'key')
  writeFileSync(file, `${'k'.repeat(16)}\r\n`)
  const env = { PLUTUS_HASH_KEY_FILE: file, PLUTUS_REDACT_EMAIL: 'hash' }
  expect(read(env)).toMatchObject({ policy: { hashKey: Buffer.from('k'.repeat(16)) }, lines: [] })
  expect(read({ PLUTUS_HASH_KEY_FILE: file }).policy).not.toHaveProperty('hashKey')
})

it.each([
  ['that is not there', undefined, 'PLUTUS_HASH_KEY_FILE names a file that cannot be read (ENOENT)'],
  ['of fifteen bytes', 'k'.repeat(15), 'PLUTUS_HASH_KEY_FILE names a file of fewer than 16 bytes'],
])('tells in one line of a key file %s, and hashes all the same', (_how, text, line) => {
  const file = join(folder, `bad-${text?.length ?? 'none'}`)
  if (text !== undefined) writeFileSync(file, text)
  const { policy, lines } = read({ PLUTUS_HASH_KEY_FILE: file, PLUTUS_REDACT_USER_ID: 'hash' })
  expect(policy).toMatchObject({ userId: 'hash', hashKey: undefined })
  expect(lines).toEqual([`${line}: what is hashed gets another name in each process`])
})

it('reads rules of the application from a file, and names those that cannot act', () => {
  const file = join(folder, 'rules.json')
  writeFileSync(file, '[{"name":"member","pattern":"M-\\\\d{4}"},{"name":"order","pattern":"O-\\\\d+"}]')
  const { policy, lines } = read({ PLUTUS_REDACT_RULES_FILE: file })
  expect(policy.rules).toEqual([{ name: 'member', pattern: /M-\d{4}/ }])
  expect(lines).toEqual([
    'PLUTUS_REDACT_RULES_FILE: rule order must be a pattern of linear time: "+" has no upper bound, write {1,64}: it does not act, the others do',
  ])
})

it('does without a file of rules that cannot be read, and tells it in one line', () => {
  const { policy, lines } = read({ PLUTUS_REDACT_RULES_FILE: join(folder, 'nowhere.json') })
  expect(policy).not.toHaveProperty('rules')
  expect(lines).toEqual(['PLUTUS_REDACT_RULES_FILE names a file that cannot be read (ENOENT): none of its rules acts'])
})
