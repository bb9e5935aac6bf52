import { runProgram, startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

const env = { OTEL_LOG_LEVEL: 'warn' }

it('stays in charge when the application registers an SDK later, and says so in one line', async () => {
  const { code, stdout, stderr } = await runProgram({ file: programFile('own-sdk-later.mjs'), receiver, env })
  expect([code, stdout]).toEqual([0, 'own SDK exported nothing\n'])
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^plutus: The application registers an OpenTelemetry SDK of its own, which has no effect/),
  ])
  expect(receiver.spans.map(({ name }) => name)).toEqual(['work'])
})

it('leaves an SDK alone that was there before, and says so in one line', async () => {
  const { code, stdout, stderr } = await runProgram({
    file: programFile('own-sdk-first.mjs'),
    hook: 'none',
    receiver,
    env,
  })
  expect([code, stdout]).toEqual([0, 'own SDK exported work\n'])
  expect(stderr.split('\n').filter((line) => line.includes('SDK'))).toEqual([
    'plutus: An OpenTelemetry SDK is registered already and stays in charge; this hook records nothing',
  ])
  expect(receiver.requests).toEqual([])
})
