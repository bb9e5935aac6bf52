// Measures a thousand points, has a listener of its own to the end, which measures them again if told to, and ends.
const { metrics } = require('@opentelemetry/api')

const counter = metrics.getMeter('points').createCounter('test.points')
const measure = () => {
  for (let at = 0; at < 1000; at++) counter.add(1, { at })
}
const [, , listens, exits] = process.argv

measure()
process.on('exit', () => {
  if (listens === 'measures') measure()
})
if (exits === 'exits') process.exit(3)
