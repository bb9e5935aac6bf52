/* oxlint-disable unicorn/prefer-node-protocol -- both spellings are tried */
// Makes one request by node:http, reached in the way that the argument names.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const ways = {
  'import http': async () => (await import('http')).default,
  'import node:http': async () => (await import('node:http')).default,
  'a named import': async () => await import('./built-in-named.mjs'),
  'require http': async () => require('http'),
  'require node:http': async () => require('node:http'),
  'process.getBuiltinModule': async () => process.getBuiltinModule('node:http'),
}
const { createServer, get } = await ways[process.argv[2]]()
const server = createServer((request, response) => response.end('here'))
server.listen(0, '127.0.0.1', () => {
  get(`http://127.0.0.1:${server.address().port}/`, (response) => {
    response.on('data', (text) => console.log(String(text))).on('end', () => server.close())
  })
})
