#!/usr/bin/env node
// Stands in for a collector that takes four seconds to start, as one with large queues may: until then a signal ends it.
import { createServer } from 'node:http'

const START_MILLIS = 4000
process.stderr.write('Everything is ready, but for the listeners\n')
setTimeout(() => {
  process.on('SIGHUP', () => process.stderr.write('it was told to read its configuration again\n'))
  process.on('SIGTERM', () => process.exit(0))
  createServer((_, response) => response.end()).listen(Number(process.env.PLUTUS_HEALTH_PORT), '127.0.0.1')
}, START_MILLIS)
