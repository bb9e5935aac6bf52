'use strict'
/* oxlint-disable oxc/no-async-endpoint-handlers -- it takes promises, or catches by itself */
const { ask, visit } = require('./visit.cjs')

module.exports = async (fastify) => {
  const app = fastify()
  app.register(
    async (users) => {
      users.addHook('preHandler', async () => undefined)
      users.get('/:id', async (request) => {
        const { body } = await ask(app.server.address().port, '/inner')
        return `user ${request.params.id} ${body}`
      })
    },
    { prefix: '/users' },
  )
  app.get('/inner', (_request, reply) => reply.send('inner'))
  app.get(
    '/refuse',
    { onRequest: (_request, reply, done) => done(Object.assign(new Error('not you'), { statusCode: 403 })) },
    () => 'never',
  )
  app.get('/fail', async () => {
    throw new TypeError('boom')
  })
  app.setErrorHandler((error, _request, reply) => reply.code(error.statusCode ?? 500).send(`sorry, ${error.message}`))
  app.setNotFoundHandler((_request, reply) => reply.code(404).send('no such page'))
  await app.listen({ port: 0, host: '127.0.0.1' })
  await visit(app.server)
}
