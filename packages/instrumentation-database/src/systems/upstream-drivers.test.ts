import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { CassandraDriverInstrumentation } from '@opentelemetry/instrumentation-cassandra-driver'
import { MemcachedInstrumentation } from '@opentelemetry/instrumentation-memcached'
import { OracleInstrumentation } from '@opentelemetry/instrumentation-oracledb'
import { TediousInstrumentation } from '@opentelemetry/instrumentation-tedious'
import { metrics, trace } from '@opentelemetry/api'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { observeDatabase } from '../observe-database.ts'
import { CLOSED_PORT, load, measured, names, onOperation, operations, reset, spans } from '../telemetry.test.support.ts'

interface Memcached {
  get(key: string, callback: (error: unknown, value: unknown) => void): void
  end(): void
}
interface Cassandra {
  readonly Client: new (options: object) => {
    execute(query: string, values: unknown[]): Promise<unknown>
    shutdown(): Promise<void>
  }
}
interface Tedious {
  readonly Connection: new (options: object) => { execSql(request: object): void; close(): void }
  readonly Request: new (sql: string, callback: (error: unknown) => void) => object
}

observeDatabase(new MemcachedInstrumentation(), { onOperation })
observeDatabase(new CassandraDriverInstrumentation(), { onOperation })
observeDatabase(new TediousInstrumentation(), { onOperation })

let server: Server
let port: number
beforeAll(async () => {
  // What memcached answers to `get`: one value, or a complaint about any other key.
  server = createServer((socket) => {
    socket.on('data', (bytes) => {
      const [, key] = String(bytes).trim().split(' ')
      socket.write(key?.startsWith('session') ? `VALUE ${key} 0 1\r\n1\r\nEND\r\n` : 'CLIENT_ERROR out of memory\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
beforeEach(() => reset())
afterAll(() => {
  server.close()
})

it('puts memcached into stable words, without the key', async () => {
  const Client = load('memcached') as new (location: string) => Memcached
  const memcached = new Client(`127.0.0.1:${port}`)
  const get = (key: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      memcached.get(key, (error, value) => {
        if (error) reject(error)
        else resolve(value)
      })
    })
  await get('session-hunter2')
  await expect(get('else-hunter2')).rejects.toThrow('out of memory')
  memcached.end()
  const base = {
    'db.system.name': 'memcached',
    'db.operation.name': 'get',
    'server.address': '127.0.0.1',
    'server.port': port,
  }
  expect(names()).toEqual([`get 127.0.0.1:${port}`, `get 127.0.0.1:${port}`])
  expect(spans()).toMatchObject([
    { attributes: base },
    { attributes: { ...base, 'error.type': 'Error' }, status: { code: 2 } },
  ])
  expect(JSON.stringify(spans())).not.toContain('hunter2')
  expect(await measured()).toEqual([
    { ...base, count: 1 },
    { ...base, 'error.type': 'Error', count: 1 },
  ])
})

it('puts a failed query of cassandra-driver into stable words', async () => {
  const { Client } = load('cassandra-driver') as Cassandra
  const client = new Client({ contactPoints: [`127.0.0.1:${CLOSED_PORT}`], localDataCenter: 'dc', keyspace: 'shop' })
  await expect(client.execute('SELECT * FROM orders WHERE id = ?', ['hunter2'])).rejects.toThrow(/host/)
  await client.shutdown()
  expect(spans()).toMatchObject([
    {
      name: 'SELECT orders',
      status: { code: 2 },
      events: [],
      attributes: {
        'db.system.name': 'cassandra',
        'db.namespace': 'shop',
        'db.collection.name': 'orders',
        'db.query.text': 'SELECT * FROM orders WHERE id = ?',
        'error.type': 'NoHostAvailableError',
      },
    },
  ])
  expect(await measured()).toMatchObject([
    { 'db.system.name': 'cassandra', 'error.type': 'NoHostAvailableError', count: 1 },
  ])
})

it('puts a failed request of tedious into stable words', async () => {
  const { Connection, Request } = load('tedious') as Tedious
  const connection = new Connection({ server: '127.0.0.1', options: { port: CLOSED_PORT, database: 'shop' } })
  const error = await new Promise((resolve) => {
    connection.execSql(new Request('SELECT * FROM [dbo].[orders]', resolve))
  })
  connection.close()
  expect(error).toMatchObject({ code: 'EINVALIDSTATE' })
  expect(spans()).toMatchObject([
    {
      name: 'SELECT dbo.orders',
      status: { code: 2 },
      attributes: {
        'db.system.name': 'microsoft.sql_server',
        'db.operation.name': 'SELECT',
        'db.collection.name': 'dbo.orders',
        'db.response.status_code': 'EINVALIDSTATE',
      },
    },
  ])
  expect(await measured()).toMatchObject([{ 'error.type': 'EINVALIDSTATE', count: 1 }])
})

it('leaves measuring to the instrumentation of oracledb, and tells the operation', async () => {
  const instrumentation = observeDatabase(new OracleInstrumentation(), { onOperation })
  instrumentation.setTracerProvider(trace.getTracerProvider())
  instrumentation.setMeterProvider(metrics.getMeterProvider())
  const { tracer } = instrumentation as unknown as { tracer: ReturnType<typeof trace.getTracer> }
  const span = tracer.startSpan('oracledb.Connection.execute', {
    attributes: { 'db.system.name': 'oracle.db', 'db.namespace': 'XE' },
  })
  span.setAttribute('db.query.text', 'SELECT * FROM orders WHERE id = :1')
  span.setAttribute('db.operation.parameter.0', 'hunter2')
  span.recordException(
    Object.assign(new Error('ORA-00942: table or view "SHOP"."ORDERS" does not exist'), { code: 'ORA-00942' }),
  )
  span.end()
  tracer.startSpan('oracledb.ExecuteMessage').end()
  expect(spans()).toMatchObject([
    {
      name: 'SELECT orders',
      status: { code: 2, message: 'ORA-?: table or view ? does not exist' },
      attributes: { 'db.response.status_code': 'ORA-00942', 'error.type': 'ORA-00942' },
    },
    { name: 'ExecuteMessage' },
  ])
  expect(JSON.stringify(spans())).not.toContain('hunter2')
  expect(await measured()).toEqual([])
  expect(operations).toMatchObject([{ system: 'oracle.db', collection: 'orders', statusCode: 'ORA-00942' }])
})
