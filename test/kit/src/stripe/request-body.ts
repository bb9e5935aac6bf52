import type { IncomingMessage } from 'node:http'

const MAX_BYTES = 1024 * 1024

/** Reads a request's body as UTF-8 text; `undefined` when it is longer than 1 MiB. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  // A longer body is read to its end, so that the answer finds a client that listens.
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes <= MAX_BYTES) chunks.push(chunk)
  }
  return bytes <= MAX_BYTES ? Buffer.concat(chunks).toString('utf8') : undefined
}
