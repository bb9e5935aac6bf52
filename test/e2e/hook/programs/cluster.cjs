// A primary with two workers of a cluster; each records one span and ends.
const cluster = require('node:cluster')
const { record } = require('./traced.cjs')

if (cluster.isPrimary) {
  record('primary')
  for (let count = 0; count < 2; count++) cluster.fork()
} else {
  record(`cluster worker ${cluster.worker.id}`)
  cluster.worker.disconnect()
}
