import { resolveConfig } from '@plutus/config'
import { expect, it } from 'vitest'
import { createClientAddress } from './client-address.ts'
import { httpOptionsFrom } from './options.ts'

const PEER = '10.0.0.1'
const find = (trust: string, forwarded: string, peer = PEER): string | undefined => {
  const { trustProxy } = httpOptionsFrom(resolveConfig({ PLUTUS_TRUST_PROXY: trust }))
  return createClientAddress(trustProxy)(peer, forwarded === '' ? {} : { 'x-forwarded-for': forwarded })
}
const NETWORKS = '10.0.0.0/8,2001:db8::/32'

it.each([
  ['nobody is believed', 'none', '198.51.100.1', PEER],
  ['no hop is believed', '0', '198.51.100.1', PEER],
  ['there is no header', '1', '', PEER],
  ['one hop is believed', '1', '6.6.6.6, 198.51.100.1', '198.51.100.1'],
  ['two hops are believed', '2', '6.6.6.6, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
  ['there are fewer entries than hops', '3', '198.51.100.1, 10.0.0.2', '198.51.100.1'],
  ['the entry of a hop is no address', '1', '6.6.6.6, unknown', PEER],
  ['the entry of the farther hop is no address', '2', '6.6.6.6, unknown, 10.0.0.2', '10.0.0.2'],
  ['the peer is of a network', NETWORKS, '6.6.6.6, 198.51.100.1', '198.51.100.1'],
  ['proxies are of a network', NETWORKS, '198.51.100.1, 10.0.0.3, [2001:db8::7]:443', '198.51.100.1'],
  ['a proxy did not know', NETWORKS, '6.6.6.6, unknown, 10.0.0.3', '10.0.0.3'],
  ['all are proxies', NETWORKS, '10.0.0.4, 10.0.0.3', '10.0.0.4'],
  ['an entry has a port', NETWORKS, '198.51.100.1:4711', '198.51.100.1'],
  ['an entry is IPv4 in IPv6', NETWORKS, '::ffff:198.51.100.1', '198.51.100.1'],
  ['the header is absurdly long', '1', `${'1.1.1.1, '.repeat(300)}198.51.100.1`, '198.51.100.1'],
  ['one entry is absurdly long', '1', '1'.repeat(3_000), PEER],
  ['there are many hops in a long header', '32', `${'6.6.6.6, '.repeat(300)}198.51.100.1`, '6.6.6.6'],
])('tells the client when %s', (_when, trust, forwarded, address) => {
  expect(find(trust, forwarded)).toBe(address)
})

it('believes nobody outside of the networks', () => {
  expect(find(NETWORKS, '198.51.100.1', '203.0.113.9')).toBe('203.0.113.9')
  expect(find(NETWORKS, '198.51.100.1', '::ffff:10.0.0.1')).toBe('198.51.100.1')
})
