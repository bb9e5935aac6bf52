import { once } from 'node:events'
import { createServer } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createGrpcTransport } from './grpc-transport.ts'
import { settingsFor } from './pipeline.test.helper.ts'
import type { Answer } from './transport.ts'

/** What becomes of a request that is answered with a status and a text. */
async function answerWith(code: number, text: string): Promise<Answer> {
  const server = createServer()
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(code), 'grpc-message': text },
      { endStream: true },
    )
    stream.resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const attempt = createGrpcTransport(settingsFor(`http://127.0.0.1:${port}`, 'grpc'), 'test').send([], 'logs')
  const answer = await attempt.answer
  attempt.abort('aborted')
  return answer
}

it.each([
  [8, 'grpc: received message larger than max (2000020 vs. 1048576)'], // Go
  [8, 'Received%20message%20larger%20than%20max%20(5%20vs.%204)'], // C
  [8, 'gRPC message exceeds maximum size 4194304: 5000000'], // Java
  [8, 'Received message exceeds the maximum configured message size.'], // .NET
  [11, 'Error, decoded message length too large: found 5 bytes, the limit is: 4 bytes'], // Rust
])('takes status %d with "%s" for a limit of size', async (code, text) => {
  expect(await answerWith(code, text)).toMatchObject({ problem: 'too-large', retryable: false, divisible: 'to-fit' })
})

it.each([
  [8, 'rate limit exceeded', { problem: 'too-large', divisible: 'once' }],
  [8, '%', { problem: 'too-large', divisible: 'once' }],
  [11, 'out of range', { problem: 'busy', retryable: true }],
  [3, 'received message larger than max', { problem: 'refused', divisible: 'once' }],
])('takes status %d with "%s" for something else', async (code, text, answer) => {
  expect(await answerWith(code, text)).toMatchObject(answer)
})
