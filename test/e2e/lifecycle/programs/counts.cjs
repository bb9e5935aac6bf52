// Prints how many listeners each step of an application with handlers sees.
const counts = []
const one = () => undefined
const two = () => undefined
const count = () => counts.push(process.listenerCount('SIGTERM'))
setImmediate(() =>
  setImmediate(() => {
    process.on('SIGTERM', one)
    count()
    process.prependListener('SIGTERM', two)
    count()
    process.removeListener('SIGTERM', one)
    count()
    process.once('SIGTERM', one)
    count()
    console.log(JSON.stringify({ counts, emit: Object.hasOwn(process, 'emit') }))
    process.exit()
  }),
)
