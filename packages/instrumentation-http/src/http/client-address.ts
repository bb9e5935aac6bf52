import { BlockList, isIP } from 'node:net'
import type { IncomingHttpHeaders } from 'node:http'
import type { TrustProxy } from '@plutus/config'

const MAX_HEADER = 2_048
const V4_IN_V6 = '::ffff:'

/** Finds the address of the client: the peer of the socket, or what trusted proxies say of it. */
export type FindClientAddress = (peer: string | undefined, headers: IncomingHttpHeaders) => string | undefined

/**
 * Makes the look-up for one setting.
 *
 * `X-Forwarded-For` is read from its end: each entry counts only while the address that wrote it is trusted, so a client
 * cannot put itself before the proxies.
 */
export function createClientAddress(trust: TrustProxy): FindClientAddress {
  if (trust.kind === 'none') return (peer) => plain(peer)
  if (trust.kind === 'hops')
    return (peer, headers) => entriesFromEnd(headers).slice(0, trust.hops).findLast(isAddress) ?? plain(peer)
  const trusted = new BlockList()
  for (const { address, prefix, family } of trust.networks) trusted.addSubnet(address, prefix, family)
  const isTrusted = (address: string | undefined): boolean =>
    address !== undefined && isAddress(address) && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return (peer, headers) => {
    let address = plain(peer)
    if (!isTrusted(address)) return address
    for (const entry of entriesFromEnd(headers)) {
      if (!isAddress(entry)) break
      address = entry
      if (!isTrusted(entry)) break
    }
    return address
  }
}

const isAddress = (text: string): boolean => isIP(text) !== 0

/**
 * Entries of `X-Forwarded-For`, the last written first, without ports. Those that are no addresses stay: taken out, they
 * would let an entry of the client's own take the place of one that a proxy wrote.
 */
function entriesFromEnd(headers: IncomingHttpHeaders): string[] {
  const header = headers['x-forwarded-for']
  const text = Array.isArray(header) ? header.join(',') : header
  if (text === undefined) return []
  // Of a long header the end: the client fills its beginning, and must not be able to hide behind that.
  const near = text.length > MAX_HEADER ? text.slice(text.indexOf(',', text.length - MAX_HEADER) + 1) : text
  return near
    .split(',')
    .map((entry) => plain(withoutPort(entry.trim())))
    .toReversed()
}

function withoutPort(entry: string): string {
  if (entry.startsWith('[')) return entry.slice(1, Math.max(entry.indexOf(']'), 1))
  const colon = entry.indexOf(':')
  return colon !== -1 && colon === entry.lastIndexOf(':') ? entry.slice(0, colon) : entry
}

/** An IPv4 address as such, also where the socket speaks IPv6. */
function plain<T extends string | undefined>(address: T): T | string {
  return address?.startsWith(V4_IN_V6) === true && address.includes('.') ? address.slice(V4_IN_V6.length) : address
}
