import { expect, it } from 'vitest'
import { readSettings } from './settings.ts'

it('runs on this machine alone, with servers of its own, when nothing is set', () => {
  expect(readSettings({})).toEqual({
    host: '127.0.0.1',
    port: 3000,
    databaseUrl: undefined,
    databaseConnections: 10,
    stripe: undefined,
    seedPassword: undefined,
    logLevel: 'info',
  })
})

it('takes an empty variable for none', () => {
  const names = ['HOST', 'PORT', 'DATABASE_URL', 'DATABASE_POOL_MAX', 'STRIPE_SECRET_KEY', 'STRIPE_API_BASE']
  expect(readSettings(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readSettings({}))
})

it('calls Stripe itself by the key, or another base with the key or one made up', () => {
  expect(readSettings({ STRIPE_SECRET_KEY: 'sk_test_0' }).stripe).toEqual({
    secretKey: 'sk_test_0',
    apiBase: undefined,
    webhookSecret: undefined,
  })
  const env = { STRIPE_API_BASE: 'http://127.0.0.1:12111', STRIPE_WEBHOOK_SECRET: 'whsec_0' }
  expect(readSettings(env).stripe).toEqual({
    secretKey: expect.stringMatching(/^sk_test_[0-9a-f]{24}$/),
    apiBase: new URL('http://127.0.0.1:12111'),
    webhookSecret: 'whsec_0',
  })
  expect(readSettings({ ...env, STRIPE_SECRET_KEY: 'sk_test_0' }).stripe?.secretKey).toBe('sk_test_0')
  expect(readSettings({ ...env, STRIPE_ACCOUNT: 'acct_1' }).stripe?.account).toBe('acct_1')
})

it.each([
  ['PORT', '65536', 'PORT must be an integer from 0 to 65535'],
  ['PORT', '-1', 'PORT must be an integer from 0 to 65535'],
  ['PORT', '1e3', 'PORT must be an integer from 0 to 65535'],
  ['DATABASE_POOL_MAX', '0', 'DATABASE_POOL_MAX must be an integer from 1 to 1000'],
  ['DATABASE_POOL_MAX', '1001', 'DATABASE_POOL_MAX must be an integer from 1 to 1000'],
  ['STRIPE_API_BASE', 'http://host/v1', 'STRIPE_API_BASE must be an origin such as http://127.0.0.1:12111'],
])('refuses %s=%s and names the variable, not the value', (name, value, message) => {
  expect(() => readSettings({ [name]: value })).toThrow(new Error(message))
})

it.each([
  ['PORT', '0'],
  ['PORT', '65535'],
  ['DATABASE_POOL_MAX', '1'],
  ['DATABASE_POOL_MAX', '1000'],
])('takes %s=%s', (name, value) => {
  expect(() => readSettings({ [name]: value })).not.toThrow()
})

it.each([
  ['debug', 'debug'],
  ['verbose', 'info'],
])('reads LOG_LEVEL=%s as %s', (value, level) => {
  expect(readSettings({ LOG_LEVEL: value }).logLevel).toBe(level)
})
