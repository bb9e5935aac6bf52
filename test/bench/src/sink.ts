import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A backend that reads everything and keeps nothing, in a process of its own: `node sink.ts`, then one line with its
// port. `GET /counts` tells the requests, bytes and records of the log burst that came since it was last asked.

let requests = 0
let bytes = 0
let burstBodies: Buffer[] = []

// Each record of the burst says it once, whatever the encoding.
const BURST_TEXT = 'payment made'

function countBurst(): number {
  let count = 0
  for (const body of burstBodies) {
    for (let at = body.indexOf(BURST_TEXT); at !== -1; at = body.indexOf(BURST_TEXT, at + 1)) count++
  }
  return count
}

const server = createServer((request, response) => {
  if (request.url === '/counts') {
    response.end(JSON.stringify({ requests, bytes, burstRecords: countBurst() }))
    requests = 0
    bytes = 0
    burstBodies = []
    return
  }
  const isLogs = request.url?.endsWith('/v1/logs') === true
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (isLogs) chunks.push(chunk)
  })
  request.on('end', () => {
    if (isLogs) burstBodies.push(Buffer.concat(chunks))
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
