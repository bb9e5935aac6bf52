import http from 'node:http'
import { Worker } from 'node:worker_threads'
import express from 'express'
import pg from 'pg'
import { pino } from 'pino'
import * as events from '@plutus/events'
import addRoutes from './routes.cjs'

const app = express()
const workerFile = process.env.WORKER_FILE ?? new URL('worker.mjs', import.meta.url)
const stop = addRoutes(app, { express, http, pg, pino, events, Worker, workerFile })
const server = http.createServer(app).listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`))
process.once('SIGTERM', () => {
  server.close(() => void stop())
  server.closeAllConnections()
})
