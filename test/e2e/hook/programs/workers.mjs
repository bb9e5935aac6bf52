// A main thread with two worker threads that are ES modules; each records one span.
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { record } from './traced.cjs'

if (isMainThread) {
  record('main')
  for (const number of [1, 2]) new Worker(new URL(import.meta.url), { workerData: number }).on('error', console.error)
} else record(`worker ${workerData}`)
