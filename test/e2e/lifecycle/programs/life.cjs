// Ends, or goes on, in the way that the argument names; what is thrown is thrown within a span.
const { trace } = require('@opentelemetry/api')
const { Worker } = require('node:worker_threads')

const throwLater = (thrown) =>
  trace.getTracer('test').startActiveSpan('doomed', (span) => {
    setTimeout(() => {
      throw thrown
    }, 10)
    span.end()
  })
const ways = {
  'by itself': () => undefined,
  'by a code': () => process.exit(4),
  'by an error': () => throwLater(new TypeError('nobody catches this', { cause: new Error('the cause') })),
  'by a text': () => throwLater('only words'),
  'by a rejection': () => Promise.reject(new RangeError('nobody awaits this')),
  'by an error that is caught last': () => {
    process.once('uncaughtException', () => undefined)
    throwLater(new TypeError('survived'))
  },
  'by an error that a callback takes': () => {
    process.setUncaughtExceptionCaptureCallback(() => undefined)
    throwLater(new TypeError('survived'))
  },
  'by a signal': () => {
    setInterval(() => undefined, 1000)
    setTimeout(() => console.log('ready'), 100)
  },
  'with a worker thread': () => new Worker('process.exitCode = 3', { eval: true }),
  'with a worker thread that throws': () => {
    const worker = new Worker('throw new Error("in the worker")', { eval: true })
    worker.on('error', () => undefined)
  },
}
ways[process.argv[2]]()
