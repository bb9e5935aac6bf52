import { expect, it } from 'vitest'
import { describeFetch } from './fetch-attributes.ts'
import type { FetchRequest } from './fetch-headers.ts'

const REQUEST: FetchRequest = { method: 'GET', origin: 'http://10.0.0.7:8080', path: '/pay', host: null }
const PLAIN = {
  'http.request.method_original': undefined,
  'url.full': 'http://10.0.0.7:8080/pay',
  'url.path': '/pay',
  'url.query': undefined,
  'server.address': '10.0.0.7',
  'server.port': 8080,
}

it.each<[what: string, request: Partial<FetchRequest>, expected: Record<string, unknown>]>([
  ['says no more than it has to', {}, {}],
  ['with a query', { path: '/pay?id=7' }, { 'url.full': 'http://10.0.0.7:8080/pay?id=7', 'url.query': 'id=7' }],
  ['of a method that is none', { method: 'PURGE' }, { 'http.request.method_original': 'PURGE' }],
  ['of a method in small letters', { method: 'patch' }, { 'http.request.method_original': 'patch' }],
  [
    'whose path begins with two slashes',
    { path: '//a/b' },
    { 'url.full': 'http://10.0.0.7:8080//a/b', 'url.path': '//a/b' },
  ],
  [
    'to an IPv6 address',
    { origin: 'http://[::1]:81' },
    { 'url.full': 'http://[::1]:81/pay', 'server.address': '::1', 'server.port': 81 },
  ],
  [
    'with a header of another host',
    { host: 'shop.test:81' },
    { 'url.full': 'http://shop.test:81/pay', 'server.address': 'shop.test', 'server.port': 81 },
  ],
  [
    'with TLS',
    { origin: new URL('https://shop.test/') },
    { 'url.full': 'https://shop.test/pay', 'server.address': 'shop.test', 'server.port': 443 },
  ],
  [
    'to a proxy',
    { path: 'http://shop.test/rates' },
    { 'url.full': 'http://shop.test/rates', 'url.path': '/rates', 'server.address': 'shop.test', 'server.port': 80 },
  ],
])('describes a request of fetch: %s', (_what, request, expected) => {
  expect(describeFetch({ ...REQUEST, ...request })).toEqual({ ...PLAIN, ...expected })
})

it.each(['nowhere', ''])('leaves a request to %j as it is described', (origin) => {
  expect(describeFetch({ ...REQUEST, origin })).toEqual({ 'http.request.method_original': undefined })
})

it('takes a host that no URL can have', () => {
  expect(describeFetch({ ...REQUEST, host: 'a%b' })).toMatchObject({ 'server.address': 'a%b', 'url.query': undefined })
})
