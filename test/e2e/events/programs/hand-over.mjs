import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { captureContext, getLogger, runJob, setUser, withContext } from '@plutus/events'
import { withinRequest } from './within-request.mjs'

const logger = getLogger('shop')
const queue = []

await withinRequest(
  async () => {
    setUser({ id: 'u1' })
    await withContext({ tenant: 'acme' }, async () => {
      logger.info('in the request')
      queue.push(JSON.stringify({ mail: 'receipt', context: captureContext() }))
      const worker = new Worker(new URL(process.argv[2], import.meta.url))
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage({ context: captureContext() })
      await once(worker, 'exit')
    })
  },
  { 'x-correlation-id': 'order-17' },
)

logger.info('after the request')
for (const text of queue) {
  const { context } = JSON.parse(text)
  runJob('mail', () => logger.info('in the job'), { carrier: context, id: 'job-1' })
}
