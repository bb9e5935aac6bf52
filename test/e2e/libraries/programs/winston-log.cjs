'use strict'
const withinRequest = require('./within-request.cjs')

module.exports = async ({ createLogger, format, transports }) => {
  const shared = [new transports.Console({ format: format.json() })]
  const log = createLogger({ level: 'debug', transports: shared })
  const other = createLogger({ level: 'debug', transports: shared })
  log.info('outside')
  await withinRequest(async () => {
    log.info('inside a request', { order: 42 })
    log.child({ module: 'payments' }).error('boom')
    log.silly('below the level')
    const entry = Object.freeze({ level: 'warn', message: 'frozen' })
    try {
      other.log(entry)
    } catch (error) {
      console.log(error.name)
    }
    const own = { level: 'warn', message: 'by another logger' }
    other.log(own)
    console.log(Object.keys(own), shared.length, log.transports.length)
  })
}
