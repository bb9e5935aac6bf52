import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { findPackageFile } from './package-file.ts'

it.each([
  ['hoisted', '/app/node_modules/pg/lib/client.js', 'pg', '/app/node_modules/pg', 'lib/client.js'],
  [
    'scoped',
    '/app/node_modules/@redis/client/dist/index.js',
    '@redis/client',
    '/app/node_modules/@redis/client',
    'dist/index.js',
  ],
  [
    'nested',
    '/app/node_modules/knex/node_modules/pg/index.js',
    'pg',
    '/app/node_modules/knex/node_modules/pg',
    'index.js',
  ],
  [
    "in pnpm's store",
    '/app/node_modules/.pnpm/pg@8.0.0/node_modules/pg/index.js',
    'pg',
    '/app/node_modules/.pnpm/pg@8.0.0/node_modules/pg',
    'index.js',
  ],
  [
    "in Yarn's archive",
    '/app/.yarn/cache/pg-npm-8.zip/node_modules/pg/index.js',
    'pg',
    '/app/.yarn/cache/pg-npm-8.zip/node_modules/pg',
    'index.js',
  ],
  ['by URL', 'file:///app/node_modules/hono/dist/index.js', 'hono', 'file:///app/node_modules/hono', 'dist/index.js'],
])('finds a package %s', (_where, location, packageName, baseDir, path) => {
  expect(findPackageFile(location)).toEqual({ packageName, baseDir, path })
})

it.each([
  '/app/src/pg/index.js',
  '/app/node_modules',
  '/app/node_modules/',
  '/app/node_modules/pg',
  '/app/node_modules/@redis/client',
  '',
  '.',
  '[eval]',
])('finds none in %j', (location) => {
  expect(findPackageFile(location)).toBeUndefined()
})

it('takes any path apart into parts that make it up again', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/)
  const path = fc.array(fc.stringMatching(/^[a-z0-9_.-]{1,8}$/), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.option(name), name, path, (scope, own, parts) => {
      const packageName = scope === null ? own : `@${scope}/${own}`
      const baseDir = `/srv/node_modules/${packageName}`
      const found = findPackageFile(`${baseDir}/${parts.join('/')}`)
      expect(found).toEqual({ packageName, baseDir, path: parts.join('/') })
    }),
  )
})

it('never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => findPackageFile(`/node_modules/${text}`)).not.toThrow()
    }),
  )
})
