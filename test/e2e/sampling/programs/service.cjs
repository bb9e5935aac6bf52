// A service whose requests end in every way that sampling has to tell apart. It prints its port, and reads orders from
// standard input: `load` keeps the event loop busy from then on, `end` closes it.
const { context, logs, propagation, ROOT_CONTEXT, SpanStatusCode, trace } = require('@opentelemetry/api')
const { createServer, get } = require('node:http')
const { isMainThread, parentPort, Worker } = require('node:worker_threads')

const tracer = trace.getTracer('service')
const logger = logs.getLogger('service')
const ERROR = { code: SpanStatusCode.ERROR }
const FATAL = 21
const INFO = 9
const say = (body, severityNumber = INFO) => logger.emit({ body, severityNumber })
const work = (name, run) =>
  tracer.startActiveSpan(name, (span) => {
    run?.(span)
    span.end()
  })

/** What every request does: two spans and a record in one of them. */
const ordinary = () => {
  work('read')
  work('write', () => say('written'))
}

const carrier = () => {
  const headers = {}
  propagation.inject(context.active(), headers)
  return headers
}

const wait = (millis) => new Promise((resolve) => setTimeout(resolve, millis))
const fail = (response) => {
  response.statusCode = 500
}

const routes = {
  '/plain': () => {},
  // The server span fails, which is the last to end.
  '/fails': fail,
  '/inner': fail,
  '/throws': () => work('throw', (span) => span.recordException(new TypeError('no'))),
  '/warns': () => say('beware', 13),
  '/pays': () => {
    const attributes = { 'plutus.data.class': 'payment', 'log.record.uid': 'u' }
    logger.emit({ body: 'paid', severityNumber: INFO, attributes })
  },
  '/slow': () => wait(120),
  '/later': () => {
    setTimeout(() => work('late', (span) => span.setStatus(ERROR)), 200)
  },
  // The trace has another root in this process, and that one fails.
  '/calls': () =>
    new Promise((resolve) => {
      get(`http://127.0.0.1:${server.address().port}/inner`, (inner) => inner.resume().on('end', resolve))
    }),
  '/task-fails': () => runTask({ headers: carrier(), isToFail: true }),
  '/task': async (response) => {
    await runTask({ headers: carrier(), isToFail: false })
    fail(response)
  },
}

let server
let worker
let tasks = 0

function runTask(task) {
  const id = ++tasks
  worker ??= new Worker(__filename).setMaxListeners(0)
  worker.unref()
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  worker.postMessage({ ...task, id })
  return new Promise((resolve) => {
    const hear = (done) => {
      if (done !== id) return
      worker.off('message', hear)
      resolve()
    }
    worker.on('message', hear)
  })
}

if (!isMainThread) {
  parentPort.on('message', ({ id, headers, isToFail }) => {
    context.with(propagation.extract(ROOT_CONTEXT, headers), () => {
      work('task', (span) => {
        say('in the thread')
        if (isToFail) span.setStatus(ERROR)
      })
    })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    parentPort.postMessage(id)
  })
} else {
  server = createServer(async (request, response) => {
    const path = request.url.split('?')[0]
    ordinary()
    await routes[path](response)
    response.end('done')
  }).listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`))
  process.stdin.setEncoding('utf8').on('data', (order) => {
    if (order.includes('load')) setInterval(() => spin(45), 50)
    if (order.includes('outside')) for (let i = 0; i < 1000; i++) say('outside')
    if (order.includes('end')) {
      say('the last word', FATAL)
      process.exit(0)
    }
  })
}

function spin(millis) {
  const until = performance.now() + millis
  while (performance.now() < until);
}
