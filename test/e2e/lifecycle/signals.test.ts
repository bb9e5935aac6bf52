import { END_NODES, startProgram, startReceiver } from '@plutus/test-kit'
import type { ProgramOptions, ProgramResult, Receiver } from '@plutus/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

// Windows has no signals that a process could survive or send on.
const onUnix = process.platform !== 'win32'

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

const WAYS = [
  'none',
  'exits with 7',
  'closes and ends by itself',
  'once, then raises it',
  'once, cleans up, then raises it',
  'removes itself, then raises it',
  'removes all, then raises it',
  'counts listeners, and raises it if alone',
  'added and removed again',
  'added late',
  'added late and removed again',
  'ignores it, and ends later',
] as const

type End = Pick<ProgramResult, 'code' | 'signal' | 'stdout'>

const endOf = async (options: ProgramOptions, signals: readonly NodeJS.Signals[]): Promise<End> => {
  const program = startProgram({ ...options, ready: 'ready' })
  await program.ready
  for (const signal of signals) program.kill(signal)
  const { code, signal, stdout } = await program.exited
  return { code, signal, stdout }
}

// Spans leave only by a flush: the batch would wait longer than any test.
const SLOW_BATCH = { OTEL_LOG_LEVEL: 'warn', OTEL_BSP_SCHEDULE_DELAY: '600000', PLUTUS_EXIT_WAIT_MS: '10000' }

describe.runIf(onUnix).each(END_NODES)('on Node $label', (node) => {
  it.each(WAYS)('ends by SIGTERM as without the hook when the handler is: %s', async (way) => {
    const file = programFile('handlers.cjs')
    const without = await endOf({ node, hook: 'none', file, args: [way] }, ['SIGTERM'])
    const with_ = await endOf({ node, file, args: [way], receiver, env: SLOW_BATCH }, ['SIGTERM'])
    expect(with_).toEqual(without)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('sends what it has before %s ends the process', async (signal) => {
    const file = programFile('handlers.cjs')
    const end = await endOf({ node, file, args: ['none', signal], receiver, env: SLOW_BATCH }, [signal])
    expect(end).toEqual({ code: null, signal, stdout: 'ready\n' })
    expect(receiver.spans.map(({ name }) => name)).toEqual(['before the signal'])
  })

  it.each(['once, then raises it', 'counts listeners, and raises it if alone'])(
    'sends what it has before the application ends itself by the signal: %s',
    async (way) => {
      await endOf({ node, file: programFile('handlers.cjs'), args: [way], receiver, env: SLOW_BATCH }, ['SIGTERM'])
      expect(receiver.spans.map(({ name }) => name)).toEqual(['before the signal'])
    },
  )

  it('sends what it has while an application that handles the signal goes on', async () => {
    const options = { node, file: programFile('handlers.cjs'), args: ['ignores it'], receiver, env: SLOW_BATCH }
    const program = startProgram({ ...options, ready: 'ready' })
    await program.ready
    program.kill('SIGTERM')
    await receiver.waitFor(() => receiver.spans.length > 0, { timeoutMillis: 20_000 })
    await program.stop()
    expect(receiver.spans.map(({ name }) => name)).toEqual(['before the signal'])
  })

  it('ends at once by a second signal while the first one waits for an endpoint that is slow', async () => {
    const asked = new Promise<void>((resolve) => {
      receiver.respond(() => {
        resolve()
        return { hang: true }
      })
    })
    const file = programFile('handlers.cjs')
    const env = { ...SLOW_BATCH, PLUTUS_EXIT_WAIT_MS: '50000' }
    const program = startProgram({ node, file, args: ['none', 'SIGINT'], receiver, env, ready: 'ready' })
    await program.ready
    program.kill('SIGINT')
    await asked
    program.kill('SIGINT')
    const { signal } = await program.exited
    expect(signal).toBe('SIGINT')
  })

  it('does not keep a program alive that never lets the event loop turn', async () => {
    const end = await endOf({ node, file: programFile('busy.cjs'), receiver, env: SLOW_BATCH }, ['SIGTERM'])
    expect(end).toEqual({ code: null, signal: 'SIGTERM', stdout: 'ready\n' })
  })

  it('is not among the listeners that an application with handlers counts', async () => {
    const program = startProgram({ node, file: programFile('counts.cjs'), receiver, env: SLOW_BATCH })
    const { stdout } = await program.exited
    expect(JSON.parse(stdout)).toEqual({ counts: [1, 2, 1, 2], emit: false })
  })
})
