import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'
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

interface Result {
  readonly rows: readonly Record<string, unknown>[]
}
type Query = (...args: unknown[]) => unknown
interface Client {
  readonly query: Query
  connect(callback?: (error: unknown) => void): Promise<void> | undefined
  end(): Promise<void>
  release(): void
}
interface Pool {
  readonly options: { connectionTimeoutMillis: number }
  query(...args: unknown[]): Promise<Result>
  connect(): Promise<Client>
  connect(callback: (error: unknown, client: Client, release: () => void) => void): void
  end(): Promise<void>
}
interface Pg {
  readonly Client: new (options: object) => Client
  readonly Pool: new (options: object) => Pool
  readonly Query: new (text: string, ...rest: unknown[]) => object
}

observeDatabase(new PgInstrumentation(), { onOperation })
const pg = load('pg') as Pg
const Cursor = load('pg-cursor') as new (
  text: string,
  values?: unknown[],
) => {
  read(count: number): Promise<unknown[]>
  close(): Promise<void>
}
const QueryStream = load('pg-query-stream') as new (text: string) => AsyncIterable<unknown>
const { postgres } = services
const url = new URL(postgres.url)
const server = { 'server.address': url.hostname, 'server.port': Number(url.port || 5432) }
const database = url.pathname.slice(1)
const select1 = { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT', 'db.namespace': database, ...server }

describe.skipIf(!postgres.available)(`pg ${postgres.reason}`, () => {
  let client: Client
  const pools: Pool[] = []
  const createPool = (options: object = {}): Pool => {
    const pool = new pg.Pool({ connectionString: postgres.url, ...options })
    pools.push(pool)
    return pool
  }

  beforeAll(async () => {
    client = new pg.Client({ connectionString: postgres.url })
    await client.connect()
    await client.query('CREATE TEMP TABLE ledger (id int PRIMARY KEY, note text)')
  })
  beforeEach(() => reset())
  afterAll(async () => {
    await client.end()
    await Promise.all(pools.map((pool) => pool.end()))
  })

  it('makes one span of a query, named by what it does, with stable attributes', async () => {
    const { spanId } = await inSpan(async () => await client.query('SELECT * FROM ledger WHERE id = $1', [7]))
    const span = spanNamed('SELECT ledger')
    expect(names()).toEqual(['SELECT ledger', 'parent'])
    expect(span.parentSpanId).toBe(spanId)
    expect(span.attributes).toEqual({
      ...select1,
      'db.collection.name': 'ledger',
      'db.query.summary': 'SELECT ledger',
      'db.query.text': 'SELECT * FROM ledger WHERE id = $1',
      'db.response.returned_rows': 0,
    })
    expect(span.scope).toBe('@opentelemetry/instrumentation-pg')
  })

  it.each<[string, () => Promise<unknown>]>([
    ['a promise', async () => await client.query('SELECT 1')],
    [
      'a callback',
      () =>
        new Promise((resolve) => {
          client.query('SELECT 1', resolve)
        }),
    ],
    [
      'a callback after values',
      () =>
        new Promise((resolve) => {
          client.query('SELECT 1', [], resolve)
        }),
    ],
    [
      'a callback in the configuration',
      () =>
        new Promise((resolve) => {
          client.query(Object.freeze({ text: 'SELECT 1', callback: resolve }))
        }),
    ],
    [
      'a query object with events',
      () =>
        new Promise((resolve) => {
          const query = client.query(new pg.Query('SELECT 1')) as { on(event: string, listener: unknown): unknown }
          query.on('end', resolve)
        }),
    ],
    [
      'a cursor',
      async () => {
        const cursor = client.query(new Cursor('SELECT 1')) as InstanceType<typeof Cursor>
        await cursor.read(10)
        await cursor.close()
      },
    ],
    [
      'a stream',
      async () => {
        const stream = client.query(new QueryStream('SELECT 1')) as AsyncIterable<unknown>
        for await (const row of stream) expect(row).toBeTypeOf('object')
      },
    ],
  ])('makes one span and one measurement of a query with %s', async (_style, run) => {
    await run()
    await settle()
    expect(names()).toEqual([`SELECT ${database}`])
    expect(spans()[0]?.attributes['db.query.text']).toBe('SELECT 1')
    expect(await measured()).toEqual([{ ...select1, count: 1 }])
    expect(operations).toHaveLength(1)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['a promise', async () => await client.query('SELECT nothing FROM nowhere')],
    [
      'a callback',
      () =>
        new Promise((_resolve, reject) => {
          client.query('SELECT nothing FROM nowhere', reject)
        }),
    ],
    [
      'a callback in the configuration',
      () =>
        new Promise((_resolve, reject) => {
          client.query({ text: 'SELECT nothing FROM nowhere', callback: reject })
        }),
    ],
    [
      'a query object with events',
      () =>
        new Promise((_resolve, reject) => {
          const query = client.query(new pg.Query('SELECT nothing FROM nowhere'))
          ;(query as { on(event: string, listener: unknown): unknown }).on('error', reject)
        }),
    ],
    [
      'a cursor',
      async () => {
        await (client.query(new Cursor('SELECT nothing FROM nowhere')) as InstanceType<typeof Cursor>).read(1)
      },
    ],
    [
      'a stream',
      async () => {
        const stream = client.query(new QueryStream('SELECT nothing FROM nowhere')) as AsyncIterable<unknown>
        for await (const row of stream) expect(row).toBeUndefined()
      },
    ],
    ['a pool', async () => await createPool().query('SELECT nothing FROM nowhere')],
  ])('makes an error span of a failed query with %s', async (_style, run) => {
    await expect(run()).rejects.toMatchObject({ code: '42P01' })
    await settle()
    const { attributes, status, events } = spanNamed('SELECT nowhere')
    expect(attributes).toMatchObject({ 'error.type': '42P01', 'db.response.status_code': '42P01' })
    expect(status).toEqual({ code: 2, message: 'relation ? does not exist' })
    expect(events).toEqual([])
    expect(await measured()).toMatchObject([
      { 'error.type': '42P01', 'db.response.status_code': '42P01', 'db.collection.name': 'nowhere', count: 1 },
    ])
    expect(operations).toMatchObject([{ errorType: '42P01', statusCode: '42P01', error: { code: '42P01' } }])
  })

  it('lets no bound value out', async () => {
    await client.query('DELETE FROM ledger')
    await reset()
    const secret = 'hunter2-secret'
    await client.query('SELECT $1::text', [secret])
    await expect(client.query('SELECT $1::int', [secret])).rejects.toThrow(secret)
    await client.query('INSERT INTO ledger VALUES ($1, $2)', [1, secret])
    await expect(client.query('INSERT INTO ledger VALUES ($1, $2)', [1, secret])).rejects.toThrow(/duplicate/)
    expect(JSON.stringify(spans())).not.toContain(secret)
    expect(JSON.stringify(await measured())).not.toContain(secret)
  })

  it('measures and tells an operation that is not sampled', async () => {
    await reset(false)
    await client.query('SELECT 1')
    await expect(client.query('SELEC 1')).rejects.toThrow(/syntax/)
    expect(spans()).toEqual([])
    expect(await measured()).toEqual(
      expect.arrayContaining([{ ...select1, count: 1 }, expect.objectContaining({ 'error.type': '42601', count: 1 })]),
    )
    expect(operations).toMatchObject([
      { system: 'postgresql', operation: 'SELECT', queryText: 'SELECT 1', rows: 1, errorType: undefined },
      { system: 'postgresql', operation: undefined, errorType: '42601', statusCode: '42601' },
    ])
    expect(operations[0]?.durationSeconds).toBeGreaterThan(0)
  })

  it('measures in seconds, with the boundaries that the conventions advise', async () => {
    await client.query('SELECT pg_sleep(0.05)')
    const [point] = await points('db.client.operation.duration')
    expect(point?.boundaries).toEqual([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10])
    expect(point?.value).toBeGreaterThan(0.04)
    expect(point?.value).toBeLessThan(50) // what it would be in milliseconds
  })

  it('makes one span of a query of a pool, and one of the connecting', async () => {
    const pool = createPool()
    const { spanId } = await inSpan(async () => {
      await pool.query('SELECT 1')
      await pool.query('SELECT 1')
    })
    expect(names()).toEqual([`connect ${database}`, `SELECT ${database}`, `SELECT ${database}`, 'parent'])
    expect(spans().map(({ parentSpanId }) => parentSpanId)).toEqual([spanId, spanId, spanId, undefined])
    expect(await measured()).toEqual([{ ...select1, count: 2 }])
  })

  it('says when a caller had to wait for a connection, or got none', async () => {
    const pool = createPool({ max: 1 })
    const taken = await pool.connect()
    const waiting = pool.query('SELECT 1')
    expect(await points('db.client.connection.pending_requests')).toMatchObject([{ value: 1 }])
    taken.release()
    await waiting
    const again = await pool.connect()
    pool.options.connectionTimeoutMillis = 50 // from now on: connecting above may take its time
    await expect(pool.query('SELECT 1')).rejects.toThrow('timeout exceeded')
    again.release()
    const acquired = spans().filter(({ name }) => name === `acquire ${database}`)
    expect(acquired.map(({ status }) => status.code)).toEqual([0, 2])
    expect(await measured()).toContainEqual(
      expect.objectContaining({ 'db.operation.name': 'acquire', 'error.type': 'Error', count: 1 }),
    )
  })

  it.each<[string, () => Promise<unknown>]>([
    [
      'a client',
      () => new pg.Client({ host: '127.0.0.1', port: CLOSED_PORT, database: 'd' }).connect() as Promise<void>,
    ],
    [
      'a client with a callback',
      () =>
        new Promise((_resolve, reject) => {
          void new pg.Client({ host: '127.0.0.1', port: CLOSED_PORT, database: 'd' }).connect(reject)
        }),
    ],
    ['a pool', () => new pg.Pool({ host: '127.0.0.1', port: CLOSED_PORT, database: 'd' }).connect()],
    ['a query of a pool', () => new pg.Pool({ host: '127.0.0.1', port: CLOSED_PORT, database: 'd' }).query('SELECT 1')],
  ])('makes an error span when %s cannot connect', async (_who, run) => {
    await expect(run()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(names()).toEqual(['connect d'])
    const { attributes, status } = spanNamed('connect d')
    expect(attributes).toMatchObject({ 'error.type': 'ECONNREFUSED', 'server.port': CLOSED_PORT })
    expect(attributes).not.toHaveProperty('db.response.status_code')
    expect(status.code).toBe(2)
    expect(await measured()).toMatchObject([{ 'db.operation.name': 'connect', 'error.type': 'ECONNREFUSED', count: 1 }])
    expect(operations).toMatchObject([{ operation: 'connect', errorType: 'ECONNREFUSED' }])
  })

  it('fails what is open when the connection breaks', async () => {
    const broken = new pg.Client({ connectionString: postgres.url }) as Client & { on(event: string, l: unknown): void }
    broken.on('error', () => undefined)
    await broken.connect()
    await reset()
    const [running, waiting] = await Promise.allSettled([
      broken.query('SELECT pg_terminate_backend(pg_backend_pid())'),
      broken.query('SELECT 2'),
    ])
    expect(running).toMatchObject({ reason: { code: '57P01' } })
    expect(waiting).toMatchObject({ reason: { message: 'Connection terminated unexpectedly' } })
    expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['57P01', 'Error'])
  })

  it('observes the connections of pools, of all pools of a name together, until they end', async () => {
    const [one, other] = [createPool({ max: 3 }), createPool({ max: 4 })]
    const held = await one.connect()
    await other.query('SELECT 1')
    const named = { 'db.client.connection.pool.name': `${url.hostname}:${Number(url.port || 5432)}/${database}` }
    const count = await points('db.client.connection.count')
    // Pools of earlier tests, which have idle clients, have the same name.
    const used = count.find(({ attributes }) => attributes['db.client.connection.state'] === 'used')
    expect(used).toMatchObject({ attributes: { ...named, 'db.client.connection.state': 'used' }, value: 1 })
    const [max] = await points('db.client.connection.max')
    held.release()
    await Promise.all([one.end(), other.end()])
    pools.splice(pools.indexOf(one), 2)
    await reset()
    const [after] = await points('db.client.connection.max')
    expect(max?.attributes).toEqual(named)
    expect((max?.value ?? 0) - (after?.value ?? 0)).toBeGreaterThanOrEqual(7)
  })

  describe('leaves the library as it is', () => {
    it('reads a getter of a configuration as often as the library does', async () => {
      let reads = 0
      class Statement {
        get text(): string {
          reads += 1
          return `SELECT ${reads}`
        }
      }
      const before = pgReads(() => new pg.Query(new Statement() as unknown as string))
      reads = 0
      const result = (await client.query(new Statement())) as Result
      expect(result.rows).toHaveLength(1)
      expect(reads).toBe(before)
      expect(spans()[0]?.attributes['db.query.text']).toMatch(/^SELECT \d$/)

      function pgReads(run: () => unknown): number {
        reads = 0
        run()
        return reads
      }
    })

    it('returns a query object itself, and leaves nothing on it', async () => {
      const query = new pg.Query('SELECT 1') as Record<string, unknown>
      const ended = new Promise((resolve) => {
        ;(query as unknown as { on(event: string, listener: unknown): void }).on('end', resolve)
      })
      expect(client.query(query)).toBe(query)
      await ended
      expect(Reflect.ownKeys(query).filter((key) => String(key).startsWith('handle'))).toEqual([])
    })

    it('gives a callback the same arguments and the same this', async () => {
      const query = await new Promise<{ self: unknown; args: unknown[] }>((resolve) => {
        client.query('SELECT 1', function (this: unknown, ...args: unknown[]) {
          resolve({ self: this, args })
        })
      })
      expect(query.self).toHaveProperty('text', 'SELECT 1')
      expect(query.args).toMatchObject([null, { rows: [{ '?column?': 1 }] }])
    })

    it.each<[string, unknown[], string | RegExp]>([
      ['no query', [null], 'Client was passed a null or undefined query'],
      ['a callback that is none', ['SELECT 1', [], 'callback'], 'callback is not a function'],
    ])('throws what the library throws for %s', (_what, args, message) => {
      expect(() => client.query(...args)).toThrow(new TypeError(message as string))
      expect(spans()).toMatchObject([{ attributes: { 'error.type': 'TypeError' } }])
    })

    it.each<[string, unknown[], string | RegExp]>([
      ['no text', [{}], /must have either text or a name/],
      ['a text that is no string', [{ text: 7 }], /must have either text or a name/],
      ['values that are no list', ['SELECT 1', 'x'], /must be an array/],
    ])('rejects as the library does for %s', async (_what, args, message) => {
      await expect(client.query(...args)).rejects.toThrow(message)
      expect(spans()).toMatchObject([{ status: { code: 2 } }])
    })

    it('keeps an unhandled rejection unhandled', async () => {
      const unhandled = new Promise((resolve) => {
        const listeners = process.listeners('unhandledRejection')
        process.removeAllListeners('unhandledRejection')
        process.once('unhandledRejection', (reason) => {
          for (const listener of listeners) process.on('unhandledRejection', listener)
          resolve(reason)
        })
      })
      void client.query('SELECT nothing FROM nowhere')
      await expect(unhandled).resolves.toMatchObject({ code: '42P01' })
    })

    it('gives the native promise of the library', async () => {
      const result = client.query('SELECT 1')
      expect(Object.getPrototypeOf(result)).toBe(Promise.prototype)
      await result
    })

    it('looks like the method it stands in for', () => {
      expect([client.query.name, client.query.length]).toEqual(['query', 3])
    })
  })

  it('keeps the context of the caller in a callback of the configuration', async () => {
    const { spanId } = await inSpan(
      () =>
        new Promise<void>((resolve) => {
          const callback = (): void => void client.query('SELECT 2', () => resolve())
          client.query({ text: 'SELECT 1', callback })
        }),
    )
    const queries = spans().filter(({ name }) => name.startsWith('SELECT'))
    expect(queries.map(({ parentSpanId }) => parentSpanId)).toEqual([spanId, spanId])
  })

  it('keeps the context of the caller in callbacks', async () => {
    const pool = createPool()
    const { spanId } = await inSpan(
      () =>
        new Promise<void>((resolve) => {
          pool.connect((_error, connection, release) => {
            connection.query('SELECT 1', () => {
              connection.query('SELECT 2', () => {
                release()
                resolve()
              })
            })
          })
        }),
    )
    const queries = spans().filter(({ name }) => name.startsWith('SELECT'))
    expect(queries.map(({ parentSpanId }) => parentSpanId)).toEqual([spanId, spanId])
  })
})
