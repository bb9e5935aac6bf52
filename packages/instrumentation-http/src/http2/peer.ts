import type { Http2Session } from 'node:http2'
import type { InboundSocket } from '../http/inbound.ts'

/** What is known of the other end of a session; nothing once it is destroyed. */
export function peerOf(session: Http2Session | undefined): InboundSocket {
  if (session === undefined || session.destroyed) return {}
  const { remoteAddress, remotePort } = session.socket
  return { remoteAddress, remotePort, encrypted: session.encrypted }
}
