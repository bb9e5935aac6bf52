import { createServer } from 'node:http'

/** A collector that keeps every byte it gets. */
export interface Sink {
  readonly port: number
  readonly bodies: readonly Buffer[]
  close(): void
}

/** Starts a collector that takes everything over HTTP and keeps it. */
export async function startSink(): Promise<Sink> {
  const bodies: Buffer[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks))
      response.writeHead(200, { 'content-type': request.headers['content-type'] ?? '' })
      response.end(request.headers['content-type'] === 'application/json' ? '{}' : '')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    port,
    bodies,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Finds secrets in what left, in any reading of it; each with its surroundings. */
export function findLeft(places: Readonly<Record<string, Buffer | string>>, secrets: readonly string[]): string[] {
  return Object.entries(places).flatMap(([place, bytes]) =>
    readings(bytes.toString('utf8')).flatMap((text) =>
      secrets.flatMap((secret) => {
        const at = text.indexOf(secret)
        return at === -1 ? [] : [`${place}: ${text.slice(Math.max(0, at - 60), at + secret.length + 20)}`]
      }),
    ),
  )
}

/** Ways to read what left: as it is, unescaped, with digits of other widths as ASCII, and what its Base64 holds. */
function readings(text: string): string[] {
  const unescaped = text
    .replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
    .replaceAll(/\\+u([0-9a-f]{4})/gi, (_run, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\+"/g, '"')
  const narrow = unescaped.replaceAll(/[\uff10-\uff19]/g, (digit) => String(digit.charCodeAt(0) - 0xff10))
  // The length before a text of protobuf may look like Base64 too, so it is read from each of four places.
  const runs = unescaped.match(/[\w+/-]{12,}/g) ?? []
  const decoded = [0, 1, 2, 3].map((from) => runs.map((run) => Buffer.from(run.slice(from), 'base64')).join('\n'))
  return [text, unescaped, narrow, ...decoded]
}
