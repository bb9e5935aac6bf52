import { context, type Context, type Span, type Tracer } from '@opentelemetry/api'
import { connectionOf, roomForHeaders } from './nats-connection.ts'
import { addTraceContext } from './nats-headers.ts'
import { byteLength, endWithError, startSend } from './nats-spans.ts'
import { isInternal } from './subject.ts'
import { isFunction, isObject, type AnyFunction } from './unknown.ts'

/** The instrumentation, as far as its patches need it. */
export interface Host {
  readonly tracer: Tracer
  isEnabled(): boolean
}

// A request sends its message before it returns. Until then its span is the message's, and what the client
// subscribes to is the inbox of the answer.
let requestDepth = 0
let jetStreamDepth = 0

/** Tells whether the client is sending a request at this moment. */
export function isInRequest(): boolean {
  return requestDepth > 0
}

/** Traces `ProtocolHandler.publish`, which everything that is sent goes through. */
export function tracePublish(host: Host, publish: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const [subject, payload] = args
    if (!host.isEnabled() || typeof subject !== 'string' || isUntraced(subject)) return publish.apply(this, args)
    const send = (): unknown =>
      sendWithTraceContext(this, args, context.active(), (args) => publish.apply(this, [...args]))
    if (requestDepth > 0) return send()
    const { span, context: active } = startSend(
      host.tracer,
      'publish',
      connectionOf(this),
      subject,
      byteLength(payload),
    )
    try {
      const result = context.with(active, send)
      span.end()
      return result
    } catch (error) {
      endWithError(span, error)
      throw error
    }
  }
}

/** Traces `request` of the connection, until the answer. */
export function traceRequest(host: Host, request: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    return send(
      host,
      this,
      args,
      () => request.apply(this, args),
      (span, result) => {
        if (!(result instanceof Promise)) {
          span.end()
          return result
        }
        return result.then(
          (answer: unknown) => {
            span.end()
            return answer
          },
          (error: unknown) => {
            endWithError(span, error)
            throw error
          },
        )
      },
    )
  }
}

/** Traces `requestMany` of the connection, until the last answer. */
export function traceRequestMany(host: Host, requestMany: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    return send(
      host,
      this,
      args,
      () => requestMany.apply(this, args),
      (span, result) => {
        if (!(result instanceof Promise)) {
          span.end()
          return result
        }
        return result.then(
          (answers: unknown) => {
            endWhenClosed(span, answers)
            return answers
          },
          (error: unknown) => {
            endWithError(span, error)
            throw error
          },
        )
      },
    )
  }
}

/** Marks what JetStream's `publish` sends: a request, but for the server to confirm a message to others. */
export function markJetStreamPublish(publish: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    jetStreamDepth++
    try {
      return publish.apply(this, args)
    } finally {
      jetStreamDepth--
    }
  }
}

function send(
  host: Host,
  connection: unknown,
  args: readonly unknown[],
  call: () => unknown,
  end: (span: Span, result: unknown) => unknown,
): unknown {
  const [subject, payload] = args
  if (!host.isEnabled() || typeof subject !== 'string' || isUntraced(subject)) return call()
  const protocol = isObject(connection) ? connection['protocol'] : undefined
  const operation = jetStreamDepth > 0 ? 'publish' : 'request'
  const started = startSend(host.tracer, operation, connectionOf(protocol), subject, byteLength(payload))
  requestDepth++
  try {
    return end(started.span, context.with(started.context, call))
  } catch (error) {
    endWithError(started.span, error)
    throw error
  } finally {
    requestDepth--
  }
}

/** The iterator of the answers ends after the last one, with the error that ended it or without. */
function endWhenClosed(span: Span, answers: unknown): void {
  const closed = isObject(answers) ? answers['iterClosed'] : undefined
  if (!(closed instanceof Promise)) {
    span.end()
    return
  }
  void closed.then(
    (error: unknown) => (error instanceof Error ? endWithError(span, error) : span.end()),
    (error: unknown) => endWithError(span, error),
  )
}

/** Values of a bucket are data of the application; everything else with a dollar is the client's talk with the server. */
function isUntraced(subject: string): boolean {
  return isInternal(subject) && !subject.startsWith('$KV.')
}

/**
 * Sends with the trace context among the headers, if the server knows headers and the message stays within its limit.
 * The options are the caller's: they hold other headers only while the client encodes them.
 */
function sendWithTraceContext(
  protocol: unknown,
  args: readonly unknown[],
  active: Context,
  send: (args: readonly unknown[]) => unknown,
): unknown {
  const [subject, payload, options] = args
  const headers = isObject(options) ? options['headers'] : undefined
  const traced = addTraceContext(headers, active)
  if (traced === undefined) return send(args)
  const encoded = traced.encode()
  if (encoded.byteLength > roomForHeaders(protocol, byteLength(payload))) return send(args)
  const encodable = { encode: () => encoded }
  if (options === undefined || options === null) return send([subject, payload, { headers: encodable }])
  if (!isObject(options) || isFunction(options) || Object.isFrozen(options)) return send(args)
  const isOwn = Object.hasOwn(options, 'headers')
  options['headers'] = encodable
  try {
    return send(args)
  } finally {
    if (isOwn) options['headers'] = headers
    else delete options['headers']
  }
}
