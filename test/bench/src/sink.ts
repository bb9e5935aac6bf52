import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A backend that reads everything and keeps nothing, in a process of its own: `node sink.ts`, then one line with its
// port. `GET /counts` tells the requests and bytes that came since it was last asked.

let requests = 0
let bytes = 0

const server = createServer((request, response) => {
  if (request.url === '/counts') {
    response.end(JSON.stringify({ requests, bytes }))
    requests = 0
    bytes = 0
    return
  }
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  request.on('end', () => {
    if (request.method === 'POST' || request.method === 'PUT') requests++
    const isDatadog = request.url?.startsWith('/v0.') === true
    response.setHeader(
      'content-type',
      isDatadog ? 'application/json' : (request.headers['content-type'] ?? 'text/plain'),
    )
    response.end(isDatadog ? '{"rate_by_service":{}}' : '')
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`ready ${(server.address() as AddressInfo).port}\n`))
