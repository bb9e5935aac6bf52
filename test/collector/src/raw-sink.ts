import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { EXPORT_CALLS } from '@plutus/test-kit/otlp-schema'
import type { Signal } from '@plutus/test-kit'

/** A backend that keeps every field of what it is sent. */
export interface RawSink {
  readonly url: string
  /** The requests of a signal since the last call, decoded whole. */
  readonly take: (signal: Signal) => readonly object[]
  readonly close: () => void
}

/** Starts one on 127.0.0.1. */
export async function startRawSink(): Promise<RawSink> {
  const kept: Record<Signal, object[]> = { traces: [], metrics: [], logs: [] }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request
      .on('data', (chunk: Buffer) => void chunks.push(chunk))
      .on('end', () => {
        const call = Object.values(EXPORT_CALLS).find(({ httpPath }) => httpPath === request.url)
        const bytes = decompress(Buffer.concat(chunks), request.headers['content-encoding'])
        if (call !== undefined) kept[call.signal].push(call.request.toObject(call.request.decode(bytes)))
        response.writeHead(call === undefined ? 404 : 200, { 'content-type': 'application/x-protobuf' }).end()
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: (signal) => kept[signal].splice(0),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function decompress(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'zstd') return zstdDecompressSync(body)
  return encoding === 'gzip' ? gunzipSync(body) : body
}
