// A worker thread records and ends while the main thread is busy and cannot answer it.
const { trace } = require('@opentelemetry/api')
const { isMainThread, Worker } = require('node:worker_threads')

trace.getTracer('shop').startSpan('pay').end()
if (isMainThread) {
  const thread = new Worker(__filename)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800)
  thread.on('exit', (code) => console.log(code))
}
