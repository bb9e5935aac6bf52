// Records a span and ends in the way that the argument names.
const { trace } = require('@opentelemetry/api')

trace.getTracer('test').startSpan('before the end').end()
const ways = {
  'by itself': () => undefined,
  'by itself, with a code': () => {
    process.exitCode = 3
  },
  'by process.exit': () => process.exit(4),
  'by throwing at the top': () => {
    throw new TypeError('thrown at the top')
  },
  'by throwing later': () =>
    setTimeout(() => {
      throw new TypeError('thrown later')
    }, 10),
  'by throwing no error': () => {
    throw { code: 'E_ODD', nested: { a: 1 } }
  },
  'by rejecting': () => Promise.reject(new RangeError('nobody catches this')),
  'by rejecting with no error': () => Promise.reject(null),
  'by requiring what is not there': () => require('./not-there.cjs'),
  'by requiring what throws': () => require('./throws.cjs'),
  'by requiring what is not there, after something optional': () => {
    try {
      return require('./not-there.json')
    } catch {
      return require('./requires.cjs')
    }
  },
  'by a handler of its own': () => {
    process.on('uncaughtException', (error) => {
      console.error(`handled ${error.message}`)
      process.exitCode = 5
    })
    throw new Error('for the handler')
  },
  'by beforeExit of its own': () => {
    let times = 0
    process.on('beforeExit', (code) => {
      console.log(`beforeExit ${code}`)
      if (++times < 2) setTimeout(() => console.log('one more thing'), 10)
    })
  },
  'by exit of its own': () => process.on('exit', (code) => console.log(`exit ${code} ${process.exitCode}`)),
  'with a warning': () => process.emitWarning('mind the step'),
  'by abort': () => process.abort(),
}
ways[process.argv[2]]()
