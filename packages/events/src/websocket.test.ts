import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { getContext, withContext } from './context.ts'
import { recordLogs, unreadable } from './recording.test.support.ts'
import { instrumentWebSocket } from './websocket.ts'
import type { WebSocketLike } from './websocket.ts'

const records = recordLogs()
const names = (): unknown[] => records.map(({ eventName }) => eventName)

class Socket extends EventEmitter {
  readonly sent: unknown[] = []
  send(...data: unknown[]): string {
    this.sent.push(...data)
    return 'sent'
  }
}

it('records the life of a connection under one id', () => {
  const socket = new Socket()
  const { connectionId, authenticated } = instrumentWebSocket(socket)
  authenticated('u1')
  socket.emit('message', Buffer.from('héllo'))
  expect(socket.send('hi')).toBe('sent')
  socket.emit('close', 1000)
  expect(names()).toEqual([
    'websocket.opened',
    'websocket.authenticated',
    'websocket.message',
    'websocket.message',
    'websocket.closed',
  ])
  expect(new Set(records.map(({ attributes }) => attributes['websocket.connection.id']))).toEqual(
    new Set([connectionId]),
  )
  expect(records.slice(2)).toMatchObject([
    { attributes: { 'message.size': 6, 'message.direction': 'received', 'user.id': 'u1' } },
    { attributes: { 'message.size': 2, 'message.direction': 'sent' } },
    { attributes: { 'close.code': 1000 } },
  ])
})

it.each([
  ['a text', 'héllo', 6],
  ['bytes', Buffer.from('abc'), 3],
  ['an ArrayBuffer', new ArrayBuffer(4), 4],
  ['parts', [Buffer.from('ab'), new ArrayBuffer(4)], 6],
  ['what has no size that is known', new Proxy([], { get: () => unreadable('x')['x'] }), 0],
])('tells the size of a message that is %s', (_what, data, size) => {
  const socket = new Socket()
  instrumentWebSocket(socket)
  socket.emit('message', data)
  expect(records.at(-1)?.attributes['message.size']).toBe(size)
})

it('records once per window that a limit was passed', () => {
  const socket = new Socket()
  instrumentWebSocket(socket, { limit: 2, limitWindowMillis: 60_000 })
  for (let i = 0; i < 5; i++) socket.emit('message', 'x')
  expect(names().filter((name) => name === 'websocket.limited')).toHaveLength(1)
})

it('leaves an error that nobody listens to as fatal as it is', () => {
  const socket = new Socket()
  instrumentWebSocket(socket)
  expect(socket.listenerCount('error')).toBe(0)
  expect(() => socket.emit('error', new Error('reset'))).toThrow('reset')
  expect(records.at(-1)).toMatchObject({ eventName: 'websocket.error', attributes: { 'error.type': 'Error' } })
})

it('tells what comes from the other side in the context in which the connection opened', () => {
  const socket = new Socket()
  withContext({ 'correlation.id': 'order-17' }, () => void instrumentWebSocket(socket))
  socket.emit('message', 'x')
  withContext({ 'correlation.id': 'order-18' }, () => void socket.send('x'))
  socket.emit('close')
  expect(records.map(({ eventName, attributes }) => [eventName, attributes['correlation.id']])).toEqual([
    ['websocket.opened', 'order-17'],
    ['websocket.message', 'order-17'],
    ['websocket.message', 'order-18'],
    ['websocket.closed', 'order-17'],
  ])
})

it('lets listeners run with the fields of that context, unless they have others, and says what emit says', () => {
  const socket = new Socket()
  const seen: unknown[] = []
  socket.on('message', () => seen.push(getContext()))
  withContext({ 'correlation.id': 'order-17' }, () => void instrumentWebSocket(socket))
  expect(socket.emit('message', 'x')).toBe(true)
  expect(socket.emit('nobody listens')).toBe(false)
  withContext({ 'correlation.id': 'order-18' }, () => socket.emit('message', 'x'))
  expect(seen).toEqual([{ 'correlation.id': 'order-17' }, { 'correlation.id': 'order-18' }])
})

it('records a socket once, however often it is asked to', () => {
  const socket = new Socket()
  const first = instrumentWebSocket(socket)
  expect(instrumentWebSocket(socket).connectionId).toBe(first.connectionId)
  socket.emit('message', 'x')
  expect(names()).toEqual(['websocket.opened', 'websocket.message'])
})

it.each([
  ['options that are null', new Socket(), null],
  ['fields that cannot be read', new Socket(), { fields: unreadable('tenant') }],
  ['options that cannot be read', new Socket(), unreadable('limit')],
  ['no socket at all', undefined as unknown as WebSocketLike, undefined],
  ['a socket that is frozen', Object.freeze(new Socket()), undefined],
  ['a socket without events', {} as WebSocketLike, undefined],
])('gives a recorder and does not throw with %s', (_what, socket, options) => {
  instrumentWebSocket(socket, options as never).authenticated('u1')
  expect(records.at(-1)).toMatchObject({
    eventName: 'websocket.authenticated',
    attributes: { 'user.id': 'u1' },
  })
})
