'use strict'
/* oxlint-disable oxc/no-async-endpoint-handlers -- it takes promises, or catches by itself */
const { ask, listen, visit } = require('./visit.cjs')

module.exports = async (express) => {
  const app = express()
  const users = express.Router()
  users.get('/:id', async (req, res) => {
    const { body } = await ask(req.socket.localPort, '/inner')
    res.send(`user ${req.params.id} ${body}`)
  })
  app.use(function passOn(_req, _res, next) {
    setImmediate(() => next())
  })
  app.use('/users', users)
  app.get('/inner', (_req, res) => res.send('inner'))
  app.get('/refuse', (_req, _res, next) => next(Object.assign(new Error('not you'), { status: 403 })))
  app.get('/fail', async () => {
    throw new TypeError('boom')
  })
  app.use((error, _req, res, _next) => res.status(error.status ?? 500).send(`sorry, ${error.message}`))
  await visit(await listen(require('node:http').createServer(app)))
}
