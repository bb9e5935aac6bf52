import { randomUUID } from 'node:crypto'
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis'
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
  reset,
  settle,
  spanNamed,
  spans,
} from '../telemetry.test.support.ts'

interface Pipeline {
  set(key: string, value: string): Pipeline
  get(key: string): Pipeline
  lpush(key: string, value: string): Pipeline
  exec(): Promise<[unknown, unknown][] | null>
}
interface Redis {
  readonly status: string
  set(...args: unknown[]): Promise<string>
  get(key: unknown, callback?: (error: unknown, value: unknown) => void): Promise<string | null>
  lpush(key: string, value: string): Promise<number>
  del(...keys: string[]): Promise<number>
  call(...args: unknown[]): Promise<unknown>
  auth(password: string): Promise<unknown>
  multi(): Pipeline
  pipeline(): Pipeline
  connect(callback?: (error: unknown) => void): Promise<void>
  disconnect(): void
  on(event: string, listener: (...args: never[]) => void): Redis
  sendCommand(command: unknown): unknown
}
type RedisClass = (new (options: object | string) => Redis) & {
  readonly Command: new (name: string, args: unknown[]) => { readonly promise: Promise<unknown> }
}

observeDatabase(new IORedisInstrumentation(), { onOperation })
const { redis: service } = services
const url = new URL(service.url)
const [host, port] = [url.hostname, Number(url.port || 6379)]
const base = { 'db.system.name': 'redis', 'db.namespace': '0', 'server.address': host, 'server.port': port }
// Its own keys: other runs use the same server.
const TEXT = `plutus:${randomUUID()}`
const LIST = `plutus:${randomUUID()}`
const refused = { host: '127.0.0.1', port: CLOSED_PORT, retryStrategy: null }

describe.skipIf(!service.available).each(['ioredis', 'ioredis5'])(`%s ${service.reason}`, (library) => {
  const Client = load(library) as RedisClass
  let redis: Redis

  beforeAll(async () => {
    redis = new Client({ host, port })
    await redis.del(LIST, TEXT)
  })
  beforeEach(() => reset())
  afterAll(async () => {
    await redis.del(LIST, TEXT)
    redis.disconnect()
  })

  it('makes one span of a command, with stable attributes, without key and value', async () => {
    const { spanId } = await inSpan(() => redis.set('plutus:4242424242424242', 'hunter2', 'EX', 5))
    expect(names()).toEqual(['set 0', 'parent'])
    const { attributes, parentSpanId, scope } = spanNamed('set 0')
    expect(parentSpanId).toBe(spanId)
    expect(scope).toBe('@opentelemetry/instrumentation-ioredis')
    expect(attributes).toEqual({ ...base, 'db.operation.name': 'set', 'db.query.text': 'set plutus:? ? ? ?' })
    expect(await measured()).toEqual([{ ...base, 'db.operation.name': 'set', count: 1 }])
    expect(operations).toMatchObject([{ system: 'redis', operation: 'set', queryText: 'set plutus:? ? ? ?' }])
  })

  it('makes one span of a command that waited for the connection, and none of what connecting takes', async () => {
    const waiting = new Client({ host, port })
    await waiting.get(TEXT)
    waiting.disconnect()
    expect(names()).toEqual(['connect 0', 'get 0'])
    expect(await measured()).toEqual([{ ...base, 'db.operation.name': 'get', count: 1 }])
  })

  it('makes an error span of a failed command, by promise and by callback', async () => {
    await redis.lpush(LIST, 'x')
    await reset()
    await expect(redis.get(LIST)).rejects.toThrow('WRONGTYPE')
    const error = await new Promise((resolve) => void redis.get(LIST, resolve))
    expect(String(error)).toContain('WRONGTYPE')
    for (const { attributes, status } of spans()) {
      expect(attributes).toMatchObject({ 'error.type': 'WRONGTYPE', 'db.response.status_code': 'WRONGTYPE' })
      expect(status).toMatchObject({ code: 2, message: /^WRONGTYPE Operation against a key/ })
    }
    expect(await measured()).toMatchObject([{ 'error.type': 'WRONGTYPE', count: 2 }])
    expect(operations.map(({ statusCode }) => statusCode)).toEqual(['WRONGTYPE', 'WRONGTYPE'])
  })

  it('makes one span of each command of a transaction', async () => {
    await redis.multi().set(TEXT, 'a').get(TEXT).lpush(TEXT, 'b').exec()
    expect(names()).toEqual(['multi 0', 'MULTI set 0', 'MULTI get 0', 'MULTI lpush 0', 'exec 0'])
    expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual([
      undefined,
      undefined,
      undefined,
      'WRONGTYPE',
      undefined,
    ])
  })

  it('ends the commands of a transaction that is discarded', async () => {
    const send = async (name: string, ...args: string[]): Promise<unknown> => {
      const command = new Client.Command(name, args)
      Object.assign(command, { inTransaction: name === 'set' })
      redis.sendCommand(command)
      return await command.promise
    }
    await Promise.all([send('multi'), send('set', TEXT, 'a'), send('discard')])
    expect(names()).toEqual(['multi 0', 'MULTI set 0', 'discard 0'])
  })

  it('makes one span of each command of a pipeline', async () => {
    await redis.pipeline().set(TEXT, 'a').lpush(TEXT, 'b').exec()
    expect(names()).toEqual(['PIPELINE set 0', 'PIPELINE lpush 0'])
    expect(spanNamed('PIPELINE lpush 0').status.code).toBe(2)
  })

  it('has each command of an automatic pipeline below its caller', async () => {
    const client = new Client({ host, port, enableAutoPipelining: true })
    await client.get(TEXT)
    await reset()
    const callers = await Promise.all([1, 2].map(() => inSpan(() => client.get(TEXT))))
    client.disconnect()
    const commands = spans().filter(({ name }) => name === 'PIPELINE get 0')
    expect(commands.map(({ parentSpanId }) => parentSpanId)).toEqual(callers.map(({ spanId }) => spanId))
  })

  it('measures and tells a command that is not sampled', async () => {
    await reset(false)
    await redis.set(TEXT, 'a')
    await expect(redis.lpush(TEXT, 'b')).rejects.toThrow('WRONGTYPE')
    expect(spans()).toEqual([])
    expect(await measured()).toHaveLength(2)
    expect(operations.map(({ errorType }) => errorType)).toEqual([undefined, 'WRONGTYPE'])
  })

  it('makes error spans when the connection is refused', async () => {
    const client = new Client({ ...refused, lazyConnect: true }).on('error', () => undefined)
    await expect(client.connect()).rejects.toThrow(/Connection is closed|ECONNREFUSED/)
    await expect(client.get(TEXT)).rejects.toThrow('Connection is closed')
    expect(names()).toEqual(['connect 0', 'get 0'])
    expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['ECONNREFUSED', 'ECONNREFUSED'])
    expect(await measured()).toHaveLength(2)
  })

  it('makes no span of attempts to connect again', async () => {
    const client = new Client({ ...refused, retryStrategy: (times: number) => (times < 4 ? 1 : null) })
    client.on('error', () => undefined)
    await new Promise<void>((resolve) => client.on('end', () => resolve()))
    await settle()
    expect(names()).toEqual(['connect 0'])
  })

  it('does not leave a rejection of a connecting with a callback unhandled', async () => {
    const client = new Client({ ...refused, lazyConnect: true }).on('error', () => undefined)
    const unhandled: unknown[] = []
    const listener = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', listener)
    await new Promise<void>((resolve) => void client.connect(() => resolve()))
    await settle()
    process.off('unhandledRejection', listener)
    expect(unhandled).toEqual([])
    expect(names()).toEqual(['connect 0'])
  })

  it('takes buffers, numbers, and commands made by hand', async () => {
    await redis.set(Buffer.from(TEXT), 7)
    await redis.call('SET', TEXT, Buffer.from([0, 255]))
    const command = new Client.Command('get', [Buffer.from(TEXT)])
    expect(redis.sendCommand(command)).toBe(command.promise)
    await command.promise
    expect(spans().map(({ attributes }) => attributes['db.query.text']?.toString().toLowerCase())).toEqual([
      'set plutus:? ?',
      'set plutus:? ?',
      'get plutus:?',
    ])
  })

  it('shows no password', async () => {
    await expect(redis.auth('hunter2-secret')).rejects.toThrow(/ERR|WRONGPASS/)
    expect(spans()).toMatchObject([{ attributes: { 'db.query.text': 'auth ?' } }])
    expect(JSON.stringify(spans())).not.toContain('hunter2')
  })

  it('looks like the method it stands in for', () => {
    expect([redis.sendCommand.name, redis.sendCommand.length]).toEqual(['sendCommand', 2])
  })
})
