import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveConfig } from '@plutus/config'
import { BUILT_IN_RULES } from '@plutus/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readSampling } from './plutus-settings.ts'
import { readProcessPolicy } from './process-policy.ts'
import type { ProcessPolicy } from './process-policy.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plutus-policy-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function read(text: string, env: NodeJS.ProcessEnv = {}): { policy: ProcessPolicy | undefined; lines: string[] } {
  const file = join(folder, 'policy.yaml')
  writeFileSync(file, text)
  const lines: string[] = []
  return { policy: readProcessPolicy(file, resolveConfig(env), (line) => lines.push(line)), lines }
}

const sampledBy = (who: string, rest = ''): string => `version: 1\nsampling: { decided_by: ${who}, rate: 10%${rest} }\n`

it('decides of classes as the built-in policy does where the file says nothing of them', () => {
  const { policy, lines } = read('version: 1')
  expect(lines).toEqual([])
  expect(policy?.classRules.durable).toEqual(BUILT_IN_RULES.durable)
  expect(policy?.classRules.kept).toEqual(BUILT_IN_RULES.kept)
  for (const said of [undefined, 'payment', 'PAYMENT', 7]) {
    for (const event of [undefined, 'payment.refund', 'ledger.booked', 7]) {
      expect(policy?.classRules.classOf(said, event, 9)).toBe(BUILT_IN_RULES.classOf(said, event, 9))
    }
  }
})

it.each([
  [undefined, 'ledger.booked', 13, 'audit'],
  ['performance', 'ledger.booked', 24, 'audit'],
  [undefined, 'ledger.booked', 12, 'application'],
  [undefined, 'ledger.booked', undefined, 'application'],
  [undefined, 'payment.refund', 9, 'payment'],
  ['payment', undefined, 0, 'payment'],
  ['PAYMENT', 'payment.refund', 9, 'application'],
])('gives a record that says %s, of the event %s and severity %s, the class %s', (said, event, severity, expected) => {
  const { policy } = read('version: 1\nclasses: { audit: { match: [{ events: ledger.*, severity: warn }] } }')
  expect(policy?.classRules.classOf(said, event, severity)).toBe(expected)
})

it('takes from the file what is durable and what is always kept', () => {
  const { policy } = read(
    'version: 1\nclasses: { payment: { durable: false }, performance: { keep: all }, application: { durable: true, keep: all, archive: 1y } }',
  )
  expect(policy?.classRules.durable).toEqual(new Set(['application', 'audit', 'security']))
  expect(policy?.classRules.kept).toEqual(new Set(['application', 'audit', 'payment', 'performance', 'security']))
})

it.each([
  [
    'the policy, where it lets the process decide',
    sampledBy('process', ', adaptive: true'),
    {},
    { rate: 0.1, adaptive: true },
  ],
  ['nobody, where the collector decides', sampledBy('collector'), {}, undefined],
  ['a variable, which beats it', sampledBy('process'), { PLUTUS_SAMPLE_RATE: '0.5' }, { rate: 0.5, adaptive: false }],
  ['nobody, where a variable says so', sampledBy('process'), { PLUTUS_SAMPLE_RATE: '1' }, undefined],
  [
    'a variable, without a policy of its own',
    'version: 1',
    { PLUTUS_SAMPLE_ADAPTIVE: '1' },
    { rate: 1, adaptive: true },
  ],
])('lets the rate be said by %s', (_who, text, env, expected) => {
  expect(readSampling(resolveConfig(env), read(text, env).policy)).toEqual(expected)
})

it.each([
  ['the collector drops traces', sampledBy('collector'), true],
  ['the process does', sampledBy('process'), false],
  ['nobody does', 'version: 1', false],
])('knows whether spans have to be marked for a collector where %s', (_who, text, expected) => {
  expect(read(text).policy?.marksKept).toBe(expected)
})

it('takes from the file when a request is slow', () => {
  expect(read('version: 1\nsampling: { slow: 300ms }').policy?.slowMillis).toBe(300)
  expect(read('version: 1').policy?.slowMillis).toBe(2000)
})

it('warns where the process and the collector would both sample', () => {
  expect(read(sampledBy('collector'), { PLUTUS_SAMPLE_RATE: '0.5' }).lines).toEqual([
    expect.stringContaining('PLUTUS_SAMPLE_RATE is set though the policy lets the collector sample'),
  ])
  expect(read(sampledBy('process'), { PLUTUS_SAMPLE_RATE: '0.5' }).lines).toEqual([])
})

it('costs a line where the file cannot be used, and the built-in policy holds', () => {
  const { policy, lines } = read('version: 1\nclases: {}\ntiers: 1')
  expect(policy).toBeUndefined()
  expect(lines).toEqual([
    expect.stringMatching(
      /^PLUTUS_POLICY_FILE cannot be used, and the built-in policy holds: .+policy\.yaml:2:1: POLICY_UNKNOWN: .+ \(and 1 more\)$/,
    ),
  ])
  const none: string[] = []
  expect(readProcessPolicy(join(folder, 'none.yaml'), resolveConfig({}), (line) => none.push(line))).toBeUndefined()
  expect(none).toEqual(['PLUTUS_POLICY_FILE cannot be used, and the built-in policy holds: ENOENT'])
})
