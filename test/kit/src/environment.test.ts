import { expect, it } from 'vitest'
import { environmentOf, KEPT_CODE } from './environment.ts'

it('keeps what Node makes of a program in TypeScript, and leaves one under the hook as it is for a user', () => {
  expect(environmentOf({ file: '/app/main.ts', hook: 'none' })).toMatchObject(KEPT_CODE)
  for (const options of [{ file: '/app/main.ts' }, { file: '/app/main.cjs', hook: 'none' }] as const) {
    expect(environmentOf(options)).not.toHaveProperty('NODE_COMPILE_CACHE')
  }
})
