import { isFull } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { openSpoolStory } from './spool-story.ts'

const MEBIBYTE = 1024 * 1024
// Ten minutes of 2,000 a second; else half of one. In both there is more than the disk may have.
const RECORDS = isFull ? 1_200_000 : 60_000
const SPOOL_BYTES = (isFull ? 64 : 4) * MEBIBYTE
const QUEUE_BYTES = 8 * MEBIBYTE
// Buffers that are lent, and what is read and written with.
const OTHER_BYTES = 8 * MEBIBYTE
// For what hangs.
const WAIT = { timeoutMillis: isFull ? 240_000 : 60_000 }

interface Memory {
  readonly count: number
  readonly heapUsed: number
  readonly arrayBuffers: number
}

/** What a counter has come to where it has these attributes: the sum of the last points. */
function totalOf(receiver: Receiver, metric: string, wanted: Readonly<Record<string, string>>): number {
  const last = new Map<string, number>()
  for (const { name, points } of receiver.metrics) {
    if (name !== metric) continue
    for (const { attributes, value } of points) {
      if (Object.entries(wanted).every(([key, text]) => attributes[key] === text)) {
        last.set(JSON.stringify(attributes), Number(value))
      }
    }
  }
  return [...last.values()].reduce((sum, value) => sum + value, 0)
}

it(
  'holds its bound of memory in an outage of ten minutes, counts each record that is lost, and delivers the others',
  {
    timeout: 2 * WAIT.timeoutMillis,
  },
  async ({ onTestFinished }) => {
    const { receiver, start } = await openSpoolStory(onTestFinished)
    await receiver.refuse()
    const program = start('outage.mjs', [String(RECORDS)], {
      nodeOptions: ['--expose-gc'],
      env: {
        PLUTUS_QUEUE_MAX_BYTES: String(QUEUE_BYTES),
        PLUTUS_SPOOL_MAX_BYTES: String(SPOOL_BYTES),
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
      },
      timeoutMillis: 2 * WAIT.timeoutMillis,
    })
    await receiver.waitFor(() => program.stdout.includes(`"count":${RECORDS},`), WAIT)
    const memory = program.stdout
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? (JSON.parse(line) as Memory) : []))
    expect(memory).toHaveLength(10)
    for (const { arrayBuffers } of memory) expect(arrayBuffers).toBeLessThan(QUEUE_BYTES + OTHER_BYTES)
    // What was recorded since then leaves nothing in the heap.
    expect((memory[9] as Memory).heapUsed - (memory[1] as Memory).heapUsed).toBeLessThan(4 * MEBIBYTE)

    await receiver.accept()
    const arrived = (): number[] => [
      ...receiver.spans.filter(({ name }) => name === 'pay').map(({ attributes }) => Number(attributes['id'])),
      ...receiver.logs.filter(({ body }) => body === 'payment made').map(({ attributes }) => Number(attributes['id'])),
    ]
    const lost = (): number =>
      totalOf(receiver, 'plutus.spool.dropped', {}) +
      totalOf(receiver, 'plutus.telemetry.dropped', { 'plutus.signal': 'logs' }) +
      totalOf(receiver, 'plutus.telemetry.dropped', { 'plutus.signal': 'traces' })
    await receiver.waitFor(() => arrived().length + lost() >= RECORDS, {
      ...WAIT,
      describe: () => `${arrived().length} arrived, ${lost()} lost of ${RECORDS}; ${program.stderr}`,
    })
    program.kill('SIGTERM')
    const { stderr } = await program.exited
    const ids = new Set(arrived())
    expect([ids.size, lost()]).toEqual([arrived().length, RECORDS - ids.size])
    expect(lost()).toBeGreaterThan(0)
    expect(Array.from({ length: RECORDS / 100 }, (_none, i) => i * 100 + 99).filter((id) => !ids.has(id))).toEqual([])
    expect(stderr).toMatch(/^plutus: Records on disk lost: application \d+ \(no more room on disk/m)
  },
)
