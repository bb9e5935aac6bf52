import { parentPort } from 'node:worker_threads'
import { getLogger, runWithCarrier } from '@plutus/events'

parentPort.once('message', ({ context }) => {
  getLogger('shop').info('before in the worker')
  runWithCarrier(context, () => getLogger('shop').info('in the worker'))
})
