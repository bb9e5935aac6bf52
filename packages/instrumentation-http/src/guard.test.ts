import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as fc from 'fast-check'
import { context, trace } from '@opentelemetry/api'
import { ConnectInstrumentation } from '@opentelemetry/instrumentation-connect'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { HapiInstrumentation } from '@opentelemetry/instrumentation-hapi'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { KoaInstrumentation } from '@opentelemetry/instrumentation-koa'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { guardWrapper } from './guard-function.ts'
import { guardInstrumentation } from './guard.ts'
import { load, requestServer, underServerSpan } from './tracing.test.support.ts'
import type { AnyFunction } from './unknown.ts'

type Listener = (...args: never[]) => void
interface HttpModule {
  request(...args: unknown[]): Client
  get(...args: unknown[]): Client
  readonly Server: typeof Server
}
interface Client {
  on(event: string, listener: Listener): Client
  end(): void
}
interface HapiServer {
  register(plugin: unknown): Promise<void>
  route(route: unknown): void
  inject(url: string): Promise<{ payload: string }>
}

const instrumentations = [
  new ExpressInstrumentation(),
  new ConnectInstrumentation(),
  new HapiInstrumentation(),
  new HttpInstrumentation(),
  new KoaInstrumentation(),
].map((instrumentation) => guardInstrumentation(instrumentation))
const http = load('http') as HttpModule
const connect = load('connect') as () => {
  use(...args: unknown[]): void
  handle(req: unknown, res: unknown, next: (error?: unknown) => void): void
  route?: string
}
const express = load('express') as { Router(): { use(...args: unknown[]): void; handle(...args: unknown[]): void } }
const Koa = load('koa') as new () => { use(middleware: unknown): void }
const hapi = load('@hapi/hapi') as { server(): HapiServer }

let port: number
const server = createServer((req, res) => {
  res.end(
    JSON.stringify({ authorization: req.headers.authorization, odd: req.headers['0'], own: req.headers['x-own'] }),
  )
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.close()
  for (const instrumentation of instrumentations) instrumentation.disable()
})

it('has the outcome of the original, whatever an instrumentation does', () => {
  const original = fc.constantFrom<AnyFunction>(
    (value) => `returned ${String(value)}`,
    () => {
      throw new Error('of the original')
    },
  )
  const wrapper = fc.constantFrom<(original: AnyFunction) => unknown>(
    (original) => (value: unknown) => original(value),
    (original) => original,
    () => undefined,
    () => () => {
      throw new Error('before')
    },
    (original) => (value: unknown) => {
      original(value)
      throw new Error('after')
    },
    (original) => (value: unknown) => {
      try {
        return original(value)
      } catch {
        throw new Error('instead')
      }
    },
    (original) => (value: unknown) => {
      try {
        return original(value)
      } finally {
        ;(undefined as unknown as () => void)()
      }
    },
  )
  fc.assert(
    fc.property(original, wrapper, fc.string(), (original, wrapper, value) => {
      const guarded = guardWrapper(wrapper)(original, 'name') as AnyFunction
      expect(outcomeOf(() => guarded(value))).toEqual(outcomeOf(() => original(value)))
    }),
  )
})

it('calls the original once, also when it calls itself', () => {
  const calls: number[] = []
  const failing = guardWrapper((original) => (depth: unknown) => {
    original(depth)
    throw new Error('after')
  })
  const guarded: AnyFunction = failing((depth) => {
    calls.push(depth as number)
    return (depth as number) === 0 ? 'bottom' : `${String(guarded((depth as number) - 1))}.`
  }, 'name') as AnyFunction
  expect(guarded(3)).toBe('bottom...')
  expect(calls).toEqual([3, 2, 1, 0])
})

it.each([
  ['express', () => express.Router()],
  ['connect', () => connect()],
])('routes hand-made requests through %s as it does without a span', async (_framework, create) => {
  const route = (): Promise<unknown> =>
    new Promise((resolve) => {
      const router = create()
      const events: unknown[] = []
      router.use((_req: unknown, _res: unknown, next: () => void) => {
        events.push('one')
        setImmediate(next)
      })
      router.use('/', (_req: unknown, _res: unknown, next: (error: unknown) => void) => {
        events.push('two')
        next(new Error('end'))
      })
      router.use((error: unknown, _req: unknown, _res: unknown, next: (error: unknown) => void) => {
        events.push('three')
        next(error)
      })
      router.handle({ method: 'GET', url: '/' }, {}, (error: unknown) => resolve([...events, error]))
    })
  const { result } = await underServerSpan(route)
  expect(result).toEqual(await route())
  expect(result).toEqual(['one', 'two', 'three', expect.objectContaining({ message: 'end' })])
})

it('lets connect have sub-applications, objects that handle and servers as middleware', async () => {
  const app = connect()
  const sub = connect()
  sub.use((req: { trail: string[] }, _res: unknown, next: () => void) => {
    req.trail.push('sub')
    next()
  })
  app.use('/sub', sub)
  app.use('/sub', {
    handle(req: { trail: string[] }, _res: unknown, next: () => void) {
      req.trail.push('object')
      next()
    },
  })
  app.use(
    '/sub',
    createServer((req) => void (req as unknown as { trail: string[] }).trail.push('server')),
  )
  const trail: string[] = []
  await underServerSpan(() => app.handle({ method: 'GET', url: '/sub/x', trail }, {}, () => undefined))
  expect(trail).toEqual(['sub', 'object', 'server'])
  expect(sub.route).toBe('/sub')
})

it('gives the server span the path at which a sub-application of connect is mounted', async () => {
  const app = connect()
  const sub = connect()
  sub.use((_req: unknown, res: { end(): void }) => res.end())
  app.use('/sub', sub)
  const { metadata } = await requestServer((req, res) => app.handle(req, res, () => undefined), '/sub/x')
  expect(metadata.route).toBe('/sub')
})

it.each([undefined, null, 'text', {}])('has koa refuse %j as middleware in its own words', (middleware) => {
  expect(() => new Koa().use(middleware)).toThrow('middleware must be a function!')
})

const register = (server: HapiServer): void => server.route({ method: 'GET', path: '/', handler: () => 'hello' })

it('registers one hapi plugin on any number of servers, and frozen ones', async () => {
  const plugin = { name: 'plugin', register }
  for (let round = 0; round < 3; round++) await hapi.server().register(plugin)
  const wrapped = plugin.register
  await hapi.server().register(plugin)
  expect(plugin.register).toBe(wrapped)
  const frozen = hapi.server()
  await frozen.register(Object.freeze({ name: 'frozen', register }))
  expect((await frozen.inject('/')).payload).toBe('hello')
  await expect(hapi.server().register({})).rejects.toThrow('Invalid plugin options')
})

it('hands a server whatever is emitted as a request', async () => {
  const { result } = await underServerSpan(() => {
    const seen: unknown[] = []
    const target = new http.Server((...args) => void seen.push(...args))
    target.emit('request', {}, undefined)
    target.emit('request', { headers: {} }, {})
    return seen
  })
  expect(result).toEqual([{}, undefined, { headers: {} }, {}])
})

it.each<[string, () => unknown[], object]>([
  ['an array of headers', () => [{ port, headers: ['Host', 'localhost', 'X-Own', 'yes'] }], { own: 'yes' }],
  [
    'encoded credentials',
    () => [new URL(`http://us%40er:p%3Ass@127.0.0.1:${port}/`)],
    { authorization: basic('us@er:p:ss') },
  ],
  ['undefined options', () => [`http://127.0.0.1:${port}/`, undefined], {}],
  [
    'options beside a URL',
    () => [new URL(`http://127.0.0.1:${port}/`), { headers: { 'x-own': 'yes' } }],
    { own: 'yes' },
  ],
])('sends an HTTP request with %s and calls back', async (_what, args, expected) => {
  const { result } = await underServerSpan(
    () =>
      new Promise((resolve, reject) => {
        const onResponse = (response: NodeJS.ReadableStream): void => {
          let text = ''
          response.on('data', (chunk: Buffer) => (text += chunk.toString()))
          response.on('end', () => resolve(JSON.parse(text)))
        }
        http.get(...args(), onResponse).on('error', reject)
      }),
  )
  expect(result).toEqual(expected)
})

it('still instruments what is as upstream expects it', async () => {
  const { spans } = await underServerSpan(async () => {
    await new Promise((resolve) =>
      http.get(`http://127.0.0.1:${port}/`, (response: NodeJS.ReadableStream) => response.resume().on('end', resolve)),
    )
    return trace.getSpan(context.active())
  })
  expect(spans.map((span) => span.name)).toContain('GET')
})

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

function outcomeOf(call: () => unknown): unknown {
  try {
    return { value: call() }
  } catch (error) {
    return { error }
  }
}

it('leaves the next function of an express handler the one that its request holds', async () => {
  const held: boolean[] = []
  const look = (req: unknown, _res: unknown, next: () => void): void => {
    held.push(next === (req as { next?: unknown }).next)
    next()
  }
  const router = express.Router()
  const inner = express.Router()
  inner.use(look)
  router.use(look)
  router.use('/inner', inner)
  router.use(look, look)
  await requestServer((req, res) => router.handle(req, res, () => (res as { end(): void }).end()), '/inner')
  expect(held).toEqual([true, true, true, true])
})
