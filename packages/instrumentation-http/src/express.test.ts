import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { expect, it } from 'vitest'
import { createExpressInstrumentation } from './express.ts'
import { createRouterInstrumentation } from './router.ts'
import { load, requestServer, spanNamed, underServerSpan } from './tracing.test.support.ts'

type Next = (error?: unknown) => void
interface Request {
  readonly next?: unknown
}
interface Response {
  json(body: unknown): void
  status(code: number): Response
  end(body?: string): void
}
type Handler = (req: Request, res: Response, next: Next) => unknown
type ErrorHandler = (error: Error, req: unknown, res: Response, next: Next) => unknown
interface App {
  (req: unknown, res: unknown, next?: Next): void
  get(path: string | readonly string[] | RegExp, ...handlers: Handler[]): App
  all(path: string, ...handlers: Handler[]): App
  use(...handlers: (Handler | ErrorHandler | App)[]): App
  use(path: string, ...handlers: (Handler | App)[]): App
}

createRouterInstrumentation()
createExpressInstrumentation()
const createApp = load('express') as (() => App) & { Router: () => App }

const pass: Handler = function pass(_req, _res, next) {
  next()
}
const done: Handler = (_req, res) => res.end(trace.getActiveSpan()?.spanContext().spanId)
const apologise: ErrorHandler = (_error, _req, res, _next) => res.status(500).end('sorry')
const ask = (app: App, path: string) => requestServer((req, res) => app(req, res), path)

it('makes one span of a route, whose handlers run in it, and none of what only hands the request on', async () => {
  const users = createApp.Router().use(pass).get('/orders/:order', pass, done)
  const { metadata, spans, server, result } = await ask(
    createApp().use(pass).use('/users/:user', pass, users),
    '/users/7/orders/12',
  )
  const handler = spanNamed(spans, 'request handler')
  expect(metadata.route).toBe('/users/:user/orders/:order')
  expect(handler.attributes).toEqual({
    'http.route': metadata.route,
    'express.name': metadata.route,
    'express.type': 'request_handler',
  })
  expect(result.body).toBe(handler.spanContext().spanId)
  expect(handler.parentSpanContext?.spanId).toBe(server.spanContext().spanId)
  expect(spans).toHaveLength(2)
})

it.each<[string, (app: App) => App, string, string | undefined]>([
  ['of the application', (app) => app.get('/', done), '/', '/'],
  ['of a list', (app) => app.get(['/a', '/b/:c'], done), '/b/1', '/a,/b/:c'],
  ['of a pattern', (app) => app.get(/^\/x\d$/, done), '/x1', '/^\\/x\\d$/'],
  ['for all methods', (app) => app.all('/any/:one', done), '/any/1', '/any/:one'],
  [
    'of a mounted application',
    (app) => app.use('/shop/:id', createApp().get('/cart', done)),
    '/shop/7/cart',
    '/shop/:id/cart',
  ],
  ['that hands on to another', (app) => app.get('/r/:a', pass).get('/r/1', done), '/r/1', '/r/1'],
  ['that does not exist', (app) => app.use('/in', createApp.Router().get('/x', done)), '/in/y', undefined],
])('sets the pattern of a route %s', async (_which, prepare, path, route) => {
  const { metadata } = await ask(prepare(createApp()), path)
  expect(metadata.route).toBe(route)
})

it.each<[string, Handler]>([
  [
    'throws',
    () => {
      throw new TypeError('broken')
    },
  ],
  ['hands on', (_req, _res, next) => next(new TypeError('broken'))],
  [
    'rejects with',
    async () => {
      await Promise.resolve()
      throw new TypeError('broken')
    },
  ],
])('makes an error of a handler and of a middleware by what it %s', async (_how, fail) => {
  const handler = await ask(createApp().get('/fail', fail).use(apologise), '/fail')
  const span = spanNamed(handler.spans, 'request handler')
  const middleware = await ask(
    createApp()
      .use(Object.defineProperty(fail, 'name', { value: 'check' }))
      .use(apologise),
    '/',
  )
  const failed = spanNamed(middleware.spans, 'middleware - check')
  expect(failed.attributes).toMatchObject({ 'express.type': 'middleware', 'express.name': 'check' })
  for (const { status, attributes, events } of [span, failed]) {
    expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'broken' })
    expect(attributes['error.type']).toBe('TypeError')
    expect(events).toHaveLength(1)
  }
  expect(handler.result).toEqual({ status: 500, body: 'sorry' })
  expect(middleware.spans).toHaveLength(2)
})

it('leaves the next function of a handler the one that its request holds', async () => {
  const held: boolean[] = []
  const look: Handler = (req, _res, next) => {
    held.push(next === req.next)
    next()
  }
  const inner = createApp.Router().use(look)
  await ask(createApp().use(look).use('/inner', look, inner).use(look).use(done), '/inner')
  expect(held).toEqual([true, true, true, true])
})

it('hands a request on in the context of the server span', async () => {
  const seen: unknown[] = []
  const look: Handler = (_req, res) => {
    seen.push(trace.getSpan(context.active()))
    res.end()
  }
  const app = createApp().get('/', pass).use(look)
  const { server } = await ask(app, '/')
  expect(seen).toEqual([expect.objectContaining({ name: server.name })])
})

it('runs what was made by hand without a span and without a route', async () => {
  const { metadata, spans } = await underServerSpan(
    () =>
      new Promise<void>((resolve) => {
        const response = {
          end: () => resolve(),
          setHeader: () => undefined,
          status: () => response,
          json: () => undefined,
        }
        createApp().get('/made', done)({ url: '/made', method: 'GET', headers: {} }, response)
      }),
  )
  expect(metadata.route).toBeUndefined()
  expect(spans).toHaveLength(1)
})
