'use strict'
const withinRequest = require('./within-request.cjs')

module.exports = async (pino) => {
  const log = pino({ base: null, timestamp: false, level: 'debug' }, pino.destination({ dest: 1, sync: true }))
  log.info('outside')
  await withinRequest(async () => {
    log.info({ order: 42 }, 'inside %s', 'a request')
    log.child({ module: 'payments' }).error(new TypeError('boom').message)
    log.trace('below the level')
    console.log(log.level, Object.keys(log.bindings()))
  })
  log.flush()
}
