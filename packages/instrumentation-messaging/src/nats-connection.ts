import type { Connection } from './nats-spans.ts'
import { isObject } from './unknown.ts'

const DEFAULT_INBOX_PREFIX = '_INBOX'

/** Reads what spans tell of a connection from the client's protocol handler. */
export function connectionOf(protocol: unknown): Connection {
  const server = memberOf(protocol, 'server')
  const address = memberOf(server, 'hostname')
  const port = memberOf(server, 'port')
  return {
    inboxPrefix: inboxPrefixOf(protocol),
    address: typeof address === 'string' ? address : undefined,
    port: typeof port === 'number' ? port : undefined,
  }
}

/** The first part of the connection's inboxes; the same for connection and protocol handler, which share their options. */
export function inboxPrefixOf(connection: unknown): string {
  const prefix = memberOf(memberOf(connection, 'options'), 'inboxPrefix')
  return typeof prefix === 'string' ? prefix : DEFAULT_INBOX_PREFIX
}

/** Bytes that headers may still take in a message with `bodyBytes`; 0 if the server knows no headers. */
export function roomForHeaders(protocol: unknown, bodyBytes: number): number {
  const info = memberOf(protocol, 'info')
  if (memberOf(info, 'headers') !== true) return 0
  const max = memberOf(info, 'max_payload')
  return typeof max === 'number' ? max - bodyBytes : 0
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}
