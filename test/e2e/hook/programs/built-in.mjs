/* oxlint-disable unicorn/prefer-node-protocol -- both spellings are tried */
// Makes a request by node:http for each argument, which names the way in which it is reached.
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
for (const way of process.argv.slice(2)) {
  const { createServer, get } = await ways[way]()
  await new Promise((resolve) => {
    const server = createServer((request, response) => response.end('here')).once('close', resolve)
    server.listen(0, '127.0.0.1', () => {
      get(`http://127.0.0.1:${server.address().port}/`, (response) => {
        response.on('data', (text) => console.log(String(text))).on('end', () => server.close())
      })
    })
  })
}
