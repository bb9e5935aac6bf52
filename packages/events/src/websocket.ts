import { types } from 'node:util'
import { context } from '@opentelemetry/api'
import { cloneFields, readOptions } from './copy-fields.ts'
import { createCorrelationId } from './correlation.ts'
import { errorTypeOf } from './error-type.ts'
import { quietly } from './quietly.ts'
import { currentScope, runInScope } from './scope.ts'
import type { Fields } from './scope.ts'
import { recordEvent } from './typed-logger.ts'

/** What `instrumentWebSocket` needs of a socket: that of the `ws` package, and of others that emit the same events. */
export interface WebSocketLike {
  on(event: string, listener: (...args: unknown[]) => void): unknown
  send(...args: unknown[]): unknown
}

/** How a connection is recorded. */
export interface WebSocketOptions {
  /** `websocket.connection.id`; a new UUID by default. */
  readonly connectionId?: string
  /** Fields on every event of the connection, such as `user.id`. */
  readonly fields?: Readonly<Fields>
  /** Messages in `limitWindowMillis` from which `websocket.limited` is recorded; 0 never. @defaultValue 0 */
  readonly limit?: number
  /** Milliseconds of the window of `limit`. @defaultValue 1000 */
  readonly limitWindowMillis?: number
}

/** What the application can say of a connection that the socket itself cannot know. */
export interface WebSocketRecorder {
  /** `websocket.connection.id` of its events. */
  readonly connectionId: string
  /** Records `websocket.authenticated`, and puts the user on the events that follow. */
  authenticated(userId: string): void
}

const LIMIT_WINDOW_MILLIS = 1_000

// By socket, so that a second call, by other code or another copy of this room, does not record everything twice.
const RECORDER = Symbol.for('plutus.events.websocket')

/**
 * Records the life of a connection: `websocket.opened`, `.message` in both directions, `.limited`, `.closed` and
 * `.error`. Call it when the connection opens: what comes from the other side belongs to the trace and the context of
 * that moment, what is sent to those of the sender. Listeners of the socket run with the fields of that context, such as
 * the correlation id. The socket behaves as before; one that is recorded already stays with its first recorder.
 *
 * @example server.on('connection', (socket) => instrumentWebSocket(socket, { limit: 100 }))
 */
export function instrumentWebSocket(socket: WebSocketLike, options?: WebSocketOptions): WebSocketRecorder {
  let known: WebSocketRecorder | undefined
  quietly(() => (known = (socket as { [RECORDER]?: WebSocketRecorder })[RECORDER]))
  if (known !== undefined) return known
  const given: WebSocketOptions = readOptions(options)
  const connectionId = given.connectionId ?? createCorrelationId()
  const fields: ConnectionFields = {
    ...(given.fields && cloneFields(given.fields)),
    'websocket.connection.id': connectionId,
  }
  const recorder: WebSocketRecorder = {
    connectionId,
    authenticated: (userId) => {
      fields['user.id'] = userId
      recordEvent('websocket.authenticated', fields)
    },
  }
  quietly(() => {
    Object.defineProperty(socket, RECORDER, { value: recorder })
    recordEvent('websocket.opened', fields)
    watch(socket, fields, createLimit(given))
  })
  return recorder
}

type ConnectionFields = Fields & { 'websocket.connection.id': string }

function watch(socket: WebSocketLike, fields: ConnectionFields, exceeds: () => boolean): void {
  const message = (direction: 'received' | 'sent', data: unknown): void =>
    recordEvent('websocket.message', { ...fields, 'message.size': sizeOf(data), 'message.direction': direction })
  const inOpened = keepContext()
  socket.on('message', (data: unknown) =>
    inOpened(() => {
      message('received', data)
      if (exceeds()) recordEvent('websocket.limited', fields)
    }),
  )
  socket.on('close', (code: unknown) =>
    inOpened(() =>
      recordEvent('websocket.closed', { ...fields, ...(typeof code === 'number' && { 'close.code': code }) }),
    ),
  )
  wrapEmit(socket, (error) =>
    inOpened(() => recordEvent('websocket.error', { ...fields, 'error.type': errorTypeOf(error) })),
  )
  const send = socket.send
  socket.send = function instrumentedSend(this: unknown, ...args: unknown[]): unknown {
    const result = send.apply(this, args)
    quietly(() => message('sent', args[0]))
    return result
  }
}

/** Runs what it is given in the context of now: the events of a socket come in that of nobody. */
function keepContext(): (record: () => void) => void {
  const opened = context.active()
  const scope = currentScope()
  return (record) =>
    quietly(() => context.with(opened, () => (scope === undefined ? record() : runInScope(scope, record))))
}

/**
 * Lets the listeners of a socket run with the fields of now, which the events of a socket have lost, but without the
 * trace: spans of all messages would hang below a request that is long over.
 *
 * Sees `error` events without being a listener of them: one listener more would change what an unhandled one does.
 */
function wrapEmit(socket: WebSocketLike, onError: (error: unknown) => void): void {
  const emitter = socket as { emit?: (event: string | symbol, ...args: unknown[]) => boolean }
  const emit = emitter.emit
  if (typeof emit !== 'function') return
  const scope = currentScope()
  emitter.emit = function instrumentedEmit(this: unknown, event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'error') onError(args[0])
    if (scope === undefined || currentScope() !== undefined) return emit.call(this, event, ...args)
    return runInScope(scope, () => emit.call(this, event, ...args))
  }
}

/** Says once per window that there were more than `limit` messages in it. */
function createLimit({
  limit = 0,
  limitWindowMillis: windowMillis = LIMIT_WINDOW_MILLIS,
}: WebSocketOptions): () => boolean {
  let windowStart = 0
  let count = 0
  return () => {
    if (limit <= 0) return false
    const now = Date.now()
    if (now - windowStart >= windowMillis || now < windowStart) {
      windowStart = now
      count = 0
    }
    return ++count === limit + 1
  }
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data)
  if (types.isAnyArrayBuffer(data) || ArrayBuffer.isView(data)) return data.byteLength
  if (!types.isProxy(data) && Array.isArray(data)) {
    return data.reduce((sum: number, part: unknown) => sum + sizeOf(part), 0)
  }
  return 0
}
