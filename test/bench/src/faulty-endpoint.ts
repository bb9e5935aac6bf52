import { randomInt } from 'node:crypto'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createSocketServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createCertificates } from '@plutus/test-kit'

/** What an endpoint of this benchmark does wrong. */
export const FAULTS = [
  'none',
  'refused',
  'deaf',
  'slow',
  '429',
  '503',
  'reset',
  'partial',
  'certificate',
  'dns',
] as const

/** One of {@link FAULTS}. */
export type FaultName = (typeof FAULTS)[number]

/** An endpoint that fails until it is mended. */
export interface FaultyEndpoint {
  readonly url: string
  /** Requests that it has taken. */
  readonly requests: number
  /** From now on it takes everything; not where the fault is one of the address or the certificate. */
  mend(): Promise<void>
  close(): Promise<void>
}

// ExportLogsServiceResponse and its siblings: a partial success that rejects one.
const PARTIAL = Buffer.from([0x0a, 0x02, 0x08, 0x01])
const SLOW_MILLIS = 2000

/** Opens an endpoint on 127.0.0.1. */
export async function openEndpoint(fault: FaultName): Promise<FaultyEndpoint> {
  const counts = { requests: 0 }
  let isWell = fault === 'none'
  const sockets = new Set<Socket>()
  const take: RequestListener = (request, response) => {
    if (!isWell && fault === 'reset') request.once('data', () => request.socket.destroy())
    request.resume()
    request.on('end', () => {
      response.setHeader('content-type', 'application/x-protobuf')
      if (!isWell && (fault === '429' || fault === '503')) {
        response.statusCode = Number(fault)
        if (fault === '429') response.setHeader('retry-after', '1')
        response.end()
        return
      }
      counts.requests++
      if (isWell) response.end()
      else if (fault === 'slow') setTimeout(() => response.end(), SLOW_MILLIS)
      else response.end(PARTIAL)
    })
    request.on('error', () => {})
  }
  const listen = async (server: Server, port: number): Promise<number> => {
    server.on('connection', (socket) => {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    return (server.address() as AddressInfo).port
  }
  const end = async (server: Server): Promise<void> => {
    const closed = new Promise((resolve) => {
      server.close(resolve)
    })
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const certificates = fault === 'certificate' ? createCertificates() : undefined
  let server: Server = createServer(take)
  if (fault === 'deaf') server = createSocketServer({ pauseOnConnect: true })
  if (certificates !== undefined) {
    server = createSecureServer(certificates.server, take)
  }
  // Below those that systems give to clients: nobody has it when it is to be listened on again.
  const port = await listen(server, randomInt(20_000, 32_000))
  if (fault === 'refused') await end(server)
  return {
    url: fault === 'dns' ? 'http://telemetry.invalid:4318' : `http${certificates ? 's' : ''}://127.0.0.1:${port}`,
    get requests() {
      return counts.requests
    },
    mend: async () => {
      isWell = true
      if (fault === 'deaf') await end(server)
      if (fault !== 'refused' && fault !== 'deaf') return
      server = createServer(take)
      await listen(server, port)
    },
    close: async () => {
      if (server.listening) await end(server)
      certificates?.remove()
    },
  }
}
