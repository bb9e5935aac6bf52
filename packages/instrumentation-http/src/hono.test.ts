import { SpanStatusCode, trace } from '@opentelemetry/api'
import { expect, it } from 'vitest'
import { createHonoInstrumentation } from './hono.ts'
import { load, requestServer, spanNamed, underServerSpan, withoutSpan } from './tracing.test.support.ts'

interface Context {
  readonly req: { param(name: string): string }
  res: Response
  text(body: string, status?: number): Response
}
type Handler = (c: Context, next: () => Promise<void>) => unknown
interface Hono {
  get(path: string, ...handlers: Handler[]): Hono
  use(...handlers: (string | Handler)[]): Hono
  route(path: string, app: Hono): Hono
  basePath(path: string): Hono
  mount(path: string, handler: (request: Request) => Response | Promise<Response>): Hono
  onError(handler: (error: Error, c: Context) => Response): Hono
  fetch: (request: Request) => Response | Promise<Response>
  request(path: string): Response | Promise<Response>
  readonly routes: readonly { readonly handler: Handler }[]
}
interface HonoModule {
  readonly Hono: new (options?: object) => Hono
}

createHonoInstrumentation()
const current = load('hono') as HonoModule
const { HTTPException } = load('hono/http-exception') as { HTTPException: new (status: number) => Error }
const modules = [
  ['4.13', current],
  ['4.0', load('hono-4-0') as HonoModule],
  ['tiny', load('hono/tiny') as HonoModule],
  ['quick', load('hono/quick') as HonoModule],
] as const
const { getRequestListener } = load('@hono/node-server') as {
  getRequestListener: (fetch: Hono['fetch']) => (request: unknown, response: unknown) => unknown
}

it.each(modules)('makes spans of handler and middleware and sets the route (%s)', async (_which, { Hono }) => {
  const app = new Hono()
  app.use(async function timing(_c, next) {
    await next()
  })
  app.get('/users/:id', (c) => c.text(`${c.req.param('id')} ${trace.getActiveSpan()?.spanContext().spanId}`))
  const { result, metadata, spans, server } = await requestServer(getRequestListener(app.fetch), '/users/7')
  const middleware = spanNamed(spans, 'middleware - timing')
  const handler = spanNamed(spans, 'request handler - /users/:id')
  expect(result.body).toBe(`7 ${handler.spanContext().spanId}`)
  expect(metadata.route).toBe('/users/:id')
  expect(handler.attributes).toEqual({
    'hono.type': 'request_handler',
    'hono.name': '/users/:id',
    'http.route': '/users/:id',
  })
  expect(middleware.attributes).toEqual({ 'hono.type': 'middleware', 'hono.name': 'timing' })
  expect(handler.parentSpanContext?.spanId).toBe(middleware.spanContext().spanId)
  expect(middleware.parentSpanContext?.spanId).toBe(server.spanContext().spanId)
})

const sayHello: Handler = (c) => c.text('hello')

it('keeps a handler synchronous, and its functions in the list of routes', async () => {
  const app = new current.Hono().get('/', sayHello)
  const { result } = await underServerSpan(() => {
    const response = app.request('/')
    return response instanceof Promise
  })
  expect(result).toBe(false)
  expect(app.routes[0]?.handler).toBe(sayHello)
})

it.each([
  [
    'throws',
    () => {
      throw new RangeError('too far')
    },
  ],
  [
    'rejects',
    async () => {
      throw new RangeError('too far')
    },
  ],
] as [string, Handler][])(
  'makes an error span of a handler that %s, and leaves the answer to the application',
  async (_how, handler) => {
    const app = new current.Hono().get('/', handler).onError((error, c) => c.text(`handled ${error.message}`, 500))
    const { result, spans } = await requestServer(getRequestListener(app.fetch), '/')
    expect(result).toEqual({ status: 500, body: 'handled too far' })
    const span = spanNamed(spans, 'request handler - /')
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'too far' })
    expect(span.attributes['error.type']).toBe('RangeError')
  },
)

it('sets the route of the handler that a middleware answered for, and no error status for a 4xx', async () => {
  const app = new current.Hono()
  app.use('/admin/*', async function guard(_c, _next) {
    throw new HTTPException(401)
  })
  app.get('/admin/users/:id', (c) => c.text('never'))
  const { result, metadata, spans } = await requestServer(getRequestListener(app.fetch), '/admin/users/7')
  expect(result.status).toBe(401)
  expect(metadata.route).toBe('/admin/users/:id')
  const span = spanNamed(spans, 'middleware - guard')
  expect(span.status.code).toBe(SpanStatusCode.UNSET)
  expect(span.events).toHaveLength(1)
})

it('knows sub-apps, base paths, sub-apps with their own error handler and mounted apps by their whole path', async () => {
  const inner = new current.Hono().get('/:id', (c) => c.text('inner'))
  const careful = new current.Hono().get('/:id', (c) => c.text('careful')).onError((_error, c) => c.text('', 500))
  const app = new current.Hono().basePath('/v1').route('/users', inner).route('/careful', careful)
  app.mount('/legacy', () => new Response('legacy'))
  const routes: (string | undefined)[] = []
  for (const path of ['/v1/users/7', '/v1/careful/7', '/v1/legacy/7', '/v1/nowhere']) {
    routes.push((await requestServer(getRequestListener(app.fetch), path)).metadata.route)
  }
  expect(routes).toEqual(['/v1/users/:id', '/v1/careful/:id', '/v1/legacy/*', undefined])
})

it.each([
  ['hands on what next returns', async (_c, next) => next()],
  ['answers by itself', (c) => c.text('closed', 503)],
] as [string, Handler][])(
  'sets no route when only a middleware for every path matched and it %s',
  async (_how, handler) => {
    const app = new current.Hono().use('*', async (c, next) => handler(c, next))
    const { result, metadata } = await requestServer(getRequestListener(app.fetch), '/nowhere')
    expect(result.status).toBeGreaterThan(400)
    expect(metadata.route).toBeUndefined()
  },
)

it('leaves the route to the request that the server received, whatever a middleware calls in process', async () => {
  const inner = new current.Hono().get('/inner', (c) => c.text('inner'))
  const app = new current.Hono()
  app.use(async (_c, next) => {
    await inner.request('/inner')
    await next()
  })
  app.get('/outer', (c) => c.text('outer'))
  const { metadata } = await requestServer(getRequestListener(app.fetch), '/outer')
  expect(metadata.route).toBe('/outer')
})

it('makes no span without a server span, and accepts hand-made contexts', async () => {
  const app = new current.Hono().get('/', (c) => c.text('hello'))
  expect(await withoutSpan(() => app.request('/'))).toEqual([])
  const router = {
    added: [] as unknown[],
    add(_method: string, _path: string, entry: unknown[]) {
      this.added.push(entry[0])
    },
    match: () => [[]],
  }
  new current.Hono({ router }).get('/', () => 'odd')
  const traced = await underServerSpan(() => (router.added[0] as (c: undefined) => unknown)(undefined))
  expect(traced.result).toBe('odd')
})

it('supports classes that extend Hono', () => {
  class Api extends current.Hono {
    constructor() {
      super()
      this.get('/', (c) => c.text('hello'))
    }
  }
  const api = new Api()
  expect(api).toBeInstanceOf(Api)
  expect(api).toBeInstanceOf(current.Hono)
})
