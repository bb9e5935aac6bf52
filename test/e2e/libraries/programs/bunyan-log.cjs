'use strict'
const withinRequest = require('./within-request.cjs')

module.exports = async (bunyan) => {
  const log = bunyan.createLogger({ name: 'shop', level: 'debug' })
  log.info('outside')
  await withinRequest(async () => {
    log.info({ order: 42 }, 'inside %s', 'a request')
    log.child({ module: 'payments' }).error('boom')
    log.trace('below the level')
    console.log(log.level())
  })
}
