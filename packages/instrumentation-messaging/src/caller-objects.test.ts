import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { AmqplibInstrumentation } from '@opentelemetry/instrumentation-amqplib'
import { KafkaJsInstrumentation } from '@opentelemetry/instrumentation-kafkajs'
import { propagation, trace, TraceFlags } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { beforeAll, expect, it } from 'vitest'
import { keepCallerObjects } from './caller-objects.ts'

interface Producer {
  connect(): Promise<void>
  send(record: unknown): Promise<unknown>
  sendBatch(batch: unknown): Promise<unknown>
}
interface KafkaModule {
  readonly Kafka: new (options: object) => {
    producer(options?: object): Producer
    consumer(options: object): { run(config: object): Promise<void> }
  }
  readonly logLevel: { readonly NOTHING: number }
}
interface ChannelModule {
  readonly Channel: { readonly prototype: { publish(...args: unknown[]): unknown } }
}

const load = createRequire(import.meta.url)
keepCallerObjects(new KafkaJsInstrumentation())
keepCallerObjects(new AmqplibInstrumentation())
const { Kafka, logLevel } = load('kafkajs') as KafkaModule
const { Channel } = load(join(dirname(load.resolve('amqplib')), 'lib/channel_model.js')) as ChannelModule

beforeAll(() => {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED }
  // Every span is this one: what matters is that there is a context to propagate.
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startSpan: () => trace.wrapSpanContext(spanContext),
      startActiveSpan: (...args: unknown[]) =>
        (args.at(-1) as (span: unknown) => never)(trace.wrapSpanContext(spanContext)),
    }),
  })
})

function client(): InstanceType<KafkaModule['Kafka']> {
  return new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING, retry: { retries: 0 } })
}

it('leaves the messages that are sent to Kafka as they are, frozen or not', async () => {
  const message = { key: 'a', value: 'one', headers: { shop: 'berlin' } }
  const bare = Object.freeze({ value: 'two' })
  const producer = client().producer()
  await expect(producer.send({ topic: 'orders', messages: [message, bare] })).rejects.toThrow(
    'producer is disconnected',
  )
  const batch = { topicMessages: [{ topic: 'orders', messages: [message, bare] }] }
  await expect(producer.sendBatch(batch)).rejects.toThrow('producer is disconnected')
  expect(message).toEqual({ key: 'a', value: 'one', headers: { shop: 'berlin' } })
  expect(bare).toEqual({ value: 'two' })
})

it.each([
  [{ topic: 'orders' }, 'Invalid messages array [undefined] for topic "orders"'],
  [{ topic: 'orders', messages: [{}] }, 'Invalid message without value for topic "orders"'],
  [{ topic: 'orders', messages: [undefined] }, "Cannot read properties of undefined (reading 'value')"],
])('has the Kafka client refuse %j in its own words', async (record, words) => {
  await expect(client().producer().send(record)).rejects.toThrow(words)
})

it("leaves a consumer's configuration as it is", async () => {
  const config = Object.freeze({ eachMessage: async () => undefined })
  await client()
    .consumer({ groupId: 'shop' })
    .run(config)
    .catch(() => undefined)
  expect(Object.keys(config)).toEqual(['eachMessage'])
})

it('leaves the options of a message for RabbitMQ as they are, frozen or not', () => {
  const sent: unknown[] = []
  const channel = {
    connection: { stream: {} },
    sendMessage(
      _fields: unknown,
      { headers, deliveryMode }: { headers: Record<string, unknown>; deliveryMode: unknown },
    ) {
      const names: string[] = []
      for (const name in headers) names.push(name) // inherited ones too, as amqplib writes them
      sent.push([Object.fromEntries(names.map((name) => [name, headers[name]])), deliveryMode])
    },
  }
  const inherited = Object.create({ persistent: true, headers: Object.create({ shop: 'berlin' }) as object }) as object
  for (const options of [{ headers: { shop: 'berlin' } }, Object.freeze({ persistent: true }), inherited, undefined]) {
    const before = structuredClone(options)
    Channel.prototype.publish.call(channel, 'exchange', 'key', Buffer.from('one'), options)
    expect(structuredClone(options)).toEqual(before)
  }
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  expect(sent).toEqual([
    [{ shop: 'berlin', traceparent }, undefined],
    [{ traceparent }, 2],
    [{ shop: 'berlin', traceparent }, 2],
    [{ traceparent }, undefined],
  ])
})
