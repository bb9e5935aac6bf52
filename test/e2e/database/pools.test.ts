import { services, startProgram, startReceiver, waitFor } from '@plutus/test-kit'
import type { ReceivedLog } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

const { postgres, mysql } = services
const reason = [postgres.reason, mysql.reason].join(' ')
const nameOf = (address: string, port: number): string => {
  const url = new URL(address)
  return `${url.hostname}:${url.port || port}/${url.pathname.slice(1)}`
}
const NAMES = [nameOf(postgres.url, 5432), nameOf(mysql.url, 3306)]

const poolOf = ({ attributes }: ReceivedLog): unknown => attributes['db.client.connection.pool.name']

describe.skipIf(!postgres.available || !mysql.available)(`pools of pg and mysql2 ${reason}`, () => {
  it.each(['always_on', 'always_off'])(
    'tells that requests wait for a connection, and that they do no more, under %s',
    async (OTEL_TRACES_SAMPLER) => {
      const receiver = await startReceiver()
      const env = { DATABASE_URL: postgres.url, MYSQL_URL: mysql.url, OTEL_TRACES_SAMPLER }
      const program = startProgram({ file: programFile('exhausted-pools.cjs'), receiver, env, ready: 'waiting' })
      try {
        const events = (severity: string): ReceivedLog[] =>
          receiver.logs.filter((log) => log.eventName === 'db.pool' && log.severityText === severity)
        const describeWait = (): string =>
          JSON.stringify(receiver.logs.map(({ eventName, severityText }) => [eventName, severityText]))
        await waitFor(() => NAMES.every((name) => events('WARN').map(poolOf).includes(name)), {
          describe: describeWait,
        })
        const before = new Set(events('DEBUG')) // of a pool that took its time to connect
        program.write('release\n')
        const quiet = (): ReceivedLog[] => events('DEBUG').filter((log) => !before.has(log))
        await waitFor(() => NAMES.every((name) => quiet().map(poolOf).includes(name)), { describe: describeWait })
        program.endInput()
        expect(await program.exited).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Error') as string })
        for (const log of events('WARN')) {
          expect(log.attributes).toMatchObject({
            'plutus.data.class': 'performance',
            'db.client.connection.used': 1,
            'db.client.connection.idle': 0,
            'db.client.connection.pending': 1,
            'db.client.connection.max': 1,
          })
          // It belongs to the pool, not to the request that came first.
          expect([log.traceId, log.spanId]).toEqual([undefined, undefined])
          expect(log.attributes).not.toHaveProperty('plutus.event.invalid')
        }
        for (const { attributes } of quiet()) expect(attributes['db.client.connection.pending']).toBe(0)
        expect(receiver.malformed).toEqual([])
      } finally {
        await program.stop()
        await receiver.close()
      }
    },
  )
})
