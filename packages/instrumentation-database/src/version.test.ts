import { expect, it } from 'vitest'
import { load } from './telemetry.test.support.ts'
import { VERSION } from './version.ts'

it('is the version of the package', () => {
  expect(VERSION).toBe((load('../package.json') as { version: string }).version)
})
