import type { EventEmitter } from 'node:events'
import { MySQLInstrumentation } from '@opentelemetry/instrumentation-mysql'
import { MySQL2Instrumentation } from '@opentelemetry/instrumentation-mysql2'
import { services } from '@plutus/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { observeDatabase } from '../observe-database.ts'
import {
  CLOSED_PORT,
  inSpan,
  load,
  measured,
  names,
  onOperation,
  operations,
  points,
  reset,
  settle,
  spanNamed,
  spans,
} from '../telemetry.test.support.ts'

type Callback = (error: unknown, rows?: unknown) => void
interface Connection extends EventEmitter {
  query(...args: unknown[]): EventEmitter
  end(callback: Callback): void
  release(): void
}
interface Pool {
  query(...args: unknown[]): EventEmitter
  getConnection(callback: (error: unknown, connection: Connection) => void): void
  end(callback?: () => void): void
}
interface Mysql {
  createConnection(options: object | string): Connection
  createPool(options: object): Pool
  createPoolCluster(): {
    add(name: string, options: object): void
    of(name: string): Pool
    end(callback: Callback): void
  }
}
interface PromiseConnection {
  query(...args: unknown[]): Promise<[unknown]>
  execute(...args: unknown[]): Promise<[unknown]>
  prepare(sql: string): Promise<{ execute(values: unknown[]): Promise<unknown>; close(): Promise<void> }>
  end(): Promise<void>
}
interface Mysql2Promise {
  createConnection(options: object): Promise<PromiseConnection>
  createPool(options: object): PromiseConnection
}

observeDatabase(new MySQLInstrumentation(), { onOperation })
observeDatabase(new MySQL2Instrumentation(), { onOperation })
const mysql = load('mysql') as Mysql
const mysql2 = load('mysql2') as Mysql
const promised = load('mysql2/promise') as Mysql2Promise
const { mysql: service } = services
const url = new URL(service.url)
const options = {
  host: url.hostname,
  port: Number(url.port || 3306),
  user: decodeURIComponent(url.username),
  password: decodeURIComponent(url.password),
  database: url.pathname.slice(1),
}
const refused = { ...options, host: '127.0.0.1', port: CLOSED_PORT, database: 'd' }
const base = {
  'db.system.name': 'mysql',
  'db.operation.name': 'SELECT',
  'db.namespace': options.database,
  'server.address': options.host,
  'server.port': options.port,
}
const called = async (run: (callback: Callback) => unknown): Promise<unknown> =>
  await new Promise((resolve, reject) => {
    run((error, rows) => {
      if (error) reject(error)
      else resolve(rows)
    })
  })
const emitted = async (query: EventEmitter): Promise<void> => {
  await new Promise<void>((resolve, reject) => {
    query.on('error', reject).on('end', resolve)
  })
}

describe.skipIf(!service.available)(`mysql and mysql2 ${service.reason}`, () => {
  const libraries: [string, Mysql][] = [
    ['mysql', mysql],
    ['mysql2', mysql2],
  ]

  describe.each(libraries)('%s', (name, library) => {
    let connection: Connection
    let pool: Pool

    beforeAll(async () => {
      connection = library.createConnection(options)
      connection.on('error', () => undefined)
      pool = library.createPool({ ...options, connectionLimit: 1 })
      await called((callback) => connection.query('CREATE TEMPORARY TABLE ledger (id int PRIMARY KEY)', callback))
      await called((callback) => pool.query('SELECT 1', callback))
    })
    beforeEach(() => reset())
    afterAll(async () => {
      await ended(connection)
      await new Promise<void>((resolve) => pool.end(resolve))
    })

    it('makes one span of a query, with stable attributes and without its values', async () => {
      const { spanId } = await inSpan(
        async () => await called((callback) => connection.query('SELECT * FROM ledger WHERE id = ?', [4242], callback)),
      )
      expect(names()).toEqual(['SELECT ledger', 'parent'])
      const span = spanNamed('SELECT ledger')
      expect(span.parentSpanId).toBe(spanId)
      expect(span.scope).toBe(`@opentelemetry/instrumentation-${name}`)
      expect(span.attributes).toEqual({
        ...base,
        'db.collection.name': 'ledger',
        'db.query.summary': 'SELECT ledger',
        'db.query.text': 'SELECT * FROM ledger WHERE id = ?',
        'db.response.returned_rows': 0,
      })
    })

    it.each<[string, () => Promise<unknown>]>([
      ['a callback', () => called((callback) => connection.query('SELECT 1', callback))],
      ['a callback after values', () => called((callback) => connection.query('SELECT 1', [], callback))],
      ['options', () => called((callback) => connection.query(Object.freeze({ sql: 'SELECT 1' }), callback))],
      ['events', () => emitted(connection.query('SELECT 1'))],
      ['events and values', () => emitted(connection.query('SELECT 1', []))],
      ['events and no row', () => emitted(connection.query('SELECT 1 LIMIT 0'))],
      ['a pool', () => called((callback) => pool.query('SELECT 1', callback))],
      ['a pool and events', () => emitted(pool.query('SELECT 1'))],
    ])('makes one span and one measurement of a query with %s', async (_style, run) => {
      await run()
      await settle()
      expect(names()).toEqual([`SELECT ${options.database}`])
      expect(await measured()).toEqual([{ ...base, count: 1 }])
      expect(operations).toHaveLength(1)
    })

    it.each<[string, () => Promise<unknown>]>([
      ['a callback', () => called((callback) => connection.query('SELECT x FROM nowhere', callback))],
      ['events', () => emitted(connection.query('SELECT x FROM nowhere'))],
      ['a pool', () => called((callback) => pool.query('SELECT x FROM nowhere', callback))],
      ['a pool and events', () => emitted(pool.query('SELECT x FROM nowhere'))],
    ])('makes an error span of a failed query with %s', async (_style, run) => {
      await expect(run()).rejects.toMatchObject({ errno: 1146 })
      await settle()
      const { attributes, status } = spanNamed('SELECT nowhere')
      expect(attributes).toMatchObject({ 'error.type': 'ER_NO_SUCH_TABLE', 'db.response.status_code': '1146' })
      expect(status.code).toBe(2)
      expect(await measured()).toMatchObject([
        { 'error.type': 'ER_NO_SUCH_TABLE', 'db.response.status_code': '1146', count: 1 },
      ])
      expect(operations).toMatchObject([{ errorType: 'ER_NO_SUCH_TABLE', statusCode: '1146' }])
    })

    it('lets no bound value out', async () => {
      await called((callback) => connection.query('DELETE FROM ledger', callback))
      await reset()
      const insert = (callback: Callback): unknown =>
        connection.query('INSERT INTO ledger VALUES (?)', ['424242'], callback)
      await called(insert)
      await expect(called(insert)).rejects.toMatchObject({ code: 'ER_DUP_ENTRY' })
      const failed = spans().find(({ status }) => status.code === 2)
      expect(failed?.status.message).toMatch(/Duplicate entry \?/)
      // Not in ids and times, which may hold any digits.
      const told = spans().map(({ name, attributes, status }) => [name, attributes, status])
      expect(JSON.stringify(told)).not.toContain('424242')
    })

    it('measures and tells an operation that is not sampled', async () => {
      await reset(false)
      await called((callback) => connection.query('SELECT 1', callback))
      await emitted(connection.query('SELECT 1'))
      await expect(called((callback) => pool.query('SELEC 1', callback))).rejects.toThrow(/syntax/)
      expect(spans()).toEqual([])
      expect(await measured()).toEqual(
        expect.arrayContaining([
          { ...base, count: 2 },
          expect.objectContaining({ 'db.response.status_code': '1064', count: 1 }),
        ]),
      )
      expect(operations.map(({ statusCode }) => statusCode)).toEqual([undefined, undefined, '1064'])
    })

    it.each<[string, () => Promise<unknown>, string[]]>([
      [
        'a connection',
        () => called((callback) => library.createConnection(refused).on('error', callback).query('SELECT 1', callback)),
        ['connect d', 'SELECT d'],
      ],
      ['a pool', () => called((callback) => library.createPool(refused).query('SELECT 1', callback)), ['connect d']],
    ])('makes error spans when %s cannot connect', async (_who, run, expected) => {
      await expect(run()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      await settle()
      expect(names()).toEqual(expected)
      for (const { attributes, status } of spans()) {
        expect(attributes['error.type']).toBe('ECONNREFUSED')
        expect(attributes).not.toHaveProperty('db.response.status_code')
        expect(status.code).toBe(2)
      }
      expect(operations.map(({ errorType }) => errorType)).toEqual(expected.map(() => 'ECONNREFUSED'))
    })

    it('says when a caller had to wait for a connection, and observes the pool', async () => {
      const taken = await new Promise<Connection>((resolve) => {
        pool.getConnection((_error, connection) => resolve(connection))
      })
      const waiting = called((callback) => pool.query('SELECT 1', callback))
      const named = { 'db.client.connection.pool.name': `${options.host}:${options.port}/${options.database}` }
      expect(await points('db.client.connection.pending_requests')).toContainEqual({ attributes: named, value: 1 })
      expect(await points('db.client.connection.max')).toContainEqual({ attributes: named, value: 1 })
      const count = await points('db.client.connection.count')
      expect(count).toContainEqual({ attributes: { ...named, 'db.client.connection.state': 'used' }, value: 1 })
      expect(count).toContainEqual({ attributes: { ...named, 'db.client.connection.state': 'idle' }, value: 0 })
      taken.release()
      await waiting
      expect(names()).toEqual([`acquire ${options.database}`, `SELECT ${options.database}`])
    })

    it('keeps the context of the caller in callbacks', async () => {
      const { spanId } = await inSpan(
        async () =>
          await called((callback) =>
            pool.query('SELECT 1', () => {
              connection.query('SELECT 2', callback)
            }),
          ),
      )
      const queries = spans().filter((span) => span.name.startsWith('SELECT'))
      expect(queries.map(({ parentSpanId }) => parentSpanId)).toEqual([spanId, spanId])
    })

    it('leaves an error without a listener what it is', async () => {
      const lonely = library.createConnection(options)
      const uncaught = new Promise((resolve) => {
        const listeners = process.listeners('uncaughtException')
        process.removeAllListeners('uncaughtException')
        process.once('uncaughtException', (error) => {
          for (const listener of listeners) process.on('uncaughtException', listener)
          resolve(error)
        })
        lonely.on('error', (error) => {
          process.removeAllListeners('uncaughtException')
          for (const listener of listeners) process.on('uncaughtException', listener)
          resolve(error)
        })
      })
      lonely.query('SELECT x FROM nowhere')
      await expect(uncaught).resolves.toMatchObject({ errno: 1146 })
      await ended(lonely)
    })

    it.each([
      ['undefined', undefined],
      ['null', null],
      ['a number', 7],
      ['no text', {}],
    ])('takes %s for a query as the library does', async (_what, sql) => {
      const connect = (): Connection => library.createConnection(options).on('error', () => undefined)
      const [one, other] = [connect(), connect()]
      await Promise.all([one, other].map((open) => called((callback) => open.query('SELECT 1', callback))))
      const outcome = await outcomeOf(() => called((callback) => one.query(sql, callback)))
      expect(outcome).toEqual(await outcomeOf(() => called((callback) => withoutUs(other, sql, callback))))
      await Promise.all([ended(one), ended(other)])
    })
  })

  it('follows prepared statements and every promise of mysql2', async () => {
    const connection = await promised.createConnection(options)
    await reset()
    await connection.query('SELECT 1')
    await connection.execute('SELECT ? + 1', [1])
    const statement = await connection.prepare('SELECT ? + 2')
    await statement.execute([1])
    await expect(connection.execute('SELECT x FROM nowhere')).rejects.toMatchObject({ errno: 1146 })
    await statement.close()
    await connection.end()
    expect(spans().map(({ attributes }) => attributes['db.query.text'])).toEqual([
      'SELECT 1',
      'SELECT ? + 1',
      'SELECT ? + 2',
      'SELECT x FROM nowhere',
    ])
    expect(spans().map(({ attributes }) => attributes['db.response.status_code'])).toEqual([
      undefined,
      undefined,
      undefined,
      '1146',
    ])
  })

  it('makes one span of a query of a promised pool', async () => {
    const pool = promised.createPool(options)
    await reset()
    await pool.query('SELECT 1')
    await pool.execute('SELECT 1')
    await pool.end()
    expect(names()).toEqual([`connect ${options.database}`, `SELECT ${options.database}`, `SELECT ${options.database}`])
  })

  it('makes an error span when a promised connection is refused', async () => {
    await reset()
    await expect(promised.createConnection(refused)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(spans()).toMatchObject([{ name: 'connect d', attributes: { 'error.type': 'ECONNREFUSED' } }])
  })

  it('fails a query with events when the connection breaks', async () => {
    const connection = mysql2.createConnection(options)
    const broken = new Promise((resolve) => connection.on('error', resolve))
    await called((callback) => connection.query('SELECT 1', callback))
    await reset()
    connection.query('SELECT SLEEP(5)')
    ;(connection as Connection & { stream: { destroy(error: Error): void } }).stream.destroy(new Error('gone'))
    await broken
    expect(spans()).toMatchObject([{ status: { code: 2 } }])
  })

  it('follows the pools of a cluster', async () => {
    const cluster = mysql.createPoolCluster()
    cluster.add('main', options)
    await reset()
    await called((callback) => cluster.of('main').query('SELECT 1', callback))
    await called((callback) => cluster.end(callback))
    expect(names()).toEqual([`connect ${options.database}`, `SELECT ${options.database}`])
  })
})

/** A connection that broke says so here; it is closed all the same. */
async function ended(connection: Connection): Promise<void> {
  await new Promise((resolve) => {
    connection.end(resolve)
  })
}

async function outcomeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await run())
  } catch (error) {
    return String(error)
  }
}

/** Calls the library's own method, which the patcher keeps. */
function withoutUs(connection: Connection, sql: unknown, callback: Callback): unknown {
  const { query } = connection as unknown as { query: { __original: (...args: unknown[]) => unknown } }
  return query.__original.call(connection, sql, callback)
}
