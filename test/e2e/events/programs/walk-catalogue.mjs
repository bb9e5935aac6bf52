import { readFileSync } from 'node:fs'
import { audit, business, performance, security, technical, withContext } from '@plutus/events'
import { withinRequest } from './within-request.mjs'

// Calls each method that the file names with the fields that it gives.
const loggers = { audit, business, performance, security, technical }
const calls = JSON.parse(readFileSync(process.argv[2], 'utf8'))

await withinRequest(() => {
  for (const { logger, method, fields, walk } of calls) {
    withContext({ walk }, () => loggers[logger][method](fields))
  }
})
console.log(`called ${calls.length}`)
