import { isFull, runProgram, startProgram, startReceiver } from '@plutus/test-kit'
import type { ProgramResult } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { openDeafServer } from '../faults/deaf-server.ts'
import { programFile } from './program-file.ts'

const run = (
  args: string[],
  env: Record<string, string>,
  hook: 'require' | 'none' = 'require',
): Promise<ProgramResult> =>
  runProgram({
    file: programFile('ends.cjs'),
    args,
    hook,
    env: { OTEL_LOG_LEVEL: 'warn', ...env },
    timeoutMillis: MAX_LIFE_MILLIS,
  })
const MAX_LIFE_MILLIS = 30_000
const WAYS = ['by itself', 'by process.exit at once', 'by throwing']
const SIGNAL_WAYS = ['by a signal', 'by process.exit after a signal']

/** Ends a program by SIGTERM, and returns what it says. */
async function endBySignal(way: string, env: Record<string, string>): Promise<string> {
  const program = startProgram({
    file: programFile('ends.cjs'),
    args: [way],
    env: { OTEL_LOG_LEVEL: 'warn', ...env },
    ready: 'ready',
    timeoutMillis: MAX_LIFE_MILLIS,
  })
  await program.ready
  program.kill('SIGTERM')
  return (await program.exited).stderr
}

// By itself, or in the line about the endpoint.
const LOST = /^plutus: .*\blost: /

/** What the one line about losses counts. */
function readLosses(stderr: string): { spans: number; records: number; line: string } {
  const lines = stderr.split('\n').filter((line) => LOST.test(line))
  expect(lines).toHaveLength(1)
  const [line = ''] = lines
  const countOf = (item: string): number => Number(new RegExp(`${item} (\\d+)`).exec(line)?.[1])
  return { spans: countOf('spans'), records: countOf('log records'), line }
}

// The start and the end of the process are records too.
const ALL = { spans: 10, records: 12 }
const GONE = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }
// A program has less time than that.
const LONGEST = { PLUTUS_EXIT_WAIT_MS: '60000' }

it.each(WAYS)(
  'waits for nothing and tells in one line what is lost when it ends %s and the endpoint is gone',
  async (way) => {
    const { stderr } = await run([way], { ...GONE, ...LONGEST })
    expect(readLosses(stderr)).toMatchObject(ALL)
  },
)

it.runIf(process.platform !== 'win32').each(SIGNAL_WAYS)(
  'waits for nothing and tells in one line what is lost when SIGTERM ends it %s and the endpoint is gone',
  async (way) => {
    expect(readLosses(await endBySignal(way, { ...GONE, ...LONGEST }))).toMatchObject(ALL)
  },
)

it.runIf(process.platform !== 'win32').each(SIGNAL_WAYS)(
  'tells in one line what is lost when SIGTERM ends it %s and the endpoint never answers',
  async (way) => {
    const deaf = await openDeafServer()
    try {
      // The request has left as a whole, long before the process ends.
      const stderr = await endBySignal(way, { OTEL_EXPORTER_OTLP_ENDPOINT: deaf.url })
      expect(readLosses(stderr)).toMatchObject(ALL)
    } finally {
      await deaf.close()
    }
  },
)

it.each(['by itself, recording in an exit listener', 'by process.exit, recording in an exit listener'])(
  'tells in one line what is lost when it ends %s and the endpoint is gone',
  async (way) => {
    const { stderr } = await run([way], GONE)
    const { line } = readLosses(stderr)
    for (const [item, all] of [
      ['spans', ALL.spans],
      ['log records', ALL.records],
    ] as const) {
      // Some for want of time, where the machine is busy, and some because nobody answers.
      const counts = [...line.matchAll(new RegExp(`${item} (\\d+)`, 'g'))].map((match) => Number(match[1]))
      expect(counts.reduce((sum, one) => sum + one, 0)).toBe(all)
    }
  },
)

it.each([
  ['ends', 'by itself', 'cumulative', 1000],
  ['exits', 'by process.exit', 'cumulative', 1000],
  // What is measured after the first of two collections is a point of its own then.
  ['ends', 'by itself', 'delta', 2000],
])(
  'tells each of a thousand points that is lost once when it %s %s, listening to the end, under %s',
  async (how, _way, temporality, points) => {
    const { stderr } = await runProgram({
      file: programFile('points.cjs'),
      args: ['measures', how],
      env: {
        ...GONE,
        OTEL_LOG_LEVEL: 'warn',
        OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
        OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'runtime-node',
      },
    })
    const { line } = readLosses(stderr)
    const told = [...line.matchAll(/data points (\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0)
    // Beside these there are some of the hook's own.
    expect(Math.floor(told / 1000) * 1000).toBe(points)
  },
)

// They wait: at the same time.
it.concurrent.each([...WAYS, 'by itself, recording in an exit listener'])(
  'ends as without the hook when it ends %s and the endpoint never answers',
  async (way) => {
    const deaf = await openDeafServer()
    try {
      const without = await run([way], {}, 'none')
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: deaf.url, PLUTUS_EXIT_WAIT_MS: '2500' }
      const { code, signal, stdout, stderr } = await run([way], env)
      expect([code, signal, stdout]).toEqual([without.code, without.signal, without.stdout])
      expect(stderr).toMatch(/^plutus: http:\/\/127\.0\.0\.1:\d+ does not answer, /m)
    } finally {
      await deaf.close()
    }
  },
)

it.concurrent.each(WAYS)(
  'counts what the wait was too short for when it ends %s, and names the endpoint without blaming it',
  async (way) => {
    const receiver = await startReceiver()
    try {
      receiver.respond({ delayMillis: 20_000 })
      // Less than what could be called silence, and perhaps less than the start of a thread takes.
      const { stderr } = await run([way], {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.httpUrl,
        PLUTUS_EXIT_WAIT_MS: '400',
      })
      expect(stderr).not.toContain('does not answer')
      expect(readLosses(stderr).line).toContain(
        `; endpoint ${receiver.httpUrl}, see OTEL_EXPORTER_OTLP_ENDPOINT and PLUTUS_EXIT_WAIT_MS`,
      )
      const losses = [...stderr.matchAll(/(spans|log records) (\d+)/g)]
      const sum = (item: string): number =>
        losses.filter((match) => match[1] === item).reduce((total, match) => total + Number(match[2]), 0)
      expect([sum('spans'), sum('log records')]).toEqual([ALL.spans, ALL.records])
    } finally {
      await receiver.close()
    }
  },
)

// The main thread too with `--mode full`.
const THREADS = isFull ? ['worker', 'main'] : ['worker']

it.each(THREADS)('loses none of a burst of 100,000 log records when the %s thread sends', async (thread) => {
  const receiver = await startReceiver()
  try {
    const env = { PLUTUS_EXPORT_THREAD: thread, PLUTUS_EXIT_WAIT_MS: '30000', OTEL_LOG_LEVEL: 'warn' }
    const { stderr } = await runProgram({ file: programFile('burst.cjs'), args: ['100000'], receiver, env })
    expect(stderr).toBe('')
    const ids = new Set(receiver.logs.flatMap(({ attributes }) => attributes['order.id'] ?? []))
    expect(ids.size).toBe(100_000)
  } finally {
    await receiver.close()
  }
})

it('takes no more memory than it may while the endpoint is gone', async () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    PLUTUS_QUEUE_MAX_BYTES: String(8 * 1024 * 1024),
    OTEL_LOG_LEVEL: 'warn',
  }
  const { stdout, stderr } = await runProgram({ file: programFile('flood.cjs'), env })
  // 200 MB were recorded. The bound, the thread and what garbage collection leaves lying about are far below that.
  expect(Number(stdout)).toBeLessThan(120)
  // In the endpoint's own line, which says that first, or in one by itself; some may also go with the endpoint.
  expect(stderr).toMatch(
    /^plutus: (?:Telemetry|http:\/\/127\.0\.0\.1:1 cannot be reached .*,) lost: .*\blog records [1-9]\d* \(queue full\)/m,
  )
})
