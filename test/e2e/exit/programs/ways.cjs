// Records ten spans, ten log records and a count of ten, and ends in the way that is named.
const { logs, metrics, trace } = require('@opentelemetry/api')
const { fork } = require('node:child_process')
const cluster = require('node:cluster')
const { createServer } = require('node:http')
const { parentPort, Worker } = require('node:worker_threads')

const record = (prefix) => {
  for (let count = 0; count < 10; count++) {
    trace.getTracer('test').startSpan(`${prefix} ${count}`).end()
    logs.getLogger('test').emit({ body: `${prefix} ${count}` })
    metrics.getMeter('test').createCounter('test.count').add(1)
  }
}
const later = (run) => setTimeout(() => run(), 20)

/** Stays up until a signal comes, with an open server. */
const serve = (handle) => {
  record('pending')
  const server = createServer().listen(0, '127.0.0.1', () => later(() => console.log('ready')))
  handle?.(server)
}

const onAny = (run) => ['SIGTERM', 'SIGINT', 'SIGHUP'].forEach((signal) => process.on(signal, run))

const ways = {
  'by itself': () => record('pending'),
  'by process.exit in a handler': () => {
    record('pending')
    later(() => process.exit(4))
  },
  'by process.exit at once': () => {
    record('pending')
    process.exit(4)
  },
  'by throwing': () => {
    record('pending')
    later(() => {
      throw new TypeError('nobody catches this')
    })
  },
  'by rejecting': () => {
    record('pending')
    later(() => Promise.reject(new RangeError('nobody catches this')))
  },
  'by itself, recording in an exit listener': () => process.on('exit', () => record('pending')),
  'by process.exit, recording in an exit listener': () => {
    process.on('exit', () => record('pending'))
    later(() => process.exit(4))
  },
  'by a signal': () => serve(),
  'by closing its server': () => serve((server) => onAny(() => server.close())),
  'by process.exit after a signal': () => serve((server) => onAny(() => server.close(() => process.exit(5)))),
  'with a worker thread that ends': (file) => start(file, 'by itself'),
  'with a worker thread that calls process.exit': (file) => start(file, 'by process.exit in a handler'),
  'with a worker thread that throws': (file) =>
    start(file, 'by throwing').on('error', ({ message }) => console.log(message)),
  'with a worker thread that it terminates': (file) => {
    const worker = start(file, 'waits')
    worker.once('message', () => setTimeout(() => worker.terminate(), 1000))
  },
  'with a fork': (file) => {
    fork(file, ['by process.exit in a handler']).on('exit', (code) => console.log(`fork ${code}`))
  },
  'with a cluster': (file) => {
    cluster.setupPrimary({ exec: file, args: ['by process.exit in a handler'] })
    cluster.fork().on('exit', (code) => console.log(`worker ${code}`))
  },
  'with a worker thread that it terminates as soon as it has recorded': (file) => {
    const worker = start(file, 'records durably')
    worker.once('message', () => worker.terminate())
  },
  'by process.exit after a flush': () => {
    // A signal that the program handles has everything sent, and the program records on.
    process.on('SIGTERM', () => {
      setTimeout(() => {
        record('pending')
        process.exit(4)
      }, 100)
    })
    process.kill(process.pid, 'SIGTERM')
    setInterval(() => undefined, 1000)
  },
  'records durably': () => {
    for (let count = 0; count < 10; count++) {
      const attributes = { 'plutus.data.class': 'security' }
      logs.getLogger('test').emit({ body: `pending ${count}`, attributes })
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of threads, not of windows
    parentPort.postMessage('recorded')
    setInterval(() => undefined, 1000)
  },
  waits: () => {
    record('pending')
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of threads, not of windows
    parentPort.postMessage('recorded')
    setInterval(() => undefined, 1000)
  },
}

const start = (file, way) => new Worker(file, { argv: [way] })

/** @param file the program itself, for those that start it again. */
exports.run = (way, file) => ways[way](file)
