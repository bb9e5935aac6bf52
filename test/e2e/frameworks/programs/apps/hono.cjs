'use strict'
const { once } = require('node:events')
const { ask, visit } = require('./visit.cjs')

module.exports = async ({ Hono }, { serve }) => {
  let port
  const users = new Hono()
  users.get('/:id', async (c) => {
    const { body } = await ask(port, '/inner')
    return c.text(`user ${c.req.param('id')} ${body}`)
  })
  const app = new Hono()
  app.use(async function passOn(_c, next) {
    await next()
  })
  app.route('/users', users)
  app.get('/inner', (c) => c.text('inner'))
  app.get('/refuse', (c) => c.text('sorry, not you', 403))
  app.get('/fail', async () => {
    throw new TypeError('boom')
  })
  app.onError((error, c) => c.text(`sorry, ${error.message}`, 500))
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  if (!server.listening) await once(server, 'listening')
  port = server.address().port
  await visit(server)
}
