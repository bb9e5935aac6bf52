'use strict'

// Preloaded into the service: ends it when the demo is gone, however that came about (the demo's end of the pipe closes).
const GRACE_MILLIS = 12_000

if (require('node:worker_threads').isMainThread) {
  for (const event of ['end', 'error']) {
    process.stdin.once(event, () => {
      process.kill(process.pid, 'SIGTERM')
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MILLIS).unref()
    })
  }
  process.stdin.resume()
  process.stdin.unref()
}
