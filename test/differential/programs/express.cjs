// An Express service: routes, parameters, routers, middleware, errors.
const express = require('express')
const http = require('node:http')
const { trace } = require('@opentelemetry/api')

const app = express()
app.use((request, response, next) => next())
app.get('/orders/:id', (request, response) => {
  trace.getActiveSpan()?.setAttribute('order.id', request.params.id)
  trace.getTracer('shop').startActiveSpan('price', (span) => {
    span.end()
    response.json({ id: request.params.id })
  })
})
const router = express.Router()
router.post('/refunds', express.json(), (request, response) => {
  setImmediate(() => response.status(201).json(request.body))
})
app.use('/api', router)
app.get('/throws', () => {
  throw new Error('of a handler')
})
app.get('/rejects', async () => {
  await Promise.resolve()
  throw new TypeError('of an async handler')
})
app.use((error, request, response, _next) => response.status(500).send(error.message))

const server = app.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${server.address().port}`
  const agent = new http.Agent({ keepAlive: true })
  const ask = (path, method = 'GET', body) =>
    new Promise((resolve) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' }
      const request = http.request(base + path, { agent, method, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode))
      })
      request.end(body)
    })
  const seen = []
  for (const call of [
    ['/orders/1'],
    ['/orders/2?full=1'],
    ['/api/refunds', 'POST', '{"a":1}'],
    ['/api/refunds', 'POST', '{broken'],
    ['/throws'],
    ['/rejects'],
    ['/nowhere'],
    ['/orders/1', 'DELETE'],
  ]) {
    seen.push(await ask(...call))
  }
  agent.destroy()
  server.close()
  process.stdout.write(`${JSON.stringify(seen)}\n`)
})
