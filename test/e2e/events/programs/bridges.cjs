'use strict'
const pino = require('pino')
const winston = require('winston')
const bunyan = require('bunyan')
const { bridgeConsole, business, getLogger, withContext } = require('@plutus/events')

bridgeConsole()
bridgeConsole()

module.exports = import('./within-request.mjs').then(({ withinRequest }) =>
  withinRequest(
    () =>
      withContext({ tenant: 'acme' }, () => {
        pino().info('by pino')
        winston.createLogger({ transports: [new winston.transports.Console()] }).info('by winston')
        bunyan.createLogger({ name: 'shop' }).info('by bunyan')
        console.info('by %s', 'console')
        console.error(new TypeError('by console too'))
        getLogger('shop').info('by events')
        business.event({ 'business.event.type': 'by.a.method' })
      }),
    { 'x-correlation-id': 'order-17' },
  ),
)
