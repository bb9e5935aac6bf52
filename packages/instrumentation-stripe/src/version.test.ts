import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { VERSION } from './version.ts'

it('is the version of the package', () => {
  const load = createRequire(import.meta.url)
  expect(VERSION).toBe((load('../package.json') as { version: string }).version)
})
