import { fileURLToPath } from 'node:url'
import { runProgram, services, startMongo } from '@plutus/test-kit'
import { beforeAll, describe, expect, it } from 'vitest'
import { findLeft, startSink } from './find-left.ts'

// No rule knows these by their shape: what does not write them is the safe settings of instrumentations, and the reading of
// statements.
const WORDS = ['lettucewords', 'radishwords', 'turnipwords']
const PROGRAM = fileURLToPath(new URL('programs/drivers.mjs', import.meta.url))
const MONGO = { available: true, reason: '' } // a stand-in, started by the test
const SHAPES = [
  ['pg', services.postgres, 'postgresql', 'INSERT INTO canaries VALUES (?, ?)'],
  ['mysql and mysql2', services.mysql, 'mysql', 'INSERT INTO canaries VALUES (?, ?)'],
  ['redis', services.redis, 'redis', 'SET canary:? ? ? ?'],
  ['ioredis', services.redis, 'redis', 'set canary:? ? ? ?'],
  ['mongodb', MONGO, 'mongodb', '{"find":"?","filter":{"name":"?"'],
] as const

describe.each(['plutus', 'upstream'])('with the engine %s', (engine) => {
  let [sent, code] = [Buffer.alloc(0), -1 as number | null]
  let [stdout, stderr] = ['', '']

  beforeAll(async () => {
    const [sink, mongo] = [await startSink(), await startMongo()]
    const urlOf = (name: 'postgres' | 'mysql' | 'redis'): string => (services[name].available ? services[name].url : '')
    try {
      ;({ code, stdout, stderr } = await runProgram({
        file: PROGRAM,
        timeoutMillis: 100_000,
        env: {
          DATABASE_URL: urlOf('postgres'),
          MYSQL_URL: urlOf('mysql'),
          REDIS_URL: urlOf('redis'),
          MONGO_URL: mongo.url,
          WORDS: WORDS.join(','),
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.port}`,
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
          OTEL_LOG_LEVEL: 'debug',
          PLUTUS_ENGINE: engine,
          PLUTUS_EXIT_WAIT_MS: '10000',
          PLUTUS_SPOOL_DIR: 'off',
        },
      }))
      sent = Buffer.concat(sink.bodies)
    } finally {
      sink.close()
      await mongo.close()
    }
  }, 120_000)

  it('no value of a statement leaves', () => {
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\[".*(?:lettuce|radish|turnip)words/) // servers repeat values in what they answer
    expect(findLeft({ sent, stderr }, WORDS)).toEqual([])
  })

  for (const [driver, service, system, shape] of SHAPES) {
    it.skipIf(!service.available)(`the shape of a statement of ${driver} does ${service.reason}`, () => {
      const text = sent.toString('utf8').replaceAll('\\"', '"')
      expect(text).toContain(`"stringValue":"${system}"`)
      expect(text).toContain(shape)
    })
  }
})
