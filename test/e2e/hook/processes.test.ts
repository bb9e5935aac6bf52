import { END_NODES, isFull, runProgram, startReceiver } from '@plutus/test-kit'
import type { ProgramResult, Receiver, TestNode } from '@plutus/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

const run = async (node: TestNode, hook: 'require' | 'import', program: string): Promise<ProgramResult> => {
  const env = { PLUTUS_EXIT_WAIT_MS: '10000' }
  const result = await runProgram({ node, hook, file: programFile(program), receiver, env })
  expect(result.code).toBe(0)
  return result
}
const recorded = (): string[] =>
  receiver.spans
    .filter(({ scope }) => scope.name === 'test')
    .map(({ name }) => name)
    .sort()
const starts = (stderr: string): number => stderr.split('\n').filter((line) => line.includes(' sends to ')).length

const THREADS = [
  ['instruments what it loads', 'workers.cjs', 2],
  ['is an ES module', 'workers.mjs', 0],
] as const

// How a process starts another is Node's, how a thread starts the hook differs by the way in which it is loaded: what
// takes most of the time runs in two of the four pairs; `test:full` runs all.
const isPaired = (node: TestNode, hook: string): boolean =>
  isFull || (node === END_NODES.at(-1)) === (hook === 'require')

describe.each(END_NODES)('on Node $label, by', (node) => {
  describe.each(['require', 'import'] as const)('--%s,', (hook) => {
    it.each(isPaired(node, hook) ? THREADS : THREADS.slice(0, 1))(
      'each worker thread records once, starts in silence, and %s (%s)',
      async (_what, program, requests) => {
        const { stderr } = await run(node, hook, program)
        expect(recorded()).toEqual(['main', 'worker 1', 'worker 2'])
        expect(starts(stderr)).toBe(1)
        const served = receiver.spans.filter(({ kind, name }) => kind === 'SERVER' && name === 'GET /from-worker')
        expect(served).toHaveLength(requests)
      },
    )

    it.each(isPaired(node, hook) ? ['cluster'] : [])('each process of a %s starts and records once', async () => {
      const { stderr } = await run(node, hook, 'cluster.cjs')
      expect(recorded()).toEqual(['cluster worker 1', 'cluster worker 2', 'primary'])
      expect(starts(stderr)).toBe(3)
    })

    it('a forked process starts and records once', async () => {
      const { stderr } = await run(node, hook, 'fork.cjs')
      expect(recorded()).toEqual(['child', 'parent'])
      expect(starts(stderr)).toBe(2)
      expect(new Set(receiver.spans.map(({ attributes }) => attributes['pid'])).size).toBe(2)
    })
  })
})

it('tells once that it was to start twice, however many worker threads have the same flags', async () => {
  const nodeOptions = ['--require', '@plutus/otel-register']
  const { stderr } = await runProgram({ hook: 'import', nodeOptions, file: programFile('workers.cjs'), receiver })
  expect(recorded()).toEqual(['main', 'worker 1', 'worker 2'])
  expect(stderr.split('\n').filter((line) => line.includes('start twice'))).toHaveLength(1)
})

it.runIf(process.platform !== 'win32').each(['plutus', 'upstream'])(
  'starts where the working directory is gone (PLUTUS_ENGINE=%s)',
  async (PLUTUS_ENGINE) => {
    const env = { PLUTUS_ENGINE, OTEL_LOG_LEVEL: 'warn', PLUTUS_EXIT_WAIT_MS: '10000' }
    const file = programFile('starts-without-folder.cjs')
    const { code, stderr } = await runProgram({ hook: 'none', file, env, receiver })
    expect(code).toBe(0)
    expect(stderr).not.toContain('is off') // Node starts no thread there, which is told
    expect(recorded()).toEqual(['without a folder'])
  },
)

// The oldest would start a thread for loaders, and wait for it.
it.runIf(process.platform !== 'win32').each(END_NODES)(
  'runs an ES module where the working directory is gone, on Node $label',
  async (node) => {
    const { code, stdout, stderr } = await runProgram({
      node,
      hook: 'none',
      file: programFile('starts-without-folder.cjs'),
      args: [programFile('nothing.mjs')],
      env: { OTEL_LOG_LEVEL: 'warn', PLUTUS_EXIT_WAIT_MS: '10000' },
      receiver,
    })
    expect([code, stdout]).toEqual([0, 'ran\n'])
    expect(stderr).not.toContain('is off')
    expect(recorded()).toEqual(['without a folder'])
  },
)

it('tells in one line which modules were loaded before the hook', async () => {
  const { code, stderr } = await runProgram({
    hook: 'none',
    file: programFile('starts-late.cjs'),
    env: {
      OTEL_LOG_LEVEL: 'warn',
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
  })
  expect(code).toBe(0)
  expect(stderr).toMatch(/^plutus: loaded before the hook and so not wholly observed: [^\n]+\n$/)
  for (const name of ['express', 'pg', 'router']) expect(stderr).toContain(name)
})
