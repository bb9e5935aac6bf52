// Handles signals in the way that the argument names, records a span and waits for the end.
const { createServer } = require('node:http')
const { trace } = require('@opentelemetry/api')

const [way, signal = 'SIGTERM'] = process.argv.slice(2)
const raise = () => process.kill(process.pid, signal)
const exitWith9 = () => process.exit(9)
const ways = {
  none: () => undefined,
  'exits with 7': () => process.on(signal, () => process.exit(7)),
  'closes and ends by itself': () => process.on(signal, () => server.close()),
  'once, then raises it': () => process.once(signal, raise),
  'once, cleans up, then raises it': () => process.once(signal, () => setTimeout(raise, 20)),
  'removes itself, then raises it': () => {
    const handle = () => {
      process.removeListener(signal, handle)
      raise()
    }
    process.on(signal, handle)
  },
  'removes all, then raises it': () =>
    process.on(signal, () => {
      process.removeAllListeners(signal)
      raise()
    }),
  'counts listeners, and raises it if alone': () => {
    // As the package signal-exit does.
    const handle = () => {
      if (process.listeners(signal).length !== 1) return
      process.removeListener(signal, handle)
      raise()
    }
    process.on(signal, handle)
  },
  'added and removed again': () => {
    process.on(signal, exitWith9)
    process.removeListener(signal, exitWith9)
  },
  'added late': () => setTimeout(() => process.on(signal, () => process.exit(8)), 20),
  'added late and removed again': () =>
    setTimeout(() => {
      process.on(signal, exitWith9)
      process.removeListener(signal, exitWith9)
    }, 20),
  'ignores it': () => process.on(signal, () => undefined),
  'ignores it, and ends later': () => process.on(signal, () => setTimeout(() => process.exit(6), 50)),
}
ways[way]()
trace.getTracer('test').startSpan('before the signal').end()
const server = createServer()
server.listen(0, '127.0.0.1', () => setTimeout(() => console.log('ready'), 60))
