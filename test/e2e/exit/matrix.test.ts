import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isFull, NODES, runProgram, startProgram, startReceiver } from '@plutus/test-kit'
import type { ProgramOptions, ProgramResult, Receiver, TestNode } from '@plutus/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countOnDisk } from '../spool/count-on-disk.ts'
import { programFile } from './program-file.ts'

// Windows has no signals that a process could survive or send on.
const onUnix = process.platform !== 'win32'
// Each Node, and CommonJS and ES modules in each way, with `--mode full`; else the newest, and of ES modules the main ways.
const MATRIX = isFull ? NODES : NODES.slice(-1)
const TEN = Array.from({ length: 10 }, (_none, count) => `pending ${count}`)

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

type End = Pick<ProgramResult, 'code' | 'signal' | 'stdout' | 'stderr'>

/** How a program ends and what it writes, our own lines and the number of the process aside. */
const toEnd = ({ code, signal, stdout, stderr }: ProgramResult): End => ({
  code,
  signal,
  stdout,
  stderr: stderr.replaceAll(/^plutus: .*\n/gm, '').replaceAll(/\(node:\d+\)/g, '(node)'),
})

// Nothing leaves before the end: batches would wait longer than any test.
const ONLY_AT_THE_END = {
  OTEL_BSP_SCHEDULE_DELAY: '600000',
  OTEL_BLRP_SCHEDULE_DELAY: '600000',
  PLUTUS_EXIT_WAIT_MS: '10000',
}

const optionsFor = (node: TestNode, file: string, way: string, env: Record<string, string> = {}): ProgramOptions => ({
  node,
  file: programFile(file),
  args: [way],
  receiver,
  env: { ...ONLY_AT_THE_END, ...env },
})

const WAYS = [
  'by itself',
  'by process.exit in a handler',
  'by process.exit at once',
  'by throwing',
  'by rejecting',
  'by itself, recording in an exit listener',
  'by process.exit, recording in an exit listener',
  'with a worker thread that ends',
  'with a worker thread that calls process.exit',
  'with a worker thread that throws',
  'with a fork',
  'with a cluster',
]
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
const SIGNAL_WAYS = ['by a signal', 'by closing its server', 'by process.exit after a signal']

// What a program under the hook does differently from one without would be seen in these.
const MAIN_WAYS = ['by itself', 'by process.exit in a handler', 'by throwing']

const waysOf = (file: string): readonly string[] => (isFull || file === 'ends.cjs' ? WAYS : MAIN_WAYS)
const signalWaysOf = (file: string): readonly (readonly [NodeJS.Signals, string])[] =>
  SIGNALS.flatMap((signal) => SIGNAL_WAYS.map((way) => [signal, way] as const)).filter(
    ([signal, way]) =>
      isFull ||
      (file === 'ends.cjs'
        ? way !== 'by process.exit after a signal' || signal === 'SIGTERM'
        : signal === 'SIGTERM' && way === 'by a signal'),
  )

/** Spans and log records that arrived, each once and in any order; what tells of the process itself aside. */
const arrived = (): [spans: string[], records: string[]] => [
  receiver.spans.map(({ name }) => name).sort(),
  receiver.logs
    .filter(({ eventName }) => eventName?.startsWith('process.') !== true)
    .map(({ body }) => String(body))
    .sort(),
]

/** The counts that arrived last, one for each process or thread that counted; the counts of other names aside. */
const counted = (): unknown[] => {
  const last = new Map<unknown, unknown>()
  for (const { name, points, resource } of receiver.metrics) {
    if (name === 'test.count') last.set(resource['process.pid'], points[0]?.value)
  }
  return [...last.values()]
}

const endBySignal = async (options: ProgramOptions, signal: NodeJS.Signals): Promise<End> => {
  const program = startProgram({ ...options, ready: 'ready' })
  await program.ready
  program.kill(signal)
  return toEnd(await program.exited)
}

describe.each(MATRIX)('on Node $label', (node) => {
  describe.each(['ends.cjs', 'ends.mjs'])('%s', (file) => {
    it.each(waysOf(file))('loses nothing and ends as without the hook when it ends %s', async (way) => {
      const options = optionsFor(node, file, way)
      const [without, end] = await Promise.all([runProgram({ ...options, hook: 'none' }), runProgram(options)])
      expect(toEnd(end)).toEqual(toEnd(without))
      expect(arrived()).toEqual([TEN, TEN])
      expect(counted()).toEqual([10])
    })

    it.runIf(onUnix).each(signalWaysOf(file))(
      'loses nothing and ends as without the hook when %s ends it %s',
      async (signal, way) => {
        const options = optionsFor(node, file, way)
        const [without, end] = await Promise.all([
          endBySignal({ ...options, hook: 'none' }, signal),
          endBySignal(options, signal),
        ])
        expect(end).toEqual(without)
        expect(arrived()).toEqual([TEN, TEN])
        expect(counted()).toEqual([10])
      },
    )
  })

  it('loses nothing when the main thread sends, and a thread only what is left at the end', async () => {
    for (const way of ['by itself', 'by process.exit at once', 'by throwing']) {
      receiver.clear()
      await runProgram(optionsFor(node, 'ends.cjs', way, { PLUTUS_EXPORT_THREAD: 'main' }))
      expect(arrived()).toEqual([TEN, TEN])
    }
  })

  it('loses nothing of what is recorded just after everything was sent', async () => {
    await runProgram(optionsFor(node, 'ends.cjs', 'by process.exit after a flush'))
    expect([arrived(), counted()]).toEqual([[TEN, TEN], [10]])
  })

  it('keeps what a worker thread had handed over when the application terminates it', async () => {
    const soon = { OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_BLRP_SCHEDULE_DELAY: '50' }
    await runProgram(optionsFor(node, 'ends.cjs', 'with a worker thread that it terminates', soon))
    expect(arrived()).toEqual([TEN, TEN])
  })

  it('keeps the durable records of a worker thread that is terminated at once', async ({ onTestFinished }) => {
    const way = 'with a worker thread that it terminates as soon as it has recorded'
    const directory = mkdtempSync(join(tmpdir(), 'plutus-terminated-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    await runProgram(optionsFor(node, 'ends.cjs', way, { PLUTUS_SPOOL_DIR: directory }))
    const [spans, records] = arrived()
    expect(spans).toEqual([])
    // Where the main thread is slow to answer a thread that starts, they are there for the next start.
    const onDisk = await countOnDisk(directory)
    expect([onDisk.logs, records]).toEqual(onDisk.logs > 0 ? [TEN.length, []] : [0, TEN])
  })

  it.each(['by throwing', 'by rejecting'])('tells as an event that the process ended %s', async (way) => {
    await runProgram(optionsFor(node, 'ends.cjs', way))
    expect(receiver.logs.filter(({ eventName }) => eventName === 'process.crashed')).toMatchObject([
      { severityText: 'FATAL', attributes: { 'exception.message': 'nobody catches this' } },
    ])
  })
})
