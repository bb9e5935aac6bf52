import * as fc from 'fast-check'
import { BlockList } from 'node:net'
import { expect, it } from 'vitest'
import { parseTrustProxy } from './parse-trust-proxy.ts'

it.each([
  ['0', { kind: 'none' }],
  ['none', { kind: 'none' }],
  ['1', { kind: 'hops', hops: 1 }],
  ['32', { kind: 'hops', hops: 32 }],
])('reads %s as a number of hops', (text, expected) => {
  expect(parseTrustProxy(text)).toEqual(expected)
})

it('reads networks, single addresses and names of networks', () => {
  expect(parseTrustProxy('10.0.0.0/8, 192.0.2.7 ,2001:db8::/32')).toEqual({
    kind: 'networks',
    networks: [
      { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
      { address: '192.0.2.7', prefix: 32, family: 'ipv4' },
      { address: '2001:db8::', prefix: 32, family: 'ipv6' },
    ],
  })
  expect(parseTrustProxy('Loopback')).toEqual({
    kind: 'networks',
    networks: [
      { address: '127.0.0.0', prefix: 8, family: 'ipv4' },
      { address: '::1', prefix: 128, family: 'ipv6' },
    ],
  })
})

it.each(['0.0.0.0/0', '255.255.255.255/32', '::/0', '::1/128', '::ffff:10.0.0.1/96'])('accepts %s', (text) => {
  expect(parseTrustProxy(text)?.kind).toBe('networks')
})

// Each of these breaks one rule; a list is refused for one of them.
it.each([
  '33',
  '-1',
  '1.5',
  'true',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/ 8',
  '256.0.0.0/8',
  '010.0.0.0/8',
  '10.0.0/8',
  'fe80::1%eth0',
  '::1]/x:[',
  'proxy.local',
  '10.0.0.0/8,proxy.local',
  ',',
])('refuses %s', (text) => {
  expect(parseTrustProxy(text)).toBeUndefined()
})

it('gives only what a block list takes', () => {
  const part = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.tuple(fc.ipV4(), fc.nat(40)).map(([address, prefix]) => `${address}/${prefix}`),
    fc.tuple(fc.ipV6(), fc.nat(140)).map(([address, prefix]) => `${address}/${prefix}`),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const trust = parseTrustProxy(parts.join(','))
      const list = new BlockList()
      if (trust?.kind !== 'networks') return
      for (const { address, prefix, family } of trust.networks) list.addSubnet(address, prefix, family)
      for (const { address, family } of trust.networks) expect(list.check(address, family)).toBe(true)
    }),
  )
})
