// A cluster: each process records durable records until it is killed.
import cluster from 'node:cluster'
import { writeSync } from 'node:fs'
import { logs } from '@opentelemetry/api'

const [label = 'a'] = process.argv.slice(2)

if (cluster.isPrimary) for (let i = 0; i < 3; i++) cluster.fork()
else {
  const logger = logs.getLogger('cluster')
  let count = 0
  setInterval(() => {
    const id = `${label}-${cluster.worker.id}-${count++}`
    logger.emit({ eventName: 'payment.attempt', attributes: { id } })
    writeSync(1, `${id}\n`)
  }, 3)
}
