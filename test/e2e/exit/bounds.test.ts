import { runProgram, startReceiver } from '@plutus/test-kit'
import type { ProgramResult } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { openDeafServer } from '../faults/deaf-server.ts'
import { programFile } from './program-file.ts'

const run = (
  args: string[],
  env: Record<string, string>,
  hook: 'require' | 'none' = 'require',
): Promise<ProgramResult> =>
  runProgram({ file: programFile('ends.cjs'), args, hook, env: { OTEL_LOG_LEVEL: 'warn', ...env } })
const WAYS = ['by itself', 'by process.exit at once', 'by throwing']

it.each(WAYS)('tells in one line what is lost when it ends %s and the endpoint is gone', async (way) => {
  const { stderr } = await run([way], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })
  const told = stderr.split('\n').filter((line) => line.startsWith('plutus: Telemetry lost: '))
  const counts = told.flatMap((line) => [...line.matchAll(/(spans|log records) (\d+)/g)])
  const sum = (item: string): number =>
    counts.filter((match) => match[1] === item).reduce((total, match) => total + Number(match[2]), 0)
  // The start and the end of the process are records too.
  expect([sum('spans'), sum('log records')]).toEqual([10, 12])
})

it.each([...WAYS, 'by itself, recording in an exit listener'])(
  'ends as without the hook when it ends %s and the endpoint never answers',
  async (way) => {
    const deaf = await openDeafServer()
    try {
      const without = await run([way], {}, 'none')
      const { code, signal, stdout, stderr } = await run([way], { OTEL_EXPORTER_OTLP_ENDPOINT: deaf.url })
      expect([code, signal, stdout]).toEqual([without.code, without.signal, without.stdout])
      expect(stderr).toMatch(/^plutus: http:\/\/127\.0\.0\.1:\d+ does not answer, /m)
    } finally {
      await deaf.close()
    }
  },
)

it.each(['worker', 'main'])('loses none of a burst of 100,000 log records when the %s thread sends', async (thread) => {
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
  expect(stderr).toMatch(/Telemetry lost: log records \d+ \(queue full\)/)
})
