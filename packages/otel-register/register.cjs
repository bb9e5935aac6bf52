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

// Compiling the start takes longer than all that it does. What V8 made of it is kept in a folder that only this user
// can write to: it is code. Windows has no owners that could be compared.
function findFolder() {
  var env = process.env
  var base = env.XDG_CACHE_HOME || (env.HOME ? env.HOME + '/.cache' : '')
  var isUnwanted = env.NODE_DISABLE_COMPILE_CACHE || env.NODE_COMPILE_CACHE || env.NODE_V8_COVERAGE
  if (isUnwanted || !process.geteuid || base.charAt(0) !== '/') return undefined
  return base + '/plutus-' + process.geteuid()
}

// Of Node's options, the common ones that say nothing to V8. Two alternatives never begin alike, so linear.
var PLAIN = new RegExp(
  '^(?:-[eipr]|--(?:conditions|enable-source-maps|env-file|eval|experimental-loader|import|print|require|title))(?:=|$)',
)

// V8 refuses code that was made under other flags. Its own name for them costs a millisecond, which few have to pay.
function findFlags() {
  var options = process.execArgv.concat((process.env.NODE_OPTIONS || '').split(' '))
  for (var i = 0; i < options.length; i++) {
    if (options[i].charAt(0) === '-' && !PLAIN.test(options[i])) return '-' + require('node:v8').cachedDataVersionTag()
  }
  return ''
}

// V8 looks at versions, flags and length, and not at the content: that is named in the file's name, and kept twice.
function readCode(folder, source) {
  var fs = require('node:fs')
  var name = source.slice(2, 18) + '-' + process.versions.v8 + '-' + process.arch + findFlags() + '.bin'
  var code = { folder: folder, file: folder + '/' + name, bytes: undefined }
  var stat = fs.lstatSync(folder, { throwIfNoEntry: false })
  if (stat === undefined) return code
  if (!stat.isDirectory() || stat.uid !== process.geteuid() || (stat.mode & 63) !== 0) return undefined
  if (!fs.existsSync(code.file)) return code
  var bytes = fs.readFileSync(code.file)
  var half = Math.floor(bytes.length / 2)
  if (half > 0 && bytes.compare(bytes, 0, half, half) === 0) code.bytes = bytes.subarray(0, half)
  return code
}

// As `require` would, but by a script whose code can be kept.
function compile(file, source, code, codes) {
  var Module = require('node:module')
  var vm = require('node:vm')
  var script = new vm.Script(Module.wrap(source), { filename: file, cachedData: code.bytes })
  var loaded = new Module(file, module)
  var requireThere = function (id) {
    return loaded.require(id)
  }
  requireThere.cache = require.cache
  requireThere.kept = function (later) {
    return loadKept(code.folder, later, codes).exports
  }
  loaded.filename = file
  loaded.paths = module.paths
  script.runInThisContext().call(loaded.exports, loaded.exports, requireThere, loaded, file, __dirname + '/dist')
  loaded.loaded = true
  code.isFound = code.bytes !== undefined
  code.isRefused = script.cachedDataRejected === true
  code.create = script.createCachedData.bind(script)
  codes.push(code)
  return loaded
}

// A file of the hook, by compiled code that was kept, which is added to the codes, or as `require` does.
function loadKept(folder, file, codes) {
  var source, code
  try {
    source = require('node:fs').readFileSync(file, 'utf8')
    code = readCode(folder, source)
  } catch (unreadable) {
    code = unreadable && undefined
  }
  if (code !== undefined) return compile(file, source, code, codes)
  var exported = require(file)
  var loaded = require.cache[file]
  delete require.cache[file]
  return loaded || { exports: exported }
}

function load() {
  var folder = findFolder()
  if (folder === undefined) return { start: require('./dist/start.cjs').start }
  var file = __dirname + '/dist/start.cjs'
  if (require.cache[file] !== undefined) return { start: require(file).start }
  var codes = []
  var loaded = loadKept(folder, file, codes)
  require.cache[file] = loaded
  return { start: loaded.exports.start, codes: codes }
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
    var loaded = load()
    loaded.start({
      require: require,
      entry: __filename,
      version: require('./package.json').version,
      isWorker: isWorker,
      codes: loaded.codes,
    })
  } catch (error) {
    var reason = (error && (error.code || error.name)) || 'unknown error'
    tell('telemetry could not be loaded (' + reason + '); the program runs without it')
  }
}

start()
