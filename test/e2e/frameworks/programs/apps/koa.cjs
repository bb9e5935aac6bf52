'use strict'
const { ask, listen, visit } = require('./visit.cjs')

module.exports = async (Koa, Router) => {
  const app = new Koa()
  app.silent = true
  const router = new Router()
  router.get('/users/:id', async (ctx) => {
    const { body } = await ask(ctx.req.socket.localPort, '/inner')
    ctx.body = `user ${ctx.params.id} ${body}`
  })
  router.get('/inner', (ctx) => {
    ctx.body = 'inner'
  })
  router.get('/refuse', (ctx) => ctx.throw(403, 'not you'))
  router.get('/fail', async () => {
    throw new TypeError('boom')
  })
  app.use(async function passOn(_ctx, next) {
    await next()
  })
  app.use(router.routes())
  await visit(await listen(require('node:http').createServer(app.callback())))
}
