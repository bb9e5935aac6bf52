import { expect, it, vi } from 'vitest'
import { hashPassword, verifyPassword } from './passwords.ts'

// Hashing is slow on purpose.
vi.setConfig({ testTimeout: 60_000 })

it('knows a password by its hash, and no other', async () => {
  const hash = await hashPassword('correct horse')
  expect(hash).toMatch(/^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{43}$/)
  expect(await verifyPassword('correct horse', hash)).toBe(true)
  expect(await verifyPassword('correct horsf', hash)).toBe(false)
  expect(await verifyPassword('', hash)).toBe(false)
})

it('salts each hash anew', async () => {
  expect(await hashPassword('same')).not.toBe(await hashPassword('same'))
})

it('takes a password written with either form of an accent', async () => {
  expect(await verifyPassword('caf\u0065\u0301', await hashPassword('caf\u00e9'))).toBe(true)
})

it.each([
  ['no hash', undefined],
  ['an empty hash', ''],
  ['a hash of another kind', 'bcrypt$16384$8$5$c2FsdA$a2V5'],
  ['a hash without its key', 'scrypt$16384$8$5$c2FsdA'],
  ['a shorter key', 'scrypt$16384$8$5$c2FsdA$a2V5'],
])('refuses every password for %s', async (_what, hash) => {
  expect(await verifyPassword('', hash)).toBe(false)
})
