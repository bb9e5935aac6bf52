'use strict'
/* oxlint-disable oxc/no-async-endpoint-handlers -- it takes promises, or catches by itself */
// Requests that no server received: as tests of libraries, adapters for functions in the cloud and rendering on the
// server make them. All of it inside a real request, so that a span is active.
const { createServer } = require('node:http')
const connect = require('connect')
const express = require('express')
const fastify = require('fastify')
const hapi = require('@hapi/hapi')
const { Hono } = require('hono')
const Koa = require('koa')
const { inject } = require('light-my-request')
const mocks = require('node-mocks-http')
const Router = require('router')
const { ask, listen } = require('./apps/visit.cjs')

const later = (step) => (_req, _res, next) => {
  console.log(step)
  setImmediate(() => next())
}

function route(router, req, res) {
  router.use(later('middleware'))
  router.use('/', (_req, _res, next) => {
    console.log('handler')
    setImmediate(() => next(new Error('end')))
  })
  router.use((error, _req, _res, next) => {
    console.log('error handler', error.message)
    next(error)
  })
  return new Promise((resolve) => router.handle(req, res, (error) => resolve(error.message)))
}

async function handMade() {
  for (const create of [Router, express.Router, connect]) {
    console.log(create.name, await route(create(), { method: 'GET', url: '/' }, {}))
  }

  const app = express()
  app.get('/hello/:name', (req, res) => res.json({ hello: req.params.name }))
  const res = mocks.createResponse({ eventEmitter: require('node:events').EventEmitter })
  const ended = require('node:events').once(res, 'end')
  app.handle(mocks.createRequest({ method: 'GET', url: '/hello/mock' }), res)
  await ended
  console.log('express by mocks', res.statusCode, res._getData())
  console.log('express by inject', (await inject(app, { method: 'GET', url: '/hello/inject' })).payload)
  const bare = {
    headers: {},
    setHeader(name, value) {
      this.headers[name.toLowerCase()] = value
    },
    getHeader(name) {
      return this.headers[name.toLowerCase()]
    },
    removeHeader() {},
  }
  await new Promise((resolve) => {
    bare.end = (body) => {
      console.log('express by hand', bare.statusCode, String(body))
      resolve()
    }
    app.handle({ method: 'GET', url: '/hello/bare', headers: {} }, bare)
  })

  const koa = new Koa()
  koa.use(async (_ctx, next) => next())
  koa.use((ctx) => {
    ctx.body = { hello: ctx.path }
  })
  const koaRes = mocks.createResponse({ eventEmitter: require('node:events').EventEmitter })
  await koa.callback()(mocks.createRequest({ method: 'GET', url: '/koa' }), koaRes)
  console.log('koa by mocks', koaRes.statusCode, koaRes._getData())
  console.log('koa by inject', (await inject(koa.callback(), { method: 'GET', url: '/koa' })).payload)
  for (const wrong of [undefined, {}, 'text']) {
    try {
      koa.use(wrong)
    } catch (error) {
      console.log(error.message)
    }
  }

  const fast = fastify()
  fast.get('/hello/:name', async (request) => ({ hello: request.params.name }))
  console.log('fastify', (await fast.inject('/hello/inject')).payload)

  const server = hapi.server()
  server.route(Object.freeze({ method: 'GET', path: '/hello/{name}', handler: (request) => request.params }))
  console.log('hapi', (await server.inject('/hello/inject')).payload)

  const hono = new Hono()
  hono.get('/hello/:name', (c) => c.json(c.req.param()))
  console.log('hono', await (await hono.request('/hello/request')).text())

  const target = createServer((req, res) => console.log('emitted', Object.keys(req), Object.keys(res)))
  target.emit('request', { url: '/' }, {})
  target.emit('request', { url: '/', headers: {} }, {})
}

async function main() {
  const server = await listen(
    createServer((_req, res) => {
      handMade().then(
        () => res.end('done'),
        (error) => res.end(error.stack),
      )
    }),
  )
  console.log((await ask(server.address().port, '/outer')).body)
  server.close()
  server.closeAllConnections()
}

void main()
