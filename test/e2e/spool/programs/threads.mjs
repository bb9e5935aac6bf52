// Eight threads, each of which records durable records and ends, by itself or by being stopped.
import { writeSync } from 'node:fs'
import { isMainThread, threadId, Worker, workerData } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { logs } from '@opentelemetry/api'

const [label = 'a', end = 'by itself', perThread = '20'] = process.argv.slice(2)

if (isMainThread) {
  const file = fileURLToPath(import.meta.url)
  let left = 8
  for (let i = 0; i < left; i++) {
    const worker = new Worker(file, { argv: process.argv.slice(2), workerData: i })
    worker.on('message', () => end === 'stopped' && worker.terminate())
    worker.on('exit', () => {
      if (--left > 0) return
      writeSync(1, 'all\n')
      setInterval(() => {}, 1000)
    })
  }
} else {
  const logger = logs.getLogger('thread')
  const printed = []
  for (let i = 0; i < Number(perThread); i++) {
    const id = `${label}-${workerData}-${i}`
    logger.emit({ eventName: 'payment.attempt', attributes: { id } })
    printed.push(id)
  }
  // At once: in a process that has threads, a pipe that is full of short lines throws.
  writeSync(1, `${printed.join('\n')}\n`)
  const { parentPort } = await import('node:worker_threads')
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread, not of a window
  parentPort.postMessage(threadId)
  if (end === 'stopped') setInterval(() => {}, 1000)
}
