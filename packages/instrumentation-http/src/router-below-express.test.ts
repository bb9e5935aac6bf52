import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { expect, it } from 'vitest'
import { createRouterInstrumentation } from './router.ts'
import { load, requestServer } from './tracing.test.support.ts'

interface App {
  (req: unknown, res: unknown): void
  get(path: string, handler: (req: unknown, res: { end(body: string): void }) => void): App
  use(...handlers: unknown[]): App
}

it('leaves the layers of an express application to the express instrumentation of upstream', async () => {
  createRouterInstrumentation()
  const express = new ExpressInstrumentation()
  const createExpress = load('express') as (() => App) & { Router: () => App }
  const app = createExpress()
  app.use((_req: unknown, _res: unknown, next: () => void) => next())
  app.use(
    '/users',
    createExpress.Router().get('/:id', (_req, res) => res.end('done')),
  )
  const { metadata, spans, server } = await requestServer((req, res) => app(req, res), '/users/7')
  expect(metadata.route).toBe('/users/:id')
  const scopes = spans.filter((span) => span !== server).map((span) => span.instrumentationScope.name)
  expect(new Set(scopes)).toEqual(new Set([express.instrumentationName]))
  expect(spans.filter((span) => span.name.startsWith('request handler'))).toHaveLength(1)
})
