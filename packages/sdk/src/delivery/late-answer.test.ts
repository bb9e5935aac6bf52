import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { LateAnswerReader } from './late-answer.ts'
import type { LateAnswer } from './late-answer.ts'

// A server on another thread: this one stands still while it answers.
const SERVER = `
const { createServer } = require('node:net')
const { parentPort, workerData } = require('node:worker_threads')
createServer((socket) => {
  socket.on('error', () => {})
  socket.once('data', async () => {
    for (const part of workerData) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      socket.write(part, 'latin1')
    }
    socket.end()
  })
}).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port) })
`

/** Asks a server that answers in these parts, and stands still until the answer is there, or the connection is over. */
async function askBlocking(...parts: string[]): Promise<LateAnswer | 'never'> {
  const server = new Worker(SERVER, { eval: true, workerData: parts })
  onTestFinished(async () => void (await server.terminate()))
  const [port] = (await once(server, 'message')) as [number]
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write('request')
  const reader = new LateAnswerReader(socket)
  const isLate = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    const answer = reader.read()
    if (answer !== 'later') return answer
    Atomics.wait(isLate, 0, 0, 2)
  }
}

it.each<[what: string, parts: string[], status: number | 'never', body: string]>([
  ['in one piece', ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'], 200, 'ok'],
  ['in pieces', ['HTTP/1.1 50', '3 Busy\r\nRetry-After: 3\r\n', '\r\n'], 503, ''],
  ['after another that only announces it', ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n'], 204, ''],
  ['in chunks', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n'], 200, 'abc'],
  ['whose body is cut', ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok'], 200, ''],
  ['whose chunks are cut', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'], 200, ''],
  ['that is none', ['what\r\n\r\n'], 'never', ''],
  ['whose head is cut', ['HTTP/1.1 200 OK\r\n'], 'never', ''],
])('reads an answer %s while the event loop stands still', async (_what, parts, status, body) => {
  const answer = await askBlocking(...parts)
  expect(answer === 'never' ? [answer, ''] : [answer.status, answer.body.toString()]).toEqual([status, body])
})

/** Reads what stands in a file, all of which is there at once, by a socket that has it. */
function readFrom(text: string): { answer: ReturnType<LateAnswerReader['read']>; readBytes: number } {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-answer-'))
  const path = join(folder, 'answer')
  writeFileSync(path, text)
  const fd = openSync(path, 'r')
  try {
    const answer = new LateAnswerReader({ destroyed: false, _handle: { fd } } as unknown as Socket).read()
    return { answer, readBytes: Buffer.byteLength(text) - readFileSync(fd).length }
  } finally {
    closeSync(fd)
    rmSync(folder, { recursive: true })
  }
}

// As much as is read of an answer in time, and a head of 16 KiB.
const MAX_BYTES = 80 * 1024
const headOf = (length: number): string => `HTTP/1.1 503 Busy\r\nContent-Length: ${length}\r\n\r\n`
const ROOM = MAX_BYTES - headOf(MAX_BYTES).length

it.each([
  ['as much as there is room for', ROOM, ROOM],
  ['a byte more', ROOM + 1, 0],
  ['far more', 100 * MAX_BYTES, 0],
])('reads an answer of %s no further than its bound', (_what, length, expected) => {
  const { answer, readBytes } = readFrom(headOf(length) + 'x'.repeat(length))
  expect(answer).toMatchObject({ status: 503, body: { length: expected } })
  expect(readBytes).toBe(MAX_BYTES)
})

it.each([
  ['a head that does not end', `HTTP/1.1 200 OK\r\n${'x'.repeat(2 * MAX_BYTES)}`],
  ['announcements that do not end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(MAX_BYTES)],
])('gives up on %s', (_what, text) => {
  expect(readFrom(text)).toEqual({ answer: 'never', readBytes: MAX_BYTES })
})

it('reads the headers of an answer', async () => {
  const answer = await askBlocking('HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Type:text/html\r\n\r\n')
  expect(answer).toMatchObject({ headers: { 'retry-after': '3', 'content-type': 'text/html' } })
})

it('reads nothing from a socket that is closed', () => {
  const socket = connect(1, '127.0.0.1').on('error', () => {})
  socket.destroy()
  expect(new LateAnswerReader(socket).read()).toBe('never')
})

it('reads nothing of what is encrypted', () => {
  const socket = new TLSSocket(new Socket())
  onTestFinished(() => void socket.destroy())
  expect(new LateAnswerReader(socket).read()).toBe('never')
})
