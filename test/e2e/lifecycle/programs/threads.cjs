// Tells each thread that is started, and ends by itself; `listened to` has a listener of its end.
const { writeSync } = require('node:fs')
const threads = require('node:worker_threads')

const { Worker } = threads
threads.Worker = class extends Worker {
  constructor(...args) {
    super(...args)
    writeSync(1, 'thread\n')
  }
}
if (process.argv[2] === 'listened to') process.on('exit', () => {})
