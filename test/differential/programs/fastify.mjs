// A Fastify service: routes, hooks, errors, asked by fetch.
import fastify from 'fastify'

const app = fastify()
app.addHook('onRequest', async () => {})
app.get('/orders/:id', (request) => ({ id: request.params.id }))
app.post('/orders', (request, reply) => reply.code(201).send(request.body))
app.get('/throws', async () => {
  throw new RangeError('of a handler')
})
await app.register(
  async (scope) => {
    scope.get('/health', (_request, reply) => {
      reply.send('ok')
    })
  },
  { prefix: '/internal' },
)
const base = await app.listen({ port: 0, host: '127.0.0.1' })
const seen = []
const json = { 'content-type': 'application/json' }
for (const { path, ...options } of [
  { path: '/orders/1' },
  { path: '/orders', method: 'POST', body: '{"a":1}', headers: json },
  { path: '/orders', method: 'POST', body: '{broken', headers: json },
  { path: '/throws' },
  { path: '/internal/health' },
  { path: '/nowhere' },
]) {
  const response = await fetch(base + path, options)
  await response.text()
  seen.push(response.status)
}
await app.close()
process.stdout.write(`${JSON.stringify(seen)}\n`)
