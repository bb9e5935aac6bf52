import { createCorrelationId } from './correlation.ts'
import { errorTypeOf } from './error-type.ts'
import { quietly } from './quietly.ts'
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

/**
 * Records the life of a connection: `websocket.opened`, `.message` in both directions, `.limited`, `.closed` and
 * `.error`. Call it when the connection opens. The socket behaves as before.
 *
 * @example server.on('connection', (socket) => instrumentWebSocket(socket, { limit: 100 }))
 */
export function instrumentWebSocket(socket: WebSocketLike, options: WebSocketOptions = {}): WebSocketRecorder {
  const connectionId = options.connectionId ?? createCorrelationId()
  const fields: Fields & { 'websocket.connection.id': string } = {
    ...options.fields,
    'websocket.connection.id': connectionId,
  }
  const exceeds = createLimit(options.limit ?? 0, options.limitWindowMillis ?? LIMIT_WINDOW_MILLIS)
  const message = (direction: 'received' | 'sent', data: unknown): void => {
    quietly(() => {
      recordEvent('websocket.message', { ...fields, 'message.size': sizeOf(data), 'message.direction': direction })
      if (direction === 'received' && exceeds()) recordEvent('websocket.limited', { ...fields })
    })
  }
  quietly(() => recordEvent('websocket.opened', { ...fields }))
  socket.on('message', (data: unknown) => message('received', data))
  socket.on('close', (code: unknown) =>
    quietly(() => recordEvent('websocket.closed', { ...fields, 'close.code': Number(code) })),
  )
  // `prependListener` is not needed: an `error` event without any listener throws, and must go on doing so.
  watchErrors(socket, (error) =>
    quietly(() => recordEvent('websocket.error', { ...fields, 'error.type': errorTypeOf(error) })),
  )
  const send = socket.send
  socket.send = function instrumentedSend(this: unknown, ...args: unknown[]): unknown {
    const result = send.apply(this, args)
    message('sent', args[0])
    return result
  }
  return {
    connectionId,
    authenticated: (userId) => {
      fields['user.id'] = userId
      quietly(() => recordEvent('websocket.authenticated', { ...fields }))
    },
  }
}

/** Sees `error` events without being a listener of them: one listener more would change what an unhandled one does. */
function watchErrors(socket: WebSocketLike, seen: (error: unknown) => void): void {
  const emitter = socket as { emit?: (event: string | symbol, ...args: unknown[]) => boolean }
  const emit = emitter.emit
  if (typeof emit !== 'function') return
  emitter.emit = function instrumentedEmit(this: unknown, event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'error') seen(args[0])
    return emit.call(this, event, ...args)
  }
}

/** Says once per window that there were more than `limit` messages in it. */
function createLimit(limit: number, windowMillis: number): () => boolean {
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
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data.byteLength
  if (Array.isArray(data)) return data.reduce((sum: number, part: unknown) => sum + sizeOf(part), 0)
  return 0
}
