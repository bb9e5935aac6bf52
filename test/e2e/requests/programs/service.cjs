'use strict'
const http = require('node:http')
const { join } = require('node:path')
const { Worker } = require('node:worker_threads')
const express = require('express')
const pg = require('pg')
const pino = require('pino')
const events = require('@plutus/events')
const addRoutes = require('./routes.cjs')

const app = express()
const workerFile = process.env.WORKER_FILE ?? join(__dirname, 'worker.mjs')
const stop = addRoutes(app, { express, http, pg, pino, events, Worker, workerFile })
const server = http.createServer(app).listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`))
process.once('SIGTERM', () => {
  server.close(() => void stop())
  server.closeAllConnections()
})
