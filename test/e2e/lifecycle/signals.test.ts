import { END_NODES, isFull, runProgram, startProgram, startReceiver, waitFor } from '@plutus/test-kit'
import type { ProgramOptions, ProgramResult, Receiver, TestNode } from '@plutus/test-kit'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

// Windows has no signals that a process could survive or send on.
const onUnix = process.platform !== 'win32'

// What each handler prints and how it ends the program without the hook; `test:full` holds Node to that, too.
const WAYS: readonly (readonly [way: string, output: string, end: number | NodeJS.Signals])[] = [
  ['none', 'ready 0 false\n', 'SIGTERM'],
  ['exits with 7', 'ready 1 true\n', 7],
  ['sets a code and closes', 'ready 1 true\n', 3],
  ['throws', 'ready 1 true\n', 1],
  ['once, then raises it', 'ready 1 true\n', 'SIGTERM'],
  ['once, then raises it by its number', 'ready 1 true\n', 'SIGTERM'],
  ['once, then raises another', 'ready 1 true\n', 'SIGINT'],
  ['once, cleans up, then raises it', 'ready 1 true\n', 'SIGTERM'],
  ['once, awaits a clean-up, then raises it', 'ready 1 true\ncleaned up\n', 'SIGTERM'],
  ['removes itself, then raises it if nobody else listens', 'ready 1 true\n', 'SIGTERM'],
  ['removes itself beside another', 'ready 2 true\nothers handle it\nthe other\n', 4],
  ['removes all, then raises it if nobody listens', 'ready 1 true\n', 'SIGTERM'],
  ['removes itself, and lists who listens', 'ready 1 true\n[0,0,false]\n', 0],
  ['signal-exit', 'ready 1 true\nexit hooks run\n', 'SIGTERM'],
  ['death', 'ready 2 true\ndies of SIGTERM\n', 1],
  ['exit-hook', 'ready 1 true\nhooks run\n', 143],
  ['close-with-grace', 'ready 1 true\nclosed after SIGTERM\n', 0],
  ['emits it to nobody', 'emitted false\nready 0 false\n', 'SIGTERM'],
  ['added and removed again', 'ready 0 false\n', 'SIGTERM'],
  ['added late', 'ready 1 true\n', 8],
  ['added late and removed again', 'ready 0 false\n', 'SIGTERM'],
  ['ignores it, and ends later', 'ready 1 true\n', 6],
  ['raises it before the event loop turns', 'ready\n', 'SIGTERM'],
]

// What differs between Nodes would show in these: how a signal ends a process, and when a turn is over.
const OLDEST_WAYS = new Set([
  'none',
  'throws',
  'once, then raises it',
  'once, awaits a clean-up, then raises it',
  'removes itself, and lists who listens',
  'signal-exit',
  'added late and removed again',
  'raises it before the event loop turns',
])
const waysOn = (node: TestNode): typeof WAYS =>
  isFull || node === END_NODES.at(-1) ? WAYS : WAYS.filter(([way]) => OLDEST_WAYS.has(way))

type End = Pick<ProgramResult, 'code' | 'signal' | 'stdout'> & { readonly crash: string }

const endOf = async (options: ProgramOptions, sent: NodeJS.Signals): Promise<End> => {
  const program = startProgram({ ...options, ready: /^ready/ })
  await program.ready
  program.kill(sent)
  const { code, signal, stdout, stderr } = await program.exited
  return { code, signal, stdout, crash: stderr }
}
// Node 22 shows that somebody uses AsyncLocalStorage.
const withoutTrampoline = (end: End): End => ({
  ...end,
  crash: end.crash.replace(/^ {4}at Signal\.callbackTrampoline .*\n/m, ''),
})
const handled = (way: string, ...args: string[]) => ({ file: programFile('handlers.cjs'), args: [way, ...args] })
const namesOf = ({ spans }: Receiver): string[] => spans.map(({ name }) => name)

// Spans leave only by a flush: the batch would wait longer than any test.
const SLOW_BATCH = { OTEL_LOG_LEVEL: 'warn', OTEL_BSP_SCHEDULE_DELAY: '600000', PLUTUS_EXIT_WAIT_MS: '10000' }

describe.runIf(onUnix).each(END_NODES)('on Node $label, SIGTERM ends a program as without the hook', (node) => {
  let shared: Receiver

  beforeAll(async () => {
    shared = await startReceiver()
  })

  afterAll(async () => {
    await shared.close()
  })

  it.concurrent.each(waysOn(node))('whose handler is: %s', async (way, stdout, end) => {
    const with_ = await endOf({ node, ...handled(way), receiver: shared, env: SLOW_BATCH }, 'SIGTERM')
    const [code, signal] = typeof end === 'number' ? [end, null] : [null, end]
    const isCompared = isFull || way === 'throws'
    const without = isCompared
      ? await endOf({ node, hook: 'none', ...handled(way) }, 'SIGTERM')
      : { code, signal, stdout, crash: '' }
    expect(without).toMatchObject({ code, signal, stdout })
    expect(withoutTrampoline(with_)).toEqual(without)
  })
})

describe.runIf(onUnix).each(END_NODES)('on Node $label', (node) => {
  let receiver: Receiver

  beforeEach(async () => {
    receiver = await startReceiver()
  })

  afterEach(async () => {
    await receiver.close()
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('sends what it has before %s ends the process', async (signal) => {
    const end = await endOf({ node, ...handled('none', signal), receiver, env: SLOW_BATCH }, signal)
    expect(end).toEqual({ code: null, signal, stdout: 'ready 0 false\n', crash: '' })
    expect(namesOf(receiver)).toEqual(['before the signal'])
  })

  it.each(['once, then raises it', 'once, awaits a clean-up, then raises it', 'signal-exit'])(
    'sends what it has before the application ends itself by the signal: %s',
    async (way) => {
      await endOf({ node, ...handled(way), receiver, env: SLOW_BATCH }, 'SIGTERM')
      expect(namesOf(receiver)).toEqual(['before the signal'])
    },
  )

  it('sends what it has before the application ends itself in its first turn', async () => {
    const way = 'raises it before the event loop turns'
    const { signal } = await runProgram({ node, ...handled(way), receiver, env: SLOW_BATCH })
    expect(signal).toBe('SIGTERM')
    expect(namesOf(receiver)).toEqual(['before the signal'])
  })

  it('sends what it has before the application ends itself by the signal, by the engine of OpenTelemetry', async () => {
    const env = { ...SLOW_BATCH, PLUTUS_ENGINE: 'upstream' }
    const end = await endOf({ node, ...handled('once, cleans up, then raises it'), receiver, env }, 'SIGTERM')
    expect(end.signal).toBe('SIGTERM')
    expect(namesOf(receiver)).toEqual(['before the signal'])
  })

  // The system tells which signals a process catches.
  it.runIf(process.platform === 'linux')(
    'watches also where nothing but a long timer is waited for (Linux)',
    async () => {
      const program = startProgram({ node, file: programFile('waits.cjs'), receiver, env: SLOW_BATCH })
      await waitFor(() => catches(program.pid, 'SIGHUP'), { timeoutMillis: 30_000 })
      program.kill('SIGHUP')
      expect((await program.exited).signal).toBe('SIGHUP')
      expect(namesOf(receiver)).toEqual(['before the signal'])
    },
  )

  it('sends what it has while an application that handles the signal goes on', async () => {
    const program = startProgram({ node, ...handled('ignores it'), receiver, env: SLOW_BATCH, ready: /^ready/ })
    await program.ready
    program.kill('SIGTERM')
    await receiver.waitFor(() => receiver.spans.length > 0, { timeoutMillis: 20_000 })
    await program.stop()
    expect(namesOf(receiver)).toEqual(['before the signal'])
  })

  it('ends at once by a second signal while the first one waits for an endpoint that is slow', async () => {
    const asked = new Promise<void>((resolve) => {
      receiver.respond(() => {
        resolve()
        return { hang: true }
      })
    })
    const env = { ...SLOW_BATCH, PLUTUS_EXIT_WAIT_MS: '50000' }
    const program = startProgram({ node, ...handled('none', 'SIGINT'), receiver, env, ready: /^ready/ })
    await program.ready
    program.kill('SIGINT')
    await asked
    program.kill('SIGINT')
    const { signal } = await program.exited
    expect(signal).toBe('SIGINT')
  })

  it('does not keep a program alive that never lets the event loop turn', async () => {
    const end = await endOf({ node, file: programFile('busy.cjs'), receiver, env: SLOW_BATCH }, 'SIGTERM')
    expect(end).toEqual({ code: null, signal: 'SIGTERM', stdout: 'ready\n', crash: '' })
  })
})

/** Whether a process has a handler for a signal (proc(5), SigCgt). */
function catches(pid: number, signal: NodeJS.Signals): boolean {
  const mask = /^SigCgt:\t([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n
}
