import { resolveConfig } from '@plutus/config'
import { expect, it } from 'vitest'
import { createHostCheck } from './correlation.ts'
import { httpOptionsFrom } from './options.ts'

const { correlationHosts } = httpOptionsFrom(
  resolveConfig({ PLUTUS_CORRELATION_HOSTS: 'api.example.com,*.svc.local,[2001:db8::1]' }),
)
const isAllowed = createHostCheck(correlationHosts)

it.each(['api.example.com', 'API.Example.com', 'a.svc.local', 'a.b.svc.local', '2001:db8::1', '[2001:db8::1]'])(
  'lets %s have the id',
  (host) => {
    expect(isAllowed(host)).toBe(true)
  },
)

it.each([
  undefined,
  '',
  'example.com',
  'api.example.com.evil.test',
  'evil-api.example.com',
  'svc.local',
  '.svc.local',
  'evilsvc.local',
  '2001:db8::2',
])('lets %s have none', (host) => {
  expect(isAllowed(host)).toBe(false)
})
