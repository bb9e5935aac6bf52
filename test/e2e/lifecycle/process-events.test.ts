import { END_NODES, runProgram, startProgram, startReceiver } from '@plutus/test-kit'
import type { ProgramOptions, ReceivedLog, Receiver } from '@plutus/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

const onUnix = process.platform !== 'win32'
const options = (way: string, env: Record<string, string> = {}): ProgramOptions => ({
  file: programFile('life.cjs'),
  args: [way],
  receiver,
  env: { PLUTUS_ENGINE: 'plutus', PLUTUS_EXIT_WAIT_MS: '10000', ...env },
})

/** Names of what arrived, in the order in which it happened. */
const told = (): (string | undefined)[] =>
  [...receiver.processEvents, ...receiver.logs]
    .toSorted((a, b) => Number(a.timeUnixNano - b.timeUnixNano))
    .map(({ eventName }) => eventName)
const find = (name: string): ReceivedLog | undefined =>
  [...receiver.processEvents, ...receiver.logs].find(({ eventName }) => eventName === name)

describe.each(END_NODES)('on Node $label', (node) => {
  it.each([
    ['by itself', 0],
    ['by a code', 4],
  ])('tells that the process starts, and with which code it stops %s', async (way, code) => {
    await runProgram({ ...options(way), node })
    expect(told()).toEqual(['process.started', 'process.stopped'])
    expect(find('process.stopped')).toMatchObject({
      severityText: 'INFO',
      attributes: { 'process.exit.code': code, 'plutus.data.class': 'application' },
    })
  })

  it('tells the error that ends the process, in the trace in which it was thrown, and no other end', async () => {
    await runProgram({ ...options('by an error'), node })
    expect(told()).toEqual(['process.started', 'process.crashed'])
    const [span] = receiver.spans
    expect(find('process.crashed')).toMatchObject({
      severityText: 'FATAL',
      traceId: span?.traceId,
      spanId: span?.spanId,
      attributes: {
        'exception.type': 'TypeError',
        'exception.message': 'nobody catches this',
        'exception.stacktrace': expect.stringMatching(/life\.cjs[^]*Caused by: Error: the cause/) as string,
      },
    })
  })

  it.each(['by an error that is caught last', 'by an error that a callback takes'])(
    'tells an error that nobody caught as an exception when the process survives it: %s',
    async (way) => {
      await runProgram({ ...options(way), node })
      expect(told()).toEqual(['process.started', 'exception', 'process.stopped'])
      expect(find('exception')).toMatchObject({
        severityText: 'ERROR',
        attributes: { 'exception.message': 'survived' },
      })
    },
  )

  it.runIf(onUnix)('tells an end by a signal as shells do', async () => {
    const program = startProgram({ ...options('by a signal'), node, ready: 'ready' })
    await program.ready
    program.kill('SIGTERM')
    expect((await program.exited).signal).toBe('SIGTERM')
    expect(told()).toEqual(['process.started', 'process.stopped'])
    expect(find('process.stopped')?.attributes['process.exit.code']).toBe(143)
  })

  it.each(['with a worker thread', 'with a worker thread that throws'])(
    'tells of the process alone %s',
    async (way) => {
      await runProgram({ ...options(way), node })
      expect(told()).toEqual(['process.started', 'process.stopped'])
      expect(find('process.stopped')?.attributes['process.exit.code']).toBe(0)
    },
  )
})

it.each([
  ['nobody listens to its end', 'unheard', ''],
  ['somebody listens to its end', 'listened to', 'thread\n'],
])('tells all of a program that ends by itself, where %s', async (_when, way, threads) => {
  const { stdout } = await runProgram({ ...options(way), file: programFile('threads.cjs') })
  expect(stdout).toBe(threads)
  expect(told()).toEqual(['process.started', 'process.stopped'])
  const exported = receiver.metrics.filter(({ name }) => name === 'plutus.telemetry.exported')
  expect(exported.length).toBeGreaterThan(0)
})

it('tells a thrown value that is no error by its type', async () => {
  await runProgram(options('by a text'))
  expect(find('process.crashed')?.attributes).toMatchObject({
    'exception.type': 'string',
    'exception.message': 'only words',
  })
})

it('tells a rejection that nobody handled', async () => {
  await runProgram(options('by a rejection'))
  expect(find('process.crashed')?.attributes['exception.message']).toBe('nobody awaits this')
})

it.each([{ OTEL_LOGS_EXPORTER: 'none' }, { OTEL_SDK_DISABLED: 'true' }])(
  'tells nothing with %o, and a crash prints what it prints without the hook',
  async (env) => {
    const quiet = { ...env, OTEL_LOG_LEVEL: 'warn' }
    const { code, stdout, stderr } = await runProgram(options('by an error', quiet))
    expect(told()).toEqual([])
    const without = await runProgram({ ...options('by an error', quiet), hook: 'none' })
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: without.stderr })
  },
)

describe('by the engine of OpenTelemetry, which sends nothing in the turn in which a process ends,', () => {
  const env = { PLUTUS_ENGINE: 'upstream' }

  it('tells the start and the end of a process that ends by itself', async () => {
    await runProgram(options('by itself', env))
    expect(told()).toEqual(['process.started', 'process.stopped'])
    expect(find('process.stopped')?.attributes['process.exit.code']).toBe(0)
  })

  it('tells an error that the process survives', async () => {
    await runProgram(options('by an error that is caught last', env))
    expect(told()).toEqual(['process.started', 'exception', 'process.stopped'])
  })

  it.runIf(onUnix)('tells an end by a signal', async () => {
    const program = startProgram({ ...options('by a signal', env), ready: 'ready' })
    await program.ready
    program.kill('SIGTERM')
    await program.exited
    expect(told()).toEqual(['process.started', 'process.stopped'])
  })
})
