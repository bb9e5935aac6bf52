import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram, startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'

const FILE = new URL('programs/records.cjs', import.meta.url).pathname
let folder = ''
let receiver: Receiver
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plutus-policy-'))
})
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => await receiver.close())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the program under a policy; gives what it wrote to standard error. */
async function runUnder(policy: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const path = join(folder, 'policy.yaml')
  writeFileSync(path, policy)
  const settings = { PLUTUS_POLICY_FILE: path, OTEL_LOG_LEVEL: 'warn', PLUTUS_SPOOL_DIR: 'off', ...env }
  const { stderr, code } = await runProgram({ file: FILE, receiver, env: settings })
  expect(code).toBe(0)
  return stderr
}

const sent = (): string[] => receiver.logs.flatMap(({ body }) => (typeof body === 'string' ? [body] : [])).toSorted()

it('drops in the process what the policy lets it drop, and keeps what its classes keep', async () => {
  const stderr = await runUnder(
    [
      'version: 1',
      'sampling: { rate: 0%, decided_by: process }',
      'classes: { audit: { match: [{ events: ledger.* }] }, performance: { keep: all } }',
    ].join('\n'),
  )
  expect(stderr).toBe('')
  expect(sent()).toEqual(['booked', 'grave', 'measured', 'paid'])
  const booked = receiver.logs.find(({ body }) => body === 'booked')
  expect(booked?.attributes['plutus.data.class']).toBe('audit')
  expect(booked?.attributes['log.record.uid']).toEqual(expect.any(String))
})

it('drops nothing in the process where the collector is to decide', async () => {
  expect(await runUnder('version: 1\nsampling: { rate: 0% }')).toBe('')
  expect(sent()).toEqual(['booked', 'grave', 'measured', 'ordinary', 'paid'])
})

it('costs one line where the policy is wrong, and everything is kept', async () => {
  expect(await runUnder('version: 1\nsampling: { rate: 0, decided_by: process }')).toMatch(
    /^[^\n]*PLUTUS_POLICY_FILE cannot be used, and the built-in policy holds: [^\n]+policy\.yaml:2:19: POLICY_VALUE: [^\n]+\n$/,
  )
  expect(sent()).toHaveLength(5)
})

it("says that it does not hold with OpenTelemetry's own SDK", async () => {
  expect(
    await runUnder('version: 1\nsampling: { rate: 0%, decided_by: process }', { PLUTUS_ENGINE: 'upstream' }),
  ).toMatch(/PLUTUS_POLICY_FILE has no effect with OpenTelemetry's own SDK$/m)
  expect(sent()).toHaveLength(5)
})
