import { context, type Context, type Span } from '@opentelemetry/api'
import { IterationContext } from './iteration-context.ts'
import { connectionOf, inboxPrefixOf } from './nats-connection.ts'
import { isInRequest, type Host } from './nats-publish.ts'
import { endWithError, startProcess, type Connection, type Message, type Started } from './nats-spans.ts'
import { isInbox, isInternal } from './subject.ts'
import { isFunction, isObject, type AnyFunction } from './unknown.ts'

/** What is known of a subscription. */
interface Source {
  readonly connection: Connection
  readonly pattern: string | undefined
  readonly group: string | undefined
}

const UNKNOWN_SOURCE: Source = {
  connection: { inboxPrefix: '_INBOX', address: undefined, port: undefined },
  pattern: undefined,
  group: undefined,
}

/** Traces the messages of subscriptions that have a callback. Answers to requests belong to the request's span. */
export function traceSubscribe(host: Host, subscribe: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const subscription = subscribe.apply(this, args)
    const [subject, options] = args
    if (isInRequest() || typeof subject !== 'string' || isInbox(subject, inboxPrefixOf(this))) return subscription
    if (!isObject(subscription) || !isObject(options) || !isFunction(options['callback'])) return subscription
    const { callback } = options
    if (subscription['callback'] !== callback) return subscription
    subscription['callback'] = function (this: unknown, ...given: unknown[]): unknown {
      const [error, message] = given
      const call = (): unknown => callback.apply(this, given)
      if (!host.isEnabled() || (error !== null && error !== undefined) || !isMessage(message)) return call()
      return handle(host, message, sourceOf(subscription), call)
    }
    return subscription
  }
}

/** Traces the messages that a JetStream consumer hands to a callback. */
export function traceJetStreamPush(host: Host, push: AnyFunction): AnyFunction {
  const traced = new WeakSet<AnyFunction>()
  return function (this: unknown, ...args: unknown[]): unknown {
    const callback = isObject(this) ? this['callback'] : undefined
    if (isObject(this) && isFunction(callback) && !traced.has(callback)) {
      const tracedCallback: AnyFunction = function (...given) {
        const call = (): unknown => callback.apply(this, given)
        const [message] = given
        return host.isEnabled() && isMessage(message) ? handle(host, message, UNKNOWN_SOURCE, call) : call()
      }
      traced.add(tracedCallback)
      this['callback'] = tracedCallback
    }
    return push.apply(this, args)
  }
}

/** Traces the loops over the messages of a subscription or of a JetStream consumer. */
export function traceIterator(host: Host, getIterator: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const iterator = getIterator.apply(this, args)
    if (!host.isEnabled() || !isAsyncIterator(iterator)) return iterator
    const source = isSubscription(this) ? sourceOf(this) : undefined
    if (source !== undefined && isInbox(source.pattern ?? '', source.connection.inboxPrefix)) return iterator
    traceTurns(iterator, (value) => {
      // Other iterators of the client are over its status, over answers to a request, over entries of a bucket.
      if (!isMessage(value) || isInternal(value.subject) || (source === undefined && !isJetStream(value)))
        return undefined
      const { connection, pattern, group } = source ?? UNKNOWN_SOURCE
      return startProcess(host.tracer, connection, value, pattern, group)
    })
    return iterator
  }
}

/**
 * Makes each turn of a loop run in the context of its message, whose span ends with the turn.
 *
 * The first turn's context is entered by whoever starts the loop, and may be seen by code beside the loop; so it is
 * left again with the turn. The others are entered and seen by the loop alone.
 */
function traceTurns(iterator: AsyncIterator<unknown>, start: (value: unknown) => Started | undefined): void {
  const { next, return: close, throw: fail } = iterator
  let base: Context | undefined
  let first: IterationContext | undefined
  let span: Span | undefined
  const endTurn = (): void => {
    span?.end()
    span = undefined
    if (first !== undefined && base !== undefined) first.current = base
  }
  const members: Record<string, unknown> = {
    next(...args: [] | [unknown]): Promise<IteratorResult<unknown>> {
      endTurn()
      base ??= context.active()
      const turn = new IterationContext(base)
      first ??= turn
      context.attach(turn)
      return next.apply(iterator, args).then((result) => {
        const started = result.done === true ? undefined : start(result.value)
        if (started !== undefined) {
          span = started.span
          turn.current = started.context
        }
        return result
      })
    },
  }
  if (close !== undefined) {
    members['return'] = (value: unknown) => {
      endTurn()
      return close.call(iterator, value)
    }
  }
  if (fail !== undefined) {
    members['throw'] = (error: unknown) => {
      endTurn()
      return fail.call(iterator, error)
    }
  }
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(iterator, name, { configurable: true, writable: true, value })
  }
}

/** Runs a handler in the span of its message, which ends with the handler or with its promise. */
function handle(host: Host, message: Message, source: Source, call: () => unknown): unknown {
  if (isInternal(message.subject)) return call()
  const { span, context: active } = startProcess(host.tracer, source.connection, message, source.pattern, source.group)
  let result: unknown
  try {
    result = context.with(active, call)
  } catch (error) {
    endWithError(span, error)
    throw error
  }
  if (!(result instanceof Promise)) {
    span.end()
    return result
  }
  // The client ignores the promise: a rejection stays as unhandled as it was.
  return result.then(
    (value: unknown) => {
      span.end()
      return value
    },
    (error: unknown) => {
      endWithError(span, error)
      throw error
    },
  )
}

function isSubscription(value: unknown): value is Record<PropertyKey, unknown> {
  return isObject(value) && typeof value['subject'] === 'string' && typeof value['sid'] === 'number'
}

function sourceOf(subscription: Record<PropertyKey, unknown>): Source {
  const { subject, queue, protocol } = subscription
  return {
    connection: connectionOf(protocol),
    pattern: typeof subject === 'string' ? subject : undefined,
    group: typeof queue === 'string' && queue !== '' ? queue : undefined,
  }
}

function isMessage(value: unknown): value is Message {
  return isObject(value) && typeof value['subject'] === 'string'
}

function isJetStream(message: Message): boolean {
  return isFunction((message as unknown as Record<string, unknown>)['ack'])
}

function isAsyncIterator(value: unknown): value is AsyncIterator<unknown> {
  return isObject(value) && isFunction(value['next'])
}
