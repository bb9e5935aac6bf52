// Handles signals in the way that the argument names, records a span and waits for the end.
const { createServer } = require('node:http')
const { setTimeout: sleep } = require('node:timers/promises')
const { trace } = require('@opentelemetry/api')

const [way, signal = 'SIGTERM'] = process.argv.slice(2)
const raise = () => process.kill(process.pid, signal)
const say = (text) => require('node:fs').writeSync(1, `${text}\n`)
const raiseIfAlone = () => {
  if (process.listenerCount(signal) > 0) return say('others handle it')
  raise()
  say('alive after the signal')
}
const handle = (listener) => process.on(signal, listener)
const exitWith9 = () => process.exit(9)
const ways = {
  none: () => undefined,
  'exits with 7': () => handle(() => process.exit(7)),
  'sets a code and closes': () =>
    handle(() => {
      process.exitCode = 3
      server.close()
    }),
  throws: () =>
    handle(() => {
      throw new RangeError('thrown while handling')
    }),
  'once, then raises it': () =>
    process.once(signal, () => {
      raise()
      say('alive after the signal')
    }),
  'once, then raises it by its number': () =>
    process.once(signal, () => process.kill(process.pid, require('node:os').constants.signals[signal])),
  'once, then raises another': () => process.once(signal, () => process.kill(process.pid, 'SIGINT')),
  'once, cleans up, then raises it': () => process.once(signal, () => setTimeout(raise, 20)),
  'once, awaits a clean-up, then raises it': () =>
    process.once(signal, async () => {
      await sleep(20)
      say('cleaned up')
      raiseIfAlone()
    }),
  'removes itself, then raises it if nobody else listens': () => {
    const listener = () => {
      process.off(signal, listener)
      raiseIfAlone()
    }
    handle(listener)
  },
  'removes itself beside another': () => {
    const listener = () => {
      process.off(signal, listener)
      raiseIfAlone()
      setTimeout(() => process.exit(4), 10)
    }
    handle(listener)
    handle(() => say('the other'))
  },
  'removes all, then raises it if nobody listens': () =>
    handle(() => {
      process.removeAllListeners(signal)
      raiseIfAlone()
    }),
  'removes itself, and lists who listens': () => {
    const listener = () => {
      process.off(signal, listener)
      say(JSON.stringify([process.listeners(signal).length, process.rawListeners(signal).length, named()]))
      process.exit(0)
    }
    handle(listener)
  },
  // As the packages of these names do it.
  'signal-exit': () => {
    const emit = process.emit
    const listener = () => {
      if (process.listeners(signal).length !== 1) return
      process.removeListener(signal, listener)
      process.emit = emit
      say('exit hooks run')
      raise()
    }
    handle(listener)
    process.emit = function (...args) {
      return emit.apply(this, args)
    }
  },
  death: () => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGQUIT']) process.on(name, () => say(`dies of ${name}`))
    handle(() => setTimeout(() => process.exit(1), 10))
  },
  'exit-hook': () => {
    let isCalled = false
    const exit = (code) => {
      if (isCalled) return
      isCalled = true
      say('hooks run')
      process.exit(code)
    }
    process.once('exit', exit)
    process.once('SIGTERM', exit.bind(undefined, 128 + 15))
    process.once('SIGINT', exit.bind(undefined, 128 + 2))
  },
  'close-with-grace': () => {
    const listener = async (name) => {
      process.removeListener(signal, listener)
      process.on(signal, () => process.exit(1))
      await sleep(20)
      say(`closed after ${name}`)
      process.exit(0)
    }
    process.once(signal, listener)
  },
  'emits it to nobody': () => setTimeout(() => say(`emitted ${process.emit(signal, signal)}`), 3),
  'added and removed again': () => {
    handle(exitWith9)
    process.removeListener(signal, exitWith9)
  },
  'added late': () => setTimeout(() => handle(() => process.exit(8)), 3),
  'added late and removed again': () =>
    setTimeout(() => {
      handle(exitWith9)
      process.removeListener(signal, exitWith9)
    }, 3),
  'ignores it': () => handle(() => undefined),
  'ignores it, and ends later': () => handle(() => setTimeout(() => process.exit(6), 20)),
  'raises it before the event loop turns': () => {
    say('ready')
    raise()
    say('alive after the signal')
  },
}
const named = () => process.eventNames().includes(signal)
trace.getTracer('test').startSpan('before the signal').end()
ways[way]()
const server = createServer()
// After all timers above, and the one by which the hook begins to watch.
server.listen(0, '127.0.0.1', () => setTimeout(() => say(`ready ${process.listenerCount(signal)} ${named()}`), 20))
