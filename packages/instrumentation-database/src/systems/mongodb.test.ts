import { MongoDBInstrumentation } from '@opentelemetry/instrumentation-mongodb'
import { MongooseInstrumentation } from '@opentelemetry/instrumentation-mongoose'
import { startMongo } from '@plutus/test-kit'
import type { Mongo } from '@plutus/test-kit'
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

interface Cursor {
  toArray(): Promise<object[]>
}
interface Collection {
  insertOne(document: object): Promise<unknown>
  insertMany(documents: object[]): Promise<unknown>
  find(filter: object, options?: object): Cursor
  updateOne(filter: object, update: object): Promise<unknown>
  deleteMany(filter: object): Promise<unknown>
  aggregate(pipeline: object[]): Cursor
}
interface MongoClient {
  connect(): Promise<unknown>
  db(name: string): { collection(name: string): Collection; command(command: object): Promise<unknown> }
  close(): Promise<void>
}
interface MongoModule {
  readonly MongoClient: new (url: string, options?: object) => MongoClient
}
interface Model {
  create(document: object): Promise<unknown>
  find(filter: object): Promise<object[]>
}
interface Mongoose {
  connect(url: string, options?: object): Promise<unknown>
  disconnect(): Promise<void>
  readonly Schema: new (fields: object, options?: object) => object
  model(name: string, schema: object): Model
}

observeDatabase(new MongoDBInstrumentation(), { onOperation })
observeDatabase(new MongooseInstrumentation(), { onOperation })

let mongo: Mongo
beforeAll(async () => {
  mongo = await startMongo()
})
afterAll(() => mongo.close())

describe.each(['mongodb', 'mongodb6'])('%s', (library) => {
  const { MongoClient } = load(library) as MongoModule
  let client: MongoClient
  let payments: Collection
  let base: Record<string, unknown>

  beforeAll(async () => {
    client = new MongoClient(mongo.url, { maxPoolSize: 3 })
    await client.connect()
    payments = client.db('test').collection('payments')
    base = {
      'db.system.name': 'mongodb',
      'db.namespace': 'test',
      'server.address': mongo.host,
      'server.port': mongo.port,
    }
  })
  beforeEach(async () => {
    await payments.deleteMany({})
    await reset()
  })
  afterAll(() => client.close())

  it('makes one span of a command, with stable attributes and without values', async () => {
    const { spanId } = await inSpan(async () => {
      await payments.insertOne({ _id: 1, card: '4242424242424242' })
      return await payments.find({ card: '4242424242424242', amount: { $gt: 5 } }).toArray()
    })
    expect(names()).toEqual(['insert payments', 'find payments', 'parent'])
    const { attributes, parentSpanId, scope } = spanNamed('find payments')
    expect(parentSpanId).toBe(spanId)
    expect(scope).toBe('@opentelemetry/instrumentation-mongodb')
    expect(attributes).toMatchObject({
      ...base,
      'db.operation.name': 'find',
      'db.collection.name': 'payments',
      'db.response.returned_rows': 0,
    })
    expect(JSON.parse(String(attributes['db.query.text']))).toMatchObject({
      find: '?',
      filter: { card: '?', amount: { $gt: '?' } },
    })
    expect(JSON.stringify(spans())).not.toContain('4242424242424242')
    expect(await measured()).toContainEqual({
      ...base,
      'db.operation.name': 'find',
      'db.collection.name': 'payments',
      count: 1,
    })
    expect(operations.map(({ operation }) => operation)).toEqual(['insert', 'find'])
  })

  it('follows a cursor, an aggregation and a batch', async () => {
    await payments.insertMany([2, 3, 4].map((_id) => ({ _id })))
    await payments.find({}, { batchSize: 2 }).toArray()
    await payments.aggregate([{ $match: { _id: 2 } }, { $project: { _id: 1 } }]).toArray()
    await payments.updateOne({ _id: 2 }, { $set: { note: 'hunter2' } })
    await payments.deleteMany({ _id: 4 })
    expect(new Set(names())).toEqual(
      new Set([
        'insert payments',
        'find payments',
        'getMore payments',
        'aggregate payments',
        'update payments',
        'delete payments',
      ]),
    )
    expect(spanNamed('insert payments').attributes['db.operation.batch.size']).toBe(3)
    expect(spanNamed('find payments').attributes['db.response.returned_rows']).toBe(2)
    expect(spanNamed('aggregate payments').attributes['db.query.text']).toContain(
      '"pipeline":[{"$match":{"_id":"?"}},{"$project":{"_id":"?"}}]',
    )
  })

  it('makes an error span of a failed command', async () => {
    await payments.insertOne({ _id: 5 }) // the operator is looked at with the first document
    await reset()
    await expect(payments.find({ amount: { $no: 1 } }).toArray()).rejects.toMatchObject({ code: 2 })
    const { attributes, status } = spanNamed('find payments')
    expect(attributes).toMatchObject({ 'error.type': '2', 'db.response.status_code': '2' })
    expect(status).toEqual({ code: 2, message: 'unknown operator: $no' })
    expect(await measured()).toMatchObject([{ 'error.type': '2', 'db.response.status_code': '2', count: 1 }])
    expect(operations).toMatchObject([{ statusCode: '2', collection: 'payments' }])
  })

  it('makes an error span of a write that breaks a rule, without its values', async () => {
    await payments.insertOne({ _id: 'hunter2' })
    await expect(payments.insertOne({ _id: 'hunter2' })).rejects.toMatchObject({ code: 11_000 })
    expect(spans().map(({ attributes }) => attributes['db.response.status_code'])).toEqual([undefined, '11000'])
    expect(spans()[1]?.status.message).toMatch(/duplicate key error/)
    expect(JSON.stringify(spans())).not.toContain('hunter2')
    await payments.deleteMany({ _id: 'hunter2' })
  })

  it('measures and tells a command that is not sampled', async () => {
    await reset(false)
    await client.db('test').command({ ping: 1 })
    await expect(client.db('test').command({ nonsense: 'secret' })).rejects.toMatchObject({ code: 59 })
    expect(spans()).toEqual([])
    expect(await measured()).toEqual([
      { ...base, 'db.operation.name': 'ping', count: 1 },
      expect.objectContaining({ 'db.operation.name': 'nonsense', 'error.type': '59', count: 1 }),
    ])
    expect(operations.map(({ errorType }) => errorType)).toEqual([undefined, '59'])
  })

  it('makes an error span when no server is found', async () => {
    const lost = new MongoClient(`mongodb://127.0.0.1:${CLOSED_PORT}/test`, { serverSelectionTimeoutMS: 100 })
    await expect(lost.db('test').collection('payments').find({}).toArray()).rejects.toThrow('ECONNREFUSED')
    await settle()
    const [span, another] = spans()
    expect(another).toBeUndefined()
    expect(span?.attributes).toMatchObject({ 'db.system.name': 'mongodb', 'error.type': 'MongoServerSelectionError' })
    expect(span?.status.code).toBe(2)
    expect(operations).toMatchObject([{ errorType: 'MongoServerSelectionError' }])
    await lost.close()
  })

  it('observes its pool until it closes', async () => {
    const other = new MongoClient(mongo.url.replace('/test', '/pooled'), { maxPoolSize: 7 })
    await other.db('pooled').command({ ping: 1 })
    await settle()
    const named = { 'db.client.connection.pool.name': `${mongo.host}:${mongo.port}/pooled` }
    const mine = async (metric: string): Promise<number[]> =>
      (await points(metric))
        .filter(({ attributes }) => attributes['db.client.connection.pool.name'] === Object.values(named)[0])
        .map(({ value }) => value)
    expect(await mine('db.client.connection.count')).toEqual([0, 1])
    expect(await mine('db.client.connection.max')).toEqual([7])
    expect(await mine('db.client.connection.pending_requests')).toEqual([0])
    await other.close()
    expect(await mine('db.client.connection.count')).toEqual([0, 0])
  })

  it('runs no getter and no toJSON of a document', async () => {
    let calls = 0
    const filter = {
      get card(): string {
        calls += 1
        return 'x'
      },
    }
    const document = {
      _id: 77,
      toJSON: () => {
        calls += 1
        return {}
      },
    }
    await payments.find(filter).toArray()
    const byDriver = calls
    calls = 0
    await payments.insertOne(document)
    expect(calls).toBe(0)
    expect(byDriver).toBeLessThanOrEqual(2)
  })
})

describe('mongoose', () => {
  const mongoose = load('mongoose') as Mongoose
  beforeAll(async () => {
    await mongoose.connect(mongo.url, { autoIndex: false })
  })
  afterAll(() => mongoose.disconnect())

  it('makes its span the parent of the command, and has the command measured once', async () => {
    const Order = mongoose.model('Order', new mongoose.Schema({ _id: Number, card: String }, { autoCreate: false }))
    await settle()
    await reset()
    await Order.create({ _id: 1, card: 'hunter2' })
    await Order.find({ card: 'hunter2' })
    expect(names()).toEqual(['insert orders', 'save orders', 'find orders', 'find orders'])
    const [insert, save, find, outerFind] = spans()
    expect(insert?.parentSpanId).toBe(save?.spanId)
    expect(find?.parentSpanId).toBe(outerFind?.spanId)
    expect((await measured()).map(({ count, ...attributes }) => [attributes['db.operation.name'], count])).toEqual([
      ['insert', 1],
      ['find', 1],
    ])
    expect(operations).toHaveLength(2)
    expect(JSON.stringify(spans())).not.toContain('hunter2')
  })

  it('keeps the context of the caller', async () => {
    const Refund = mongoose.model('Refund', new mongoose.Schema({ _id: Number }, { autoCreate: false }))
    await reset()
    const { spanId } = await inSpan(async () => {
      await Refund.find({})
      await Refund.find({})
    })
    const outer = spans().filter(({ scope, name }) => scope.endsWith('mongoose') && name === 'find refunds')
    expect(outer.map(({ parentSpanId }) => parentSpanId)).toEqual([spanId, spanId])
  })

  it('makes an error span of a failed operation, with the code of the driver', async () => {
    const Payout = mongoose.model('Payout', new mongoose.Schema({ _id: Number }, { autoCreate: false }))
    await Payout.create({ _id: 1 })
    await reset()
    await expect(Payout.create({ _id: 1 })).rejects.toMatchObject({ code: 11_000 })
    expect(spans()).toMatchObject([
      { name: 'insert payouts', attributes: { 'db.response.status_code': '11000' } },
      { name: 'save payouts', attributes: { 'db.response.status_code': '11000' }, events: [] },
    ])
    expect(await measured()).toHaveLength(1)
  })
})
