/* oxlint-disable typescript/no-misused-promises -- its promise always resolves */
const { createServer } = require('node:http')
const { getRequestListener } = require('@hono/node-server')
const { Hono } = require('hono')
const { askOnce } = require('./ask.cjs')

const app = new Hono()
app.get('/users/:id', (context) => context.text(context.req.param('id')))
void askOnce(createServer(getRequestListener(app.fetch)), '/users/7')
