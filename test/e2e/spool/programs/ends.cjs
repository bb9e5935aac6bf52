// Records, turn after turn, a durable log record, an ordinary one and a span under each id that it prints, and ends in
// the way that is named.
const { fork } = require('node:child_process')
const cluster = require('node:cluster')
const { writeSync } = require('node:fs')
const { parentPort, threadId, Worker } = require('node:worker_threads')
const { logs, trace } = require('@opentelemetry/api')

const [way, label = 'a'] = process.argv.slice(2)
const PER_TURN = 10
const TURNS = 12
let count = 0

function record() {
  const ids = []
  for (let i = 0; i < PER_TURN; i++) {
    const id = `${label}-${process.pid}-${threadId}-${count++}`
    logs.getLogger('ends').emit({ eventName: 'payment.attempt', attributes: { id } })
    logs.getLogger('ends').emit({ body: 'ordinary', attributes: { ordinary: id } })
    trace.getTracer('ends').startSpan(id).end()
    ids.push(id)
  }
  writeSync(1, `${ids.join('\n')}\n`)
}

/** Records in some turns of the event loop, which give what was recorded time to be on its way, and then ends. */
function turns(end, left = TURNS) {
  record()
  if (left > 1) setTimeout(() => turns(end, left - 1), 15)
  else end()
}

const forever = () => setInterval(record, 15)
const startThread = (inner) => new Worker(__filename, { argv: [inner, label] })
const startThreads = (inner) => [startThread(inner), startThread(inner)]
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of threads, not of windows
const tell = () => parentPort.postMessage('recorded')
const throwLater = () =>
  setImmediate(() => {
    throw new TypeError('nobody catches this')
  })

const WAYS = {
  'by itself': () => turns(() => {}),
  'by process.exit': () => turns(() => process.exit(4)),
  'by process.exit at once': () => {
    record()
    process.exit(4)
  },
  'by throwing': () => turns(throwLater),
  'by rejecting': () => turns(() => void Promise.reject(new RangeError('nobody catches this'))),
  'with exit listeners that record': () => {
    process.on('exit', record)
    process.on('exit', record)
    turns(() => process.exit(4))
  },
  'by a signal': forever,
  'by process.exit after a signal': () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
      process.on(signal, () => {
        record()
        process.exit(5)
      })
    }
    forever()
  },
  'with threads that end': () => startThreads('by itself'),
  'with threads that call process.exit': () => startThreads('by process.exit'),
  'with threads, by process.exit': () => {
    let waiting = 2
    for (const thread of startThreads('tells and waits'))
      thread.once('message', () => --waiting === 0 && process.exit(4))
  },
  'with threads that it terminates': () => {
    for (const thread of startThreads('tells and waits')) {
      thread.once('message', () => setTimeout(() => thread.terminate(), 1500))
    }
  },
  'tells and waits': () =>
    turns(() => {
      tell()
      setInterval(() => {}, 1000)
    }),
  'with forks': () => [1, 2].forEach(() => fork(__filename, ['by process.exit', label])),
  'as a cluster': () => {
    if (!cluster.isPrimary) return void forever()
    cluster.fork()
    cluster.fork()
    // The first signal ends the others, and then this one.
    process.on('SIGTERM', () => {
      for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM')
      cluster.on('exit', () => Object.keys(cluster.workers).length === 0 && process.exit(0))
    })
  },
  'as a cluster whose primary ends': () => {
    if (!cluster.isPrimary) return void forever()
    cluster.fork()
    cluster.fork()
  },
}

WAYS[way]()
