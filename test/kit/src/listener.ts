import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Inbox } from './inbox.ts'

/** What both transports need. */
export interface ListenerOptions {
  readonly inbox: Inbox
  /** PEM texts for TLS; plain text without. */
  readonly secure: SecureOptions | undefined
  readonly maxBodyBytes: number
  readonly port: number
}

interface SecureOptions {
  readonly key: string
  readonly cert: string
  readonly ca: string
  readonly isMutual: boolean
}

/** A listening socket that can go away and come back on its port. */
export interface Listener {
  /** Listens, unless it does already; resolves with the port. */
  accept(): Promise<number>
  /** Stops listening and cuts what is open. The port is kept, so that nobody else is given it meanwhile. */
  refuse(): Promise<void>
  /** Stops listening for good. */
  close(): Promise<void>
}

const REOPEN_ATTEMPTS = 50

/** Makes a server refuse and accept connections on one port of 127.0.0.1. */
export function createListener(server: Server, wantedPort: number): Listener {
  const sockets = new Set<Socket>()
  let port = wantedPort
  let keeper: Socket | undefined
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined) // a peer that went away is no news here
    socket.on('close', () => sockets.delete(socket))
  }
  server.on('connection', track)
  server.on('secureConnection', track)
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const release = (): void => {
    keeper?.resetAndDestroy()
    keeper = undefined
  }
  return {
    accept: async () => {
      if (server.listening) return port
      release()
      for (let attempt = 1; ; attempt++) {
        try {
          await listen()
          break
        } catch (error) {
          // While it was closed a client may have been given the port for its own end; it leaves soon.
          if (port === wantedPort || attempt === REOPEN_ATTEMPTS) throw error
          await sleep(20)
        }
      }
      port = (server.address() as AddressInfo).port
      return port
    },
    refuse: async () => {
      if (!server.listening) return
      const anchor = await openAnchor()
      const stopped = stop()
      keeper = keepPort(port, anchor)
      await Promise.all([stopped, once(keeper, 'connect').catch(() => undefined)])
    },
    close: async () => {
      release()
      await stop()
    },
  }
}

let anchor: Promise<number> | undefined

/** The port of a server that {@link keepPort} connects to, one for all. */
async function openAnchor(): Promise<number> {
  anchor ??= (async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).unref())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    server.unref()
    return (server.address() as AddressInfo).port
  })()
  return await anchor
}

/** Connects from a port: who connects to it is refused, and the system gives it to nobody who asks for any. */
function keepPort(port: number, anchorPort: number): Socket {
  const at = '127.0.0.1'
  const socket = connect({ host: at, port: anchorPort, localAddress: at, localPort: port })
  return socket.on('error', () => undefined).unref()
}

/** Cuts a connection so that the peer sees a reset where the platform can send one. */
export function resetConnection(socket: Socket): void {
  if ('encrypted' in socket) socket.destroy()
  else socket.resetAndDestroy()
}
