// Prints what a program can see of its process, when its own code begins and one turn later.
const look = () => ({
  argv: process.argv.slice(2),
  execArgv: process.execArgv,
  env: Object.keys(process.env).sort(),
  exitCode: process.exitCode,
  stackTraceLimit: Error.stackTraceLimit,
  prepareStackTrace: typeof Error.prepareStackTrace,
  emit: Object.hasOwn(process, 'emit'),
  mainModule: require.main === module,
  unhandledRejection: process.listenerCount('unhandledRejection'),
  uncaughtException: process.listenerCount('uncaughtException'),
  warning: process.listenerCount('warning'),
  own: Object.keys(globalThis).sort(),
})
const first = look()
setImmediate(() => setImmediate(() => console.log(JSON.stringify([first, look()]))))
