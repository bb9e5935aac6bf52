import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createHttpTransport } from './http-transport.ts'
import { settingsFor } from './pipeline.test.helper.ts'
import type { Attempt } from './transport.ts'

// More than a connection takes before somebody reads.
const BODY = [new Uint8Array(16_000_000)]

/** Sends a request to an endpoint that answers its head, and reads no more of it until it is told to. */
async function sendTo(status: number): Promise<{ attempt: Attempt; socket: Socket }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const settings = settingsFor(`http://127.0.0.1:${port}`, 'http/protobuf', { gzip: false })
  const attempt = createHttpTransport(settings, 'test').send(BODY, 'logs')
  const [socket] = (await once(server, 'connection')) as [Socket]
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'data')
  socket.pause()
  socket.write(`HTTP/1.1 ${status} Told\r\ncontent-length: 0\r\n\r\n`)
  return { attempt, socket }
}

it.each([400, 413, 503])('sends nothing more once it is refused with %d', async (status) => {
  const { attempt, socket } = await sendTo(status)
  expect(await attempt.answer).toMatchObject({ ok: false, detail: String(status) })
  expect(attempt.hold()).toBe('nothing')
  expect(attempt.isReading()).toBe(true)
  let received = 0
  socket.on('data', ({ length }: Buffer) => {
    received += length
  })
  socket.resume()
  await once(socket, 'close')
  expect(received).toBeLessThan(16_000_000)
})

it.each([
  ['http: request body too large', 'too-large', 'to-fit'], // what the Collector says of its max_request_body_size
  ['unexpected field', 'refused', 'once'],
])('reads of a 400 that says "%s" that it is %s', async (text, problem, divisible) => {
  const server = createHttpServer((request, response) => {
    request.resume().on('end', () => response.writeHead(400).end(`\u0008\u0003\u0012\u001c${text}`))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const { answer } = createHttpTransport(settingsFor(`http://127.0.0.1:${port}`), 'test').send([], 'logs')
  expect(await answer).toEqual({ ok: false, problem, retryable: false, divisible, detail: '400' })
})

it.each([
  ['is more than its head allows', 'HTTP/1.1 204 None\r\ncontent-length: 5\r\n\r\nhello'],
  ['does not end in time', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe'],
  ['is none', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzzz\r\n'],
])('takes the head of an answer for it where its body %s', async (_what, text) => {
  const server = createServer((socket) => void socket.once('data', () => socket.write(text)).on('error', () => {}))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const settings = settingsFor(`http://127.0.0.1:${port}`, 'http/protobuf', { timeoutMillis: 300 })
  expect(await createHttpTransport(settings, 'test').send([], 'logs').answer).toMatchObject({ ok: true })
})

it('sends all of what is accepted before it has come', async () => {
  const { attempt, socket } = await sendTo(200)
  socket.resume()
  expect(await attempt.answer).toMatchObject({ ok: true })
  expect(attempt.isWritten()).toBe(true)
  expect(attempt.isReading()).toBe(false)
})

it('takes for unreachable who accepts a request and closes before it has come', async () => {
  const { attempt, socket } = await sendTo(200)
  await new Promise((resolve) => setTimeout(resolve, 100)) // for the answer to be read
  socket.destroy()
  expect(await attempt.answer).toMatchObject({ ok: false, problem: 'unreachable', retryable: true })
})

it('holds the process for what is accepted and not read, until it is ended', async () => {
  const { attempt, socket } = await sendTo(200)
  await new Promise((resolve) => setTimeout(resolve, 100)) // for the answer to be read
  expect(attempt.hold()).toBe('request')
  attempt.abort('aborted')
  expect(attempt.hold()).toBe('nothing')
  expect(await attempt.answer).toMatchObject({ ok: false, problem: 'aborted' })
  expect(attempt.isReading()).toBe(true)
  socket.resume()
  await once(socket, 'close')
})
