'use strict'
const { ask, visit } = require('./visit.cjs')

module.exports = async (hapi) => {
  const server = hapi.server({ port: 0, host: '127.0.0.1', debug: false })
  const users = {
    name: 'users',
    register(plugin) {
      plugin.route({
        method: 'GET',
        path: '/users/{id}',
        async handler(request) {
          const { body } = await ask(server.info.port, '/inner')
          return `user ${request.params.id} ${body}`
        },
      })
    },
  }
  await server.register(users)
  server.ext('onPreHandler', function passOn(_request, h) {
    return h.continue
  })
  server.route([
    { method: 'GET', path: '/inner', handler: () => 'inner' },
    { method: 'GET', path: '/refuse', handler: (_request, h) => h.response('sorry, not you').code(403) },
    {
      method: 'GET',
      path: '/fail',
      handler() {
        throw new TypeError('boom')
      },
    },
  ])
  await server.start()
  await visit(server.listener)
}
