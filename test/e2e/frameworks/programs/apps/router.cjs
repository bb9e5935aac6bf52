'use strict'
/* oxlint-disable oxc/no-async-endpoint-handlers -- it takes promises, or catches by itself */
const { createServer } = require('node:http')
const { ask, listen, visit } = require('./visit.cjs')

module.exports = async (Router, finalhandler) => {
  const users = Router()
  users.get('/:id', async (req, res) => {
    const { body } = await ask(req.socket.localPort, '/inner')
    res.end(`user ${req.params.id} ${body}`)
  })
  const router = Router()
  router.use(function passOn(_req, _res, next) {
    setImmediate(() => next())
  })
  router.use('/users', users)
  router.get('/inner', (_req, res) => res.end('inner'))
  router.get('/refuse', (_req, _res, next) => next(Object.assign(new Error('not you'), { status: 403 })))
  router.get('/fail', async () => {
    throw new TypeError('boom')
  })
  const env = { env: 'production', onerror() {} }
  await visit(await listen(createServer((req, res) => router(req, res, finalhandler(req, res, env)))))
}
