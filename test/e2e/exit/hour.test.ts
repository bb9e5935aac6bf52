import { isFull, runProgram, startReceiver } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { programFile } from './program-file.ts'

// 100 a second for an hour.
const REQUESTS = isFull ? 360_000 : 20_000
const REST_MILLIS = isFull ? 3000 : 500
const MEBIBYTE = 1024 * 1024

interface Quarter {
  readonly heapUsed: number
  readonly external: number
  readonly handles: number
}

// A busy machine may take its time to answer.
const PATIENT = { OTEL_EXPORTER_OTLP_TIMEOUT: '60000', PLUTUS_EXIT_WAIT_MS: '60000' }

// Memory that a cache or the pool of buffers may still take after the first quarter.
const SLACK_BYTES = 4 * MEBIBYTE

it.each(isFull ? ['worker', 'main'] : ['worker'])(
  'an hour of requests leaves neither memory nor handles behind when the %s thread sends (in `test` a short one)',
  async (thread) => {
    // The receiver forgets what it has counted.
    const receiver = await startReceiver({ maxItems: 1000 })
    try {
      const { stdout, stderr } = await runProgram({
        file: programFile('hour.mjs'),
        args: [String(REQUESTS), String(REST_MILLIS)],
        nodeOptions: ['--expose-gc'],
        receiver,
        env: { PLUTUS_EXPORT_THREAD: thread, OTEL_LOG_LEVEL: 'warn', ...PATIENT },
        timeoutMillis: 600_000,
      })
      expect(stderr).toBe('')
      const [first, ...later] = JSON.parse(stdout) as [Quarter, ...Quarter[]]
      expect(later).toHaveLength(3)
      for (const { heapUsed, external, handles } of later) {
        expect(heapUsed).toBeLessThan(first.heapUsed + SLACK_BYTES)
        expect(external).toBeLessThan(first.external + 4 * SLACK_BYTES)
        expect(handles).toBeLessThanOrEqual(first.handles)
      }
      expect(receiver.forgotten).toBeGreaterThan(REQUESTS)
    } finally {
      await receiver.close()
    }
  },
  600_000,
)
