import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api'
import { readTraceContext } from './nats-headers.ts'
import { nameSubject } from './subject.ts'
import { isObject } from './unknown.ts'

const WILDCARD = /[*>]/

/** The connection as far as spans tell of it. */
export interface Connection {
  readonly inboxPrefix: string
  readonly address: string | undefined
  readonly port: number | undefined
}

/** A message that arrived. */
export interface Message {
  readonly subject: string
  readonly headers?: unknown
  readonly data?: unknown
}

/** A span and the context in which what it stands for runs. */
export interface Started {
  readonly span: Span
  readonly context: Context
}

/** Starts the span of a message that is sent: `publish`, or `request`, which waits for the answer. */
export function startSend(
  tracer: Tracer,
  operation: 'publish' | 'request',
  connection: Connection,
  subject: string,
  bodyBytes: number,
): Started {
  const { template, attributes } = describe(operation, 'send', connection, subject, bodyBytes)
  const span = tracer.startSpan(`${operation} ${template}`, { kind: SpanKind.PRODUCER, attributes })
  return { span, context: trace.setSpan(context.active(), span) }
}

/**
 * Starts the span of a message that is handled, below the span that sent it.
 *
 * @param pattern what was subscribed to, which names the span if it has wildcards.
 */
export function startProcess(
  tracer: Tracer,
  connection: Connection,
  message: Message,
  pattern: string | undefined,
  group: string | undefined,
): Started {
  const bodyBytes = isObject(message.data) ? Number(message.data['length']) : 0
  const { template, attributes } = describe('process', 'process', connection, message.subject, bodyBytes)
  const name = pattern !== undefined && WILDCARD.test(pattern) ? pattern : template
  if (name !== message.subject) attributes['messaging.destination.template'] = name
  if (group !== undefined) attributes['messaging.consumer.group.name'] = group
  const parent = readTraceContext(message.headers)
  const span = tracer.startSpan(`process ${name}`, { kind: SpanKind.CONSUMER, attributes }, parent)
  return { span, context: trace.setSpan(parent, span) }
}

/** Records an error of the client's, or what a handler threw, and ends the span. */
export function endWithError(span: Span, error: unknown): void {
  const type = errorType(error)
  const message = isObject(error) && typeof error['message'] === 'string' ? error['message'] : String(error)
  if (error instanceof Error) span.recordException(error)
  else span.recordException({ name: type, message })
  span.setAttribute('error.type', type)
  span.setStatus({ code: SpanStatusCode.ERROR, message })
  span.end()
}

/** Size in bytes of what is sent: text is sent as UTF-8. */
export function byteLength(payload: unknown): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload)
  return payload instanceof Uint8Array ? payload.byteLength : 0
}

function describe(
  operation: string,
  type: string,
  { inboxPrefix, address, port }: Connection,
  subject: string,
  bodyBytes: number,
): { template: string; attributes: Attributes } {
  const { name, template, isTemporary } = nameSubject(subject, inboxPrefix)
  const attributes: Attributes = {
    'messaging.system': 'nats',
    'messaging.operation.name': operation,
    'messaging.operation.type': type,
    'messaging.destination.name': name,
    'messaging.message.body.size': bodyBytes,
  }
  if (template !== name) attributes['messaging.destination.template'] = template
  if (isTemporary) attributes['messaging.destination.temporary'] = true
  if (address !== undefined) attributes['server.address'] = address
  if (port !== undefined) attributes['server.port'] = port
  return { template, attributes }
}

/** Name of the error's class, of its cause where the client wraps one, or the code that version 2 gives its only class. */
function errorType(error: unknown): string {
  if (!isObject(error)) return '_OTHER'
  if (error['name'] === 'NatsError' && typeof error['code'] === 'string') return error['code']
  const { cause } = error
  if (error['name'] === 'RequestError' && isObject(cause) && typeof cause['name'] === 'string') return cause['name']
  return typeof error['name'] === 'string' ? error['name'] : '_OTHER'
}
