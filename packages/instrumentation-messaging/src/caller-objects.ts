import type { Instrumentation } from '@opentelemetry/instrumentation'
import { isFunction, isObject, type AnyFunction } from './unknown.ts'

type Wrapper = (original: AnyFunction, name: string) => AnyFunction
/** Returns the arguments with copies in place of the caller's objects; `undefined` for what the instrumentation cannot read. */
type Copy = (args: readonly unknown[]) => unknown[] | undefined

/** The members of upstream's base class and of its instrumentations that are replaced. */
interface Internals {
  _wrap: (target: object, name: string, wrapper: Wrapper) => unknown
  _getSendPatch?: () => Wrapper
  _getSendBatchPatch?: () => Wrapper
  _getConsumerRunPatch?: () => Wrapper
}

/**
 * Has upstream's instrumentation of amqplib or kafkajs leave alone what the application hands to the client, and returns it.
 *
 * They write trace headers into the caller's options and messages, and replace handlers in his configuration; and they
 * throw where the client would reject. Here they get copies, and nothing that they cannot read. To be called before
 * the library is loaded.
 *
 * @example keepCallerObjects(new AmqplibInstrumentation())
 */
export function keepCallerObjects<T extends Instrumentation>(instrumentation: T): T {
  const internals = instrumentation as unknown as Internals
  if (instrumentation.instrumentationName === '@opentelemetry/instrumentation-amqplib') {
    const wrap = internals._wrap
    internals._wrap = (target, name, wrapper) =>
      wrap(target, name, name === 'publish' ? copying(wrapper, copyPublish) : wrapper)
  }
  for (const [member, copy] of KAFKA_PATCHES) {
    const getPatch = internals[member]
    if (getPatch !== undefined) internals[member] = () => copying(getPatch.call(internals), copy)
  }
  return instrumentation
}

const KAFKA_PATCHES = [
  ['_getSendPatch', ([record]) => copyRecord(record)],
  ['_getSendBatchPatch', ([batch]) => copyBatch(batch)],
  ['_getConsumerRunPatch', ([config]) => (isObject(config) ? [{ ...config }] : undefined)],
] as const satisfies readonly (readonly [keyof Internals, Copy])[]

function copying(wrapper: Wrapper, copy: Copy): Wrapper {
  return (original, name) => {
    const wrapped = wrapper(original, name)
    return function (this: unknown, ...args: unknown[]): unknown {
      const copied = copy(args)
      return copied === undefined ? original.apply(this, args) : wrapped.apply(this, copied)
    }
  }
}

/** `publish(exchange, routingKey, content, options, confirm)` of a channel. */
function copyPublish(args: readonly unknown[]): unknown[] | undefined {
  const [exchange, routingKey, content, options, ...rest] = args
  if (options === undefined || options === null) return [...args]
  if (!isObject(options) || isFunction(options)) return undefined
  // Amqplib reads members that options and headers inherit, so theirs have to be seen through.
  const headers: unknown = Object.create(isObject(options['headers']) ? options['headers'] : null)
  const own = { headers: { configurable: true, enumerable: true, writable: true, value: headers } }
  return [exchange, routingKey, content, Object.create(options, own), ...rest]
}

/** `{ topic, messages }` of a producer's `send`. */
function copyRecord(record: unknown): unknown[] | undefined {
  const messages = isObject(record) ? copyMessages(record['messages']) : undefined
  return messages === undefined ? undefined : [{ ...(record as object), messages }]
}

/** `{ topicMessages: [{ topic, messages }] }` of a producer's `sendBatch`. */
function copyBatch(batch: unknown): unknown[] | undefined {
  const topics = isObject(batch) ? batch['topicMessages'] : undefined
  if (!Array.isArray(topics)) return undefined
  const topicMessages: unknown[] = []
  for (const topic of topics as unknown[]) {
    const copied = copyRecord(topic)
    if (copied === undefined) return undefined
    topicMessages.push(...copied)
  }
  return [{ ...(batch as object), topicMessages }]
}

function copyMessages(messages: unknown): object[] | undefined {
  if (!Array.isArray(messages)) return undefined
  const copies: object[] = []
  for (const message of messages as unknown[]) {
    if (!isObject(message)) return undefined
    copies.push(copyHeaders(message))
  }
  return copies
}

function copyHeaders(holder: object): object {
  const { headers } = holder as { headers?: unknown }
  return isObject(headers) ? { ...holder, headers: { ...headers } } : { ...holder }
}
