// A main thread with two worker threads; each records one span and asks express once.
const { Worker, isMainThread, workerData } = require('node:worker_threads')
const { createServer } = require('node:http')
const { askOnce } = require('./ask.cjs')
const { record } = require('./traced.cjs')

if (isMainThread) {
  record('main')
  for (const number of [1, 2]) new Worker(__filename, { workerData: number }).on('error', console.error)
} else {
  const express = require('express')
  record(`worker ${workerData}`)
  const app = express()
  app.get('/from-worker', (request, response) => response.end('here'))
  void askOnce(createServer(app), '/from-worker')
}
