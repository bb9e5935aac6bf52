import { SpanStatusCode, trace } from '@opentelemetry/api'
import { expect, it } from 'vitest'
import { createFastifyInstrumentation } from './fastify.ts'
import { load, requestServer, spanNamed, underServerSpan, withoutSpan } from './tracing.test.support.ts'

type Handler = (request: never, reply: Reply) => unknown
interface Reply {
  send(payload: unknown): Reply
  code(status: number): Reply
  hijack(): Reply
  raw: { end(text: string): void }
}
interface App {
  ready(): Promise<void>
  get(url: string, handler: Handler): void
  get(url: string, options: object, handler: Handler): void
  addHook(name: string, hook: (...args: never[]) => unknown): void
  register(plugin: (instance: App) => Promise<void>, options?: object): void
  setNotFoundHandler(handler: Handler): void
  setErrorHandler(handler: (error: Error, request: never, reply: Reply) => unknown): void
  inject(url: string): Promise<{ statusCode: number; body: string }>
  routing(request: unknown, response: unknown): void
  close(): Promise<void>
  listen(options: object): Promise<string>
}

createFastifyInstrumentation()
const fastify5 = load('fastify') as () => App
const fastify4 = load('fastify4') as () => App

function get(app: App, url: string): Promise<{ statusCode: number; body: string }> {
  return app.inject(url)
}

it('makes a span of the request handler and runs the handler in it', async () => {
  const app = fastify5()
  app.get('/users/:id', async () => trace.getActiveSpan()?.spanContext().spanId)
  const { result, spans, server } = await underServerSpan(() => get(app, '/users/7'))
  const span = spanNamed(spans, 'request handler - /users/:id')
  expect(result.body).toBe(span.spanContext().spanId)
  expect(span.parentSpanContext?.spanId).toBe(server.spanContext().spanId)
  expect(span.attributes).toEqual({ 'fastify.type': 'request_handler', 'http.route': '/users/:id' })
  expect(span.status.code).toBe(SpanStatusCode.UNSET)
})

it.each([
  ['returns a value', () => 'done'],
  ['sends at once', (_request: never, reply: Reply) => void reply.send('done')],
  ['sends later', (_request: never, reply: Reply) => void setTimeout(() => reply.send('done'), 5)],
  ['resolves', async () => 'done'],
  [
    'takes the response over',
    async (_request: never, reply: Reply) => {
      reply.hijack()
      reply.raw.end('done')
    },
  ],
])('ends the span of a handler that %s', async (_how, handler) => {
  const app = fastify5()
  app.get('/', handler)
  const { result, spans } = await underServerSpan(() => get(app, '/'))
  expect(result.body).toBe('done')
  expect(spanNamed(spans, 'request handler - /').ended).toBe(true)
})

it.each([
  [
    'throws',
    () => {
      throw new Error('broken')
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('broken')
    },
  ],
  ['sends an error', (_request: never, reply: Reply) => void reply.send(new Error('broken'))],
])('makes an error span, with one exception, of a handler that %s', async (_how, handler) => {
  const app = fastify5()
  app.get('/', handler)
  const { result, spans, server } = await underServerSpan(() => get(app, '/'))
  expect(result.statusCode).toBe(500)
  const span = spanNamed(spans, 'request handler - /')
  expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'broken' })
  expect(span.attributes['error.type']).toBe('Error')
  expect(span.events.map((event) => event.name)).toEqual(['exception'])
  expect(server.events).toEqual([])
})

it('leaves the span of a handler that answers 4xx by throwing without error status', async () => {
  const app = fastify5()
  app.get('/', async () => {
    throw Object.assign(new Error('no such user'), { statusCode: 404 })
  })
  const { result, spans } = await underServerSpan(() => get(app, '/'))
  expect(result.statusCode).toBe(404)
  const span = spanNamed(spans, 'request handler - /')
  expect(span.status.code).toBe(SpanStatusCode.UNSET)
  expect(span.attributes).not.toHaveProperty('error.type')
  expect(span.events).toHaveLength(1)
})

it.each([
  ['5', fastify5],
  ['4', fastify4],
])(
  "records on the server span what a hook of fastify %s throws, and leaves its status to the answer's",
  async (_major, fastify) => {
    const app = fastify()
    app.addHook('onRequest', async () => {
      throw new TypeError('no token')
    })
    app.get('/', async () => 'never')
    const { result, spans, server } = await underServerSpan(() => get(app, '/'))
    expect(result.statusCode).toBe(500)
    expect(spans).toHaveLength(1)
    expect(server.events.map((event) => event.attributes?.['exception.message'])).toEqual(['no token'])
    expect(server.status.code).toBe(SpanStatusCode.UNSET)
  },
)

it('sees plugins with a prefix, error handlers and hooks as the application does', async () => {
  const app = fastify5()
  app.register(
    async (instance) => {
      instance.setErrorHandler((error, _request, reply) => reply.code(418).send(`handled ${error.message}`))
      instance.get('/fail', async () => {
        throw new Error('inside')
      })
    },
    { prefix: '/api' },
  )
  const { result, spans } = await underServerSpan(() => get(app, '/api/fail'))
  expect(result).toMatchObject({ statusCode: 418, body: 'handled inside' })
  expect(spanNamed(spans, 'request handler - /api/fail').status.code).toBe(SpanStatusCode.ERROR)
})

it('makes no span and sets no route without a server span', async () => {
  const app = fastify5()
  app.get('/', async () => 'done')
  expect(await withoutSpan(() => get(app, '/'))).toEqual([])
})

it.each([
  ['5', fastify5],
  ['4', fastify4],
])('sets the route pattern of fastify %s on the server span, also when a hook answers', async (_major, fastify) => {
  const app = fastify()
  app.register(
    async (instance) => {
      instance.addHook('onRequest', async (_request: never, reply: Reply) => reply.code(401).send('no'))
      instance.get('/users/:id', async () => 'never')
    },
    { prefix: '/api' },
  )
  await app.ready()
  const { result, metadata } = await requestServer(
    (request, response) => app.routing(request, response),
    '/api/users/7',
  )
  expect(result.status).toBe(401)
  expect(metadata.route).toBe('/api/users/:id')
})

it('sets no route when none matched', async () => {
  const app = fastify5()
  app.setNotFoundHandler((_request, reply) => reply.code(404).send('nothing here'))
  await app.ready()
  const { result, metadata } = await requestServer((request, response) => app.routing(request, response), '/nowhere')
  expect(result.body).toBe('nothing here')
  expect(metadata.route).toBeUndefined()
})

it('leaves the route to the request that the server received, whatever it calls in process', async () => {
  const inner = fastify5()
  inner.get('/inner', async () => 'inner')
  const app = fastify5()
  app.get('/outer', async () => (await get(inner, '/inner')).body)
  await app.ready()
  const { result, metadata } = await requestServer((request, response) => app.routing(request, response), '/outer')
  expect(result.body).toBe('inner')
  expect(metadata.route).toBe('/outer')
})

it('stops when it is disabled', async () => {
  const instrumentation = createFastifyInstrumentation({ enabled: false })
  instrumentation.enable()
  const app = fastify5()
  app.get('/', async () => 'done')
  const both = await underServerSpan(() => get(app, '/'))
  instrumentation.disable()
  const one = await underServerSpan(() => get(app, '/'))
  expect([both.spans.length, one.spans.length]).toEqual([3, 2])
})
