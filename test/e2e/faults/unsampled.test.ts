import { runProgram, services, startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const REQUESTS = 100
const { postgres } = services

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

/** Measurements that the last points of a histogram hold, one point for each set of attributes. */
function countOf(metric: string): number {
  const last = new Map<string, number>()
  for (const { name, points } of receiver.metrics) {
    if (name !== metric) continue
    for (const { attributes, count } of points) last.set(JSON.stringify(attributes), Number(count))
  }
  return [...last.values()].reduce((sum, count) => sum + count, 0)
}

describe.skipIf(!postgres.available)(`requests that are not sampled ${postgres.reason}`, () => {
  it('are measured to the last one, and their slow queries told', async () => {
    const { stderr } = await runProgram({
      file: fileURLToPath(new URL('programs/unsampled.cjs', import.meta.url)),
      args: [String(REQUESTS)],
      receiver,
      env: {
        DATABASE_URL: postgres.url,
        OTEL_TRACES_SAMPLER: 'always_off',
        OTEL_LOG_LEVEL: 'warn',
        PLUTUS_SLOW_QUERY_MS: '150',
      },
    })
    expect(stderr).toBe('')
    expect(receiver.spans).toEqual([])
    // Each request calls another, and so does the program.
    expect(countOf('http.server.request.duration')).toBe(2 * REQUESTS)
    expect(countOf('http.client.request.duration')).toBe(2 * REQUESTS)
    expect(countOf('db.client.operation.duration')).toBe(REQUESTS + 3)
    const slow = receiver.logs.filter(
      ({ eventName, attributes }) =>
        eventName === 'db.query.slow' && String(attributes['db.query.text']).includes('pg_sleep'),
    )
    expect(slow).toHaveLength(3)
  })
})
