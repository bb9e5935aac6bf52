import { expect, it } from 'vitest'
import { parseHostPattern } from './parse-hosts.ts'

it.each([
  ['api.example.com', { host: 'api.example.com', subdomains: false }],
  ['API.Example.com', { host: 'api.example.com', subdomains: false }],
  ['*.svc.local', { host: 'svc.local', subdomains: true }],
  ['localhost', { host: 'localhost', subdomains: false }],
  ['my_service', { host: 'my_service', subdomains: false }],
  ['192.0.2.1', { host: '192.0.2.1', subdomains: false }],
  ['[::1]', { host: '[::1]', subdomains: false }],
  ['[0:0:0:0:0:0:0:1]', { host: '[::1]', subdomains: false }],
  ['a'.repeat(253), { host: 'a'.repeat(253), subdomains: false }],
])('reads %s', (text, expected) => {
  expect(parseHostPattern(text)).toEqual(expected)
})

it.each([
  '*',
  '*.',
  '.local',
  'a..b',
  'a.',
  'host:80',
  'http://host',
  'a*.local',
  '*.*.local',
  '*.[::1]',
  '[::1',
  '[::1]/x',
  '[::1]/x:[]',
  'a'.repeat(254),
])('refuses %s', (text) => {
  expect(parseHostPattern(text)).toBeUndefined()
})
