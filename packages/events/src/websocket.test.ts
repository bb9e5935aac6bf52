import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { recordLogs } from './recording.test.support.ts'
import { instrumentWebSocket } from './websocket.ts'

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
