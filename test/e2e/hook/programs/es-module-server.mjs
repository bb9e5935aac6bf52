/* oxlint-disable typescript/no-misused-promises -- its promise always resolves */
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { askOnce } from './ask.cjs'

export async function run() {
  const app = new Hono()
  app.get('/users/:id', (context) => context.text(context.req.param('id')))
  await askOnce(createServer(getRequestListener(app.fetch)), '/users/7')
}
