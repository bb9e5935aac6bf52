'use strict'
/* oxlint-disable oxc/no-async-endpoint-handlers -- it takes promises, or catches by itself */
const { createServer } = require('node:http')
const { ask, listen, visit } = require('./visit.cjs')

module.exports = async (connect) => {
  const app = connect()
  app.use(function passOn(_req, _res, next) {
    setImmediate(() => next())
  })
  const users = connect()
  users.use(async (req, res) => {
    const { body } = await ask(req.socket.localPort, '/inner')
    res.end(`user ${req.url} ${body}`)
  })
  app.use('/users', users)
  app.use('/inner', (_req, res) => res.end('inner'))
  app.use('/refuse', (_req, _res, next) => next(Object.assign(new Error('not you'), { status: 403 })))
  app.use('/fail', () => {
    throw new TypeError('boom')
  })
  app.use((error, _req, res, _next) => {
    res.statusCode = error.status ?? 500
    res.end(`sorry, ${error.message}`)
  })
  await visit(await listen(createServer(app)))
}
