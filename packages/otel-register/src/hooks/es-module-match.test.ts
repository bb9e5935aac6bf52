import { expect, it } from 'vitest'
import { matchEsModule } from './es-module-match.ts'

const WANTED = new Map([
  ['hono', ['.', 'dist/preset/tiny.js']],
  ['graphql', ['execution/execute.js']],
])
const HONO = 'file:///app/node_modules/hono/dist'

it.each([
  ['what the bare name imports', `${HONO}/index.js`, 'hono', { packageName: 'hono', file: undefined }],
  [
    'a declared file by sub-path',
    `${HONO}/preset/tiny.js`,
    'hono/tiny',
    { packageName: 'hono', file: 'dist/preset/tiny.js' },
  ],
  [
    'a declared file from inside',
    `${HONO}/preset/tiny.js`,
    './preset/tiny.js',
    { packageName: 'hono', file: 'dist/preset/tiny.js' },
  ],
  [
    'an .mjs build',
    'file:///app/node_modules/graphql/execution/execute.mjs',
    './execute.mjs',
    { packageName: 'graphql', file: 'execution/execute.js' },
  ],
  ['an address with a query', `${HONO}/index.js?v=1`, 'hono', { packageName: 'hono', file: undefined }],
])('wants %s', (_what, url, specifier, expected) => {
  expect(matchEsModule(url, specifier, WANTED)).toEqual(expected)
})

it.each([
  ['another file of the package', `${HONO}/context.js`, './context.js'],
  ['the bare name where only files are wanted', 'file:///app/node_modules/graphql/index.mjs', 'graphql'],
  ['another package', 'file:///app/node_modules/honey/index.js', 'honey'],
  ['a file of the application', 'file:///app/hono/dist/index.js', 'hono'],
  ['a built-in module', 'node:http', 'http'],
  ['code from a data URL', 'data:text/javascript,1', 'hono'],
])('leaves alone %s', (_what, url, specifier) => {
  expect(matchEsModule(url, specifier, WANTED)).toBeUndefined()
})
