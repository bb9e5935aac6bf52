import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { EXPORT_CALLS } from '@plutus/test-kit/otlp-schema'
import type { Tally } from './compare-tally.ts'

// A backend that takes everything and looks at nothing while it is sent to, in a process of its own: the collector is what
// is measured. What it took it counts when it is asked, after the load.

interface Taken {
  readonly signal: 'logs' | 'traces'
  readonly encoding: string
  readonly body: Buffer
}

let taken: Taken[] = []
let lastAt = performance.now()

const server = createServer((request, response) => {
  if (request.method === 'GET') void answerTally(request, response)
  else take(request, response)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
process.stdin.resume().once('end', () => process.exit())

function take(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  const { url, headers } = request
  request
    .on('data', (chunk: Buffer) => void chunks.push(chunk))
    .once('end', () => {
      lastAt = performance.now()
      const encoding = headers['content-encoding'] ?? ''
      if (url === '/v1/logs') taken.push({ signal: 'logs', encoding, body: Buffer.concat(chunks) })
      if (url === '/v1/traces') taken.push({ signal: 'traces', encoding, body: Buffer.concat(chunks) })
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
}

async function answerTally({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const quiet = Number(new URL(url, 'http://sink').searchParams.get('quiet'))
  lastAt = Math.max(lastAt, performance.now() - quiet / 2) // what was sent last may not have left yet
  while (performance.now() - lastAt < quiet) await new Promise((resolve) => setTimeout(resolve, 50))
  const tally = {
    logs: {} as Record<string, number>,
    traces: {} as Record<string, number>,
    misplaced: 0,
    bytes: { logs: 0, traces: 0 },
  }
  for (const { signal, encoding, body } of taken) {
    const plain = encoding === 'gzip' ? gunzipSync(body) : encoding === 'zstd' ? zstdDecompressSync(body) : body
    tally.bytes[signal] += body.length
    tally.misplaced += count(tally[signal], signal, plain)
  }
  taken = []
  response.end(JSON.stringify(tally satisfies Tally))
}

interface Attribute {
  readonly key: string
  readonly value?: { readonly stringValue?: string }
}
interface Item {
  readonly spanId: Uint8Array
  readonly attributes?: readonly Attribute[]
}
interface Scope {
  readonly logRecords?: readonly Item[]
  readonly spans?: readonly Item[]
}
interface Group {
  readonly resource?: { readonly attributes?: readonly Attribute[] }
  readonly scopeLogs?: readonly Scope[]
  readonly scopeSpans?: readonly Scope[]
}

/** Counts by span id, and gives how many are under a class that is not theirs. */
function count(counts: Record<string, number>, signal: 'logs' | 'traces', body: Buffer): number {
  const message = EXPORT_CALLS[signal].request.decode(body) as unknown as {
    readonly resourceLogs?: readonly Group[]
    readonly resourceSpans?: readonly Group[]
  }
  let misplaced = 0
  for (const { resource, scopeLogs, scopeSpans } of message.resourceLogs ?? message.resourceSpans ?? []) {
    const place = classIn(resource?.attributes)
    for (const item of (scopeLogs ?? scopeSpans ?? []).flatMap(({ logRecords, spans }) => logRecords ?? spans ?? [])) {
      const id = Buffer.from(item.spanId).toString('hex')
      counts[id] = (counts[id] ?? 0) + 1
      if (place !== undefined && place !== classIn(item.attributes)) misplaced++
    }
  }
  return misplaced
}

function classIn(attributes: readonly Attribute[] | undefined): string | undefined {
  return attributes?.find(({ key }) => key === 'plutus.data.class')?.value?.stringValue
}
