/* oxlint-disable import/no-unassigned-import -- loading it is the point */
// Serves by express, reached in the ways that the arguments name, in that order.
import { createRequire } from 'node:module'
import { createServer } from 'node:http'
import { askOnce } from './ask.cjs'

const require = createRequire(import.meta.url)
const ways = {
  import: async () => (await import('express')).default,
  require: async () => require('express'),
  'require of its path': async () => require(require.resolve('express')),
  'require after eviction': async () => {
    require('express')
    for (const path of Object.keys(require.cache))
      if (/node_modules\/(?:express|router)\//.test(path)) delete require.cache[path]
    return require('express')
  },
}
let express
for (const way of process.argv.slice(2)) express = await ways[way]()
const app = express()
app.get('/', function hello(request, response) {
  response.send('hello')
})
await askOnce(createServer(app), '/')
