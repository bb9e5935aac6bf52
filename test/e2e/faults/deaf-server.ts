import { createServer } from 'node:net'
import type { Socket } from 'node:net'

/** A server that accepts connections and never reads from them, as a stopped process does. */
export interface DeafServer {
  readonly url: string
  close(): Promise<void>
}

/** Opens a deaf server on 127.0.0.1. */
export async function openDeafServer(): Promise<DeafServer> {
  const sockets = new Set<Socket>()
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
