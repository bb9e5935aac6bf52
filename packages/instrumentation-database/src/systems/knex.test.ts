import { KnexInstrumentation } from '@opentelemetry/instrumentation-knex'
import { MySQL2Instrumentation } from '@opentelemetry/instrumentation-mysql2'
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'
import { services } from '@plutus/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { observeDatabase } from '../observe-database.ts'
import {
  inSpan,
  load,
  measured,
  names,
  onOperation,
  operations,
  points,
  reset,
  spans,
} from '../telemetry.test.support.ts'

interface Query extends Promise<unknown[]> {
  where(...args: unknown[]): Query
  select(...args: unknown[]): Query
}
interface Knex {
  (table: string): Query
  raw(sql: string, bindings?: unknown[]): Promise<unknown>
  destroy(): Promise<void>
}

observeDatabase(new KnexInstrumentation(), { onOperation })
observeDatabase(new PgInstrumentation(), { onOperation })
observeDatabase(new MySQL2Instrumentation(), { onOperation })
const createKnex = load('knex') as (options: object) => Knex

const { postgres, mysql } = services
const mysqlUrl = new URL(mysql.url)
const databases = [
  { client: 'pg', service: postgres, connection: postgres.url, system: 'postgresql' },
  {
    client: 'mysql2',
    service: mysql,
    connection: {
      host: mysqlUrl.hostname,
      port: Number(mysqlUrl.port || 3306),
      user: decodeURIComponent(mysqlUrl.username),
      password: decodeURIComponent(mysqlUrl.password),
      database: mysqlUrl.pathname.slice(1),
    },
    system: 'mysql',
  },
]

for (const { client, service, connection, system } of databases) {
  describe.skipIf(!service.available)(`knex over ${client} ${service.reason}`, () => {
    let knex: Knex
    beforeAll(async () => {
      knex = createKnex({ client, connection, pool: { min: 0, max: 4 } })
      await knex.raw('SELECT 1')
    })
    beforeEach(() => reset())
    afterAll(() => knex.destroy())

    it('is a layer above the driver, which alone is measured', async () => {
      const { spanId } = await inSpan(async () => await knex.raw('SELECT ? as word', ['hunter2']))
      const [driver, layer] = spans()
      expect(layer?.scope).toBe('@opentelemetry/instrumentation-knex')
      expect(driver?.parentSpanId).toBe(layer?.spanId)
      expect(layer?.parentSpanId).toBe(spanId)
      expect(layer?.attributes).toMatchObject({ 'db.system.name': system, 'db.operation.name': 'SELECT' })
      expect(
        Object.keys(layer?.attributes ?? {}).filter((name) => /^db\.(?:system|name|statement)$/.test(name)),
      ).toEqual([])
      expect(layer?.name).toBe(driver?.name)
      expect(await measured()).toMatchObject([{ 'db.system.name': system, count: 1 }])
      expect(operations).toHaveLength(1)
      expect(JSON.stringify(spans())).not.toContain('hunter2')
    })

    it('makes error spans of a failed query, without its values', async () => {
      await expect(knex('nowhere').where('email', 'hunter2').select('x')).rejects.toThrow(/nowhere/)
      expect(names()).toEqual(['SELECT nowhere', 'SELECT nowhere'])
      for (const { status, attributes, events } of spans()) {
        expect(status.code).toBe(2)
        expect(attributes['db.response.status_code']).toBe(system === 'mysql' ? '1146' : '42P01')
        expect(events).toEqual([])
      }
      expect(await measured()).toHaveLength(1)
      expect(JSON.stringify(spans())).not.toContain('hunter2')
    })

    it('has its own pool observed', async () => {
      const max = await points('db.client.connection.max')
      expect(max.map(({ value }) => value)).toEqual(expect.arrayContaining([4]))
      expect(max.map(({ attributes }) => attributes['db.client.connection.pool.name'])).toEqual(
        expect.arrayContaining([expect.stringMatching(/^[\w.]+:\d+\/\w+$/)]),
      )
      expect(JSON.stringify(max)).not.toContain('@')
    })
  })
}
