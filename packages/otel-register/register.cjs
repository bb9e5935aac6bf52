'use strict'

// Every Node parses this file: an unsupported one has to be told so in one line, and the program has to run on.

var OLDEST = [22, 15]

function isSupported(version) {
  var parts = version.split('.')
  var major = Number(parts[0])
  return major > OLDEST[0] || (major === OLDEST[0] && Number(parts[1]) >= OLDEST[1])
}

function tell(line) {
  var level = (process.env.OTEL_LOG_LEVEL || '').trim().toLowerCase()
  if (level === 'none') return
  try {
    // oxlint-disable-next-line unicorn/prefer-node-protocol -- older Nodes do not know it
    require('fs').writeSync(2, 'plutus: ' + line + '\n')
  } catch (closed) {
    return closed // nobody listens
  }
}

function start() {
  var version = process.versions.node
  if (!isSupported(version)) {
    tell(
      'Node ' +
        version +
        ' is too old for telemetry, which needs ' +
        OLDEST.join('.') +
        ' or newer; the program runs without it',
    )
    return
  }
  // Worker threads cannot change the directory, and Node marks that function there. Asking its own module costs 2 ms.
  var isWorker = process.chdir.disabled === true
  // The thread of an asynchronous module loader runs preloads too.
  if (isWorker && require('node:worker_threads').isInternalThread) return
  // A second start has to be seen, and cached modules are not run again.
  delete require.cache[__filename]
  try {
    require('./dist/start.cjs').start({
      require: require,
      entry: __filename,
      version: require('./package.json').version,
      isWorker: isWorker,
    })
  } catch (error) {
    var reason = (error && (error.code || error.name)) || 'unknown error'
    tell('telemetry could not be loaded (' + reason + '); the program runs without it')
  }
}

start()
