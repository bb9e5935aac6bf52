import { randomUUID } from 'node:crypto'
import { RedisInstrumentation } from '@opentelemetry/instrumentation-redis'
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
  spanNamed,
  spans,
} from '../telemetry.test.support.ts'

interface Multi {
  set(key: string, value: string): Multi
  lPush(key: string, value: string): Multi
  exec(asPipeline?: boolean): Promise<unknown[]>
}
interface Client {
  connect(): Promise<unknown>
  set(key: string, value: unknown): Promise<unknown>
  get(key: string): Promise<string | null>
  lPush(key: string, value: string): Promise<number>
  del(keys: string[]): Promise<number>
  sendCommand(args: unknown): Promise<unknown>
  multi(): Multi
  on(event: string, listener: (...args: never[]) => void): Client
  destroy?(): void
  disconnect(): Promise<void>
  close(): Promise<void>
}
interface Redis {
  createClient(options: object): Client
  createClientPool(options: object, poolOptions?: object): Client
}

observeDatabase(new RedisInstrumentation(), { onOperation })
const { redis: service } = services
const url = new URL(service.url)
const [host, port] = [url.hostname, Number(url.port || 6379)]
const base = { 'db.system.name': 'redis', 'db.namespace': '0', 'server.address': host, 'server.port': port }
const KEY = `plutus:${randomUUID()}` // its own: other runs use the same server

describe.skipIf(!service.available).each(['redis', 'redis5', 'redis4'])(`%s ${service.reason}`, (library) => {
  const { createClient } = load(library) as Redis
  let client: Client

  beforeAll(async () => {
    client = createClient({ url: service.url })
    client.on('error', () => undefined)
    await client.connect()
  })
  beforeEach(async () => {
    await client.del([KEY])
    await reset()
  })
  afterAll(async () => {
    await client.del([KEY])
    if (client.destroy === undefined) await client.disconnect()
    else client.destroy()
  })

  it('makes one span of a command, with stable attributes, without key and value', async () => {
    const { spanId } = await inSpan(() => client.set('plutus:4242424242424242', 'hunter2'))
    await client.del(['plutus:4242424242424242'])
    expect(names()).toEqual(['SET 0', 'parent', 'DEL 0'])
    const { attributes, parentSpanId, scope } = spanNamed('SET 0')
    expect(parentSpanId).toBe(spanId)
    expect(scope).toBe('@opentelemetry/instrumentation-redis')
    expect(attributes).toEqual({ ...base, 'db.operation.name': 'SET', 'db.query.text': 'SET plutus:? ?' })
    expect(await measured()).toContainEqual({ ...base, 'db.operation.name': 'SET', count: 1 })
    expect(operations).toMatchObject([
      { system: 'redis', operation: 'SET', queryText: 'SET plutus:? ?' },
      { operation: 'DEL' },
    ])
  })

  it('makes an error span of a failed command', async () => {
    await client.lPush(KEY, 'x')
    await reset()
    await expect(client.get(KEY)).rejects.toThrow('WRONGTYPE')
    const { attributes, status, events } = spanNamed('GET 0')
    expect(attributes).toMatchObject({ 'error.type': 'WRONGTYPE', 'db.response.status_code': 'WRONGTYPE' })
    expect(status.code).toBe(2)
    expect(events).toEqual([])
    expect(await measured()).toMatchObject([{ 'error.type': 'WRONGTYPE', count: 1 }])
  })

  it('makes one span of each command of a transaction', async () => {
    await expect(client.multi().set(KEY, 'a').lPush(KEY, 'b').exec()).rejects.toThrow(/./)
    expect(names()).toEqual(['MULTI SET 0', 'MULTI LPUSH 0'])
    expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual([undefined, 'WRONGTYPE'])
    expect(await measured()).toHaveLength(2)
  })

  it('makes one span of each command of a pipeline', async () => {
    await client.multi().set(KEY, 'a').set(KEY, 'b').exec(true)
    expect(names()).toEqual(['PIPELINE SET 0', 'PIPELINE SET 0'])
    expect(await measured()).toMatchObject([{ 'db.operation.name': 'PIPELINE SET', count: 2 }])
  })

  it('makes no span of a transaction without a command', async () => {
    await expect(client.multi().exec()).resolves.toEqual([])
    expect(names()).toEqual([])
  })

  it('measures and tells a command that is not sampled', async () => {
    await reset(false)
    await client.set(KEY, 'a')
    await expect(client.lPush(KEY, 'b')).rejects.toThrow('WRONGTYPE')
    expect(spans()).toEqual([])
    expect(await measured()).toHaveLength(2)
    expect(operations.map(({ errorType }) => errorType)).toEqual([undefined, 'WRONGTYPE'])
  })

  it('makes an error span when the connection is refused', async () => {
    const refused = createClient({ socket: { host: '127.0.0.1', port: CLOSED_PORT, reconnectStrategy: false } })
    refused.on('error', () => undefined)
    await expect(refused.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(spans()).toMatchObject([{ attributes: { 'error.type': 'ECONNREFUSED', 'server.port': CLOSED_PORT } }])
    expect(await measured()).toMatchObject([{ 'db.operation.name': 'connect', 'error.type': 'ECONNREFUSED' }])
  })

  it('makes an error span of a command to a closed client', async () => {
    await expect(createClient({ url: service.url }).get(KEY)).rejects.toThrow(/closed/i)
    expect(spanNamed('GET 0').attributes['error.type']).toBe('ClientClosedError')
  })

  it('takes buffers, and commands made by hand', async () => {
    await client.set(KEY, Buffer.from([0, 255]))
    await client.sendCommand(['GET', KEY])
    expect(spans().map(({ attributes }) => attributes['db.query.text'])).toEqual(['SET plutus:? ?', 'GET plutus:?'])
  })

  it('keeps an unhandled rejection unhandled', async () => {
    await client.lPush(KEY, 'x')
    const unhandled = new Promise((resolve) => {
      const listeners = process.listeners('unhandledRejection')
      process.removeAllListeners('unhandledRejection')
      process.once('unhandledRejection', (reason) => {
        for (const listener of listeners) process.on('unhandledRejection', listener)
        resolve(reason)
      })
    })
    void client.sendCommand(['GET', KEY])
    expect(String(await unhandled)).toContain('WRONGTYPE')
  })
})

// Version 4 has a pool inside the client, which shows nothing of itself.
describe.skipIf(!service.available).each(['redis', 'redis5'])(`%s ${service.reason}`, (library) => {
  it('observes a pool until it closes', async () => {
    const { createClientPool } = load(library) as Redis
    const pool = createClientPool({ url: service.url }, { minimum: 1, maximum: 2 })
    pool.on('error', () => undefined)
    await pool.connect()
    await reset()
    await pool.get(`${KEY}:none`)
    const named = { 'db.client.connection.pool.name': `${host}:${port}/0` }
    expect(names()).toEqual(['GET 0'])
    expect(await points('db.client.connection.count')).toEqual([
      { attributes: { ...named, 'db.client.connection.state': 'used' }, value: 0 },
      { attributes: { ...named, 'db.client.connection.state': 'idle' }, value: 1 },
    ])
    await pool.close()
    await reset()
    const count = await points('db.client.connection.count')
    expect(count.map(({ value }) => value)).toEqual([0, 0])
  })
})
