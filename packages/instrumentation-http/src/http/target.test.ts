import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { askedHostOf, splitTarget, targetOf } from './target.ts'
import type { SentRequest } from './target.ts'

const REQUEST: SentRequest = {
  method: 'GET',
  scheme: 'http',
  path: '/pay?id=7',
  authority: '10.0.0.7:8080',
  host: '10.0.0.7',
  port: 8080,
}

it.each<[what: string, request: Partial<SentRequest>, address: string, port: number | undefined, url: string]>([
  ['names what its header names', {}, '10.0.0.7', 8080, 'http://10.0.0.7:8080/pay?id=7'],
  ['with a header of another host', { authority: 'shop.test:81' }, 'shop.test', 81, 'http://shop.test:81/pay?id=7'],
  [
    'with a header without a port goes to its own',
    { authority: 'shop.test' },
    'shop.test',
    8080,
    'http://shop.test:8080/pay?id=7',
  ],
  ['without a header', { authority: undefined }, '10.0.0.7', 8080, 'http://10.0.0.7:8080/pay?id=7'],
  ['with an empty header', { authority: '' }, '10.0.0.7', 8080, 'http://10.0.0.7:8080/pay?id=7'],
  ['of which no port is known', { authority: undefined, port: undefined }, '10.0.0.7', 80, 'http://10.0.0.7/pay?id=7'],
  ['with TLS', { scheme: 'https', authority: 'shop.test', port: 443 }, 'shop.test', 443, 'https://shop.test/pay?id=7'],
  ['with TLS to port 80', { scheme: 'https', port: 80, authority: 'a' }, 'a', 80, 'https://a:80/pay?id=7'],
  ['to an IPv6 address', { authority: '[::1]:8080', host: '::1' }, '::1', 8080, 'http://[::1]:8080/pay?id=7'],
  ['to an IPv6 address alone', { authority: undefined, host: '::1' }, '::1', 8080, 'http://[::1]:8080/pay?id=7'],
  ['with a header without brackets', { authority: 'fe80::1' }, '10.0.0.7', 8080, 'http://10.0.0.7:8080/pay?id=7'],
  ['with credentials as a header', { authority: 'me:pw@x' }, '10.0.0.7', 8080, 'http://10.0.0.7:8080/pay?id=7'],
  ['with a path as a header', { authority: 'x/y' }, '10.0.0.7', 8080, 'http://10.0.0.7:8080/pay?id=7'],
  ['with an endless header', { authority: 'a'.repeat(256) }, '10.0.0.7', 8080, 'http://10.0.0.7:8080/pay?id=7'],
  ['with a port that is none', { authority: 'x:65536' }, 'x', 8080, 'http://x:8080/pay?id=7'],
  ['with the last port', { authority: 'x:65535' }, 'x', 65_535, 'http://x:65535/pay?id=7'],
  ['to a proxy', { path: 'http://shop.test:81/rates' }, 'shop.test', 81, 'http://shop.test:81/rates'],
  ['to a proxy, for the default port', { path: 'HTTP://shop.test/?a' }, 'shop.test', 80, 'http://shop.test/?a'],
  ['to a proxy, for another scheme', { path: 'https://shop.test/a' }, 'shop.test', 443, 'https://shop.test/a'],
  ['to a proxy, with credentials', { path: 'http://me:p@w@shop.test/a@b' }, 'shop.test', 80, 'http://shop.test/a@b'],
  ['to a proxy, with credentials only', { path: 'http://me:pw@/a' }, '10.0.0.7', 8080, 'http:///a'],
  ['for a tunnel', { method: 'CONNECT', path: 'db.test:5432' }, 'db.test', 5432, 'http://db.test:5432'],
  ['for a tunnel by HTTP/2 with a path', { method: 'CONNECT', path: '/' }, '10.0.0.7', 8080, 'http://10.0.0.7:8080/'],
  ['for the server itself', { method: 'OPTIONS', path: '*' }, '10.0.0.7', 8080, 'http://10.0.0.7:8080'],
  ['whose path begins otherwise', { path: 'pay' }, '10.0.0.7', 8080, 'http://10.0.0.7:8080/pay'],
  ['that has only a query', { path: '?a=1' }, '10.0.0.7', 8080, 'http://10.0.0.7:8080/?a=1'],
  [
    'to a Unix socket',
    { authority: 'localhost:8080', host: 'localhost', socketPath: '/run/docker.sock' },
    '/run/docker.sock',
    undefined,
    'http://localhost:8080/pay?id=7',
  ],
  [
    'to a Unix socket by name',
    { authority: 'docker.test', host: 'localhost', socketPath: '/run/docker.sock' },
    'docker.test',
    undefined,
    'http://docker.test/pay?id=7',
  ],
])('tells whom a request asks: %s', (_what, request, address, port, url) => {
  expect(targetOf({ ...REQUEST, ...request })).toEqual({ address, port, url })
})

it('tells for every request what it told for the one before, and no more', () => {
  const authorities = fc.constantFrom('a', 'a:81', 'b', undefined)
  const sent = fc.record({ authority: authorities, host: fc.constantFrom('a', 'b'), port: fc.constantFrom(80, 82) })
  fc.assert(
    fc.property(fc.array(sent), (all) => {
      for (const { authority, host, port } of all) {
        const [address, known] = (authority ?? host).split(':')
        expect(targetOf({ ...REQUEST, authority, host, port })).toMatchObject({ address, port: Number(known ?? port) })
      }
    }),
  )
})

it('takes any text, and keeps credentials in none', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '/', ':', '@', '[', ']', '?', '#', '*', '1', '\\') })
  fc.assert(
    fc.property(text, text, fc.constantFrom('GET', 'CONNECT'), (authority, path, method) => {
      const { url } = targetOf({ ...REQUEST, authority, path: `http://me:pw@${path}`, method })
      expect(url).not.toContain('me:pw')
    }),
  )
})

it.each([
  ['GET', '/pay?id=7', '/pay', 'id=7'],
  ['GET', '/pay', '/pay', ''],
  ['GET', '/pay?', '/pay', ''],
  ['GET', undefined, '/', ''],
  ['GET', 'http://shop.test:81/pay?id=7', '/pay', 'id=7'],
  ['GET', 'http://me:pw@shop.test', '/', ''],
  ['GET', 'https://shop.test?a', '/', 'a'],
  ['OPTIONS', '*', '*', ''],
  ['CONNECT', 'db.test:5432', '', ''],
  ['CONNECT', undefined, '', ''],
  ['CONNECT', '/chat?a', '/chat', 'a'],
  ['GET', `/${'a'.repeat(5_000)}?b`, `/${'a'.repeat(4_095)}`, ''],
  ['GET', `/?${'a'.repeat(5_000)}`, '/', 'a'.repeat(4_094)],
])('takes a target apart as a server gets it: %s %s', (method, target, path, query) => {
  expect(splitTarget(method, target)).toEqual({ path, query })
})

it.each([
  ['/pay', '10.0.0.7'],
  ['http://shop.test:81/pay', 'shop.test'],
  ['http://me:pw@shop.test/', 'shop.test'],
  ['http://[::1]:80/', '[::1]'],
  ['http://', ''],
])('tells which host a request with the path %s asks for', (path, host) => {
  expect(askedHostOf(path, '10.0.0.7')).toBe(host)
})
