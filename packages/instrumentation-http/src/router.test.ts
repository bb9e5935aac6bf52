import { SpanStatusCode, trace } from '@opentelemetry/api'
import { expect, it } from 'vitest'
import { createRouterInstrumentation } from './router.ts'
import { load, requestServer, spanNamed, underServerSpan } from './tracing.test.support.ts'

type Next = (error?: unknown) => void
interface Response {
  statusCode: number
  end(body?: string): void
}
type Handler = (req: { url: string }, res: Response, next: Next) => unknown
type ErrorHandler = (error: unknown, req: unknown, res: Response, next: Next) => unknown
interface Router {
  (req: unknown, res: unknown, next: Next): void
  handle(req: unknown, res: unknown, next: Next): void
  get(path: string, ...handlers: Handler[]): Router
  all(path: string, ...handlers: Handler[]): Router
  use(handler: Handler): Router
  use(path: string, router: Router): Router
}

createRouterInstrumentation()
const createRouter = load('router') as () => Router

const finish =
  (router: Router) =>
  (req: unknown, res: unknown): void =>
    router(req, res, (error) => {
      const response = res as Response
      response.statusCode = error === undefined || error === null ? 404 : 500
      response.end(error instanceof Error ? error.message : String(error))
    })

it('makes spans of handlers and middleware and sets the whole route pattern', async () => {
  const users = createRouter()
  users.get('/orders/:order', (_req, res) => res.end(trace.getActiveSpan()?.spanContext().spanId))
  const router = createRouter()
  router.use(function timing(_req, _res, next) {
    next()
  })
  router.use('/users/:user', users)
  const { result, metadata, spans, server } = await requestServer(finish(router), '/users/7/orders/12')
  const handler = spanNamed(spans, 'request handler - /users/:user/orders/:order')
  expect(metadata.route).toBe('/users/:user/orders/:order')
  expect(result.body).toBe(handler.spanContext().spanId)
  expect(handler.attributes).toMatchObject({ 'router.type': 'request_handler', 'http.route': metadata.route })
  expect(spanNamed(spans, 'middleware - timing').attributes).toEqual({
    'router.type': 'middleware',
    'router.name': 'timing',
  })
  for (const span of spans.slice(0, -1)) {
    expect(span.parentSpanContext?.spanId).toBe(server.spanContext().spanId)
  }
})

it('leaves the next function of a handler the one that its request holds', async () => {
  const held: boolean[] = []
  const look = (req: object, next: Next): void => void held.push(next === (req as { next?: unknown }).next)
  const router = createRouter()
  const inner = createRouter().use(function inside(req, _res, next) {
    look(req, next)
    next()
  })
  router.use(function first(req, _res, next) {
    look(req, next)
    next()
  })
  router.use('/inner', inner)
  router.use(function last(req, res, next) {
    look(req, next)
    res.end()
  })
  await requestServer(finish(router), '/inner')
  expect(held).toEqual([true, true, true])
})

const done: Handler = (_req, res) => res.end()
const apologise: ErrorHandler = function apologise(_error, _req, res, _next) {
  res.end('sorry')
}

it.each([
  ['/', '/'],
  ['/users', '/users'],
  ['/users/7', '/users/:id'],
  ['/any', '/any'],
  ['/deep/er/7', '/deep/er/:id'],
  ['/nowhere', undefined],
])('gives the request for %s the route %s', async (path, route) => {
  const inner = createRouter().get('/:id', done)
  const middle = createRouter().use('/er/', inner)
  const users = createRouter().get('/', done).get('/:id', done)
  const router = createRouter().get('/', done).use('/users', users).all('/any', done).use('/deep', middle)
  const { metadata } = await requestServer(finish(router), path)
  expect(metadata.route).toBe(route)
})

it.each([
  [
    'throws',
    () => {
      throw new TypeError('broken')
    },
  ],
  [
    'rejects',
    async () => {
      throw new TypeError('broken')
    },
  ],
  ['hands on', (_req, _res, next) => next(new TypeError('broken'))],
] as [string, Handler][])('makes an error span of a handler that %s an error', async (_how, handler) => {
  const router = createRouter().get('/', handler)
  const { result, spans } = await requestServer(finish(router), '/')
  expect(result).toEqual({ status: 500, body: 'broken' })
  const span = spanNamed(spans, 'request handler - /')
  expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'broken' })
  expect(span.events).toHaveLength(1)
})

it('makes no error of a direction to the next route', async () => {
  const router = createRouter()
  router.get('/', function first(_req, _res, next) {
    next('route')
  })
  router.get('/', (_req, res) => res.end('second'))
  const { result, spans } = await requestServer(finish(router), '/')
  expect(result.body).toBe('second')
  for (const span of spans) expect([span.status.code, span.events]).toEqual([SpanStatusCode.UNSET, []])
})

it('gives an error handler a span, and its error to nobody twice', async () => {
  const router = createRouter()
  router.get('/', () => {
    throw new Error('broken')
  })
  router.use(apologise as unknown as Handler)
  const { result, spans } = await requestServer(finish(router), '/')
  expect(result.body).toBe('sorry')
  expect(spanNamed(spans, 'middleware - apologise').status.code).toBe(SpanStatusCode.UNSET)
})

it.each([
  ['empty objects', {}, {}],
  ['a response that only ends', { method: 'GET', url: '/' }, { end: () => undefined }],
  ['no response', { method: 'GET', url: '/' }, undefined],
])('routes %s as it does without a span', async (_what, req, res) => {
  const seen = (): Promise<unknown[]> =>
    new Promise((resolve) => {
      const events: unknown[] = []
      const router = createRouter()
      router.use((_req, _res, next) => {
        events.push('middleware')
        next()
      })
      router.get('/', (_req, _res, next) => {
        events.push('handler')
        next(new Error('end'))
      })
      router.handle({ ...req }, res, (error) => resolve([...events, error]))
    })
  const { result } = await underServerSpan(seen)
  expect(result).toEqual(await seen())
})
