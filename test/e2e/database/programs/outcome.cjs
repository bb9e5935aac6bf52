// Prints what each step of a story came to, so that the output with the hook can be compared with that without.

const describeError = (error) => ({
  error: error?.constructor?.name,
  code: error?.code,
  message: error?.message,
  // Frames of the hook may stand in a stack, but where the application called stays the first line of it.
  firstLine: String(error?.stack).split('\n')[0],
})

module.exports = async function step(name, run) {
  try {
    console.log(name, JSON.stringify(await run()) ?? 'undefined')
  } catch (error) {
    console.log(name, JSON.stringify(describeError(error)))
  }
}

module.exports.called = (run) =>
  new Promise((resolve, reject) => {
    run((error, result) => (error ? reject(error) : resolve(result)))
  })

module.exports.emitted = (emitter) =>
  new Promise((resolve, reject) => {
    emitter.on('error', reject).on('end', resolve)
  })
