import { workerData } from 'node:worker_threads'
import { pino } from 'pino'
import { runWithCarrier } from '@plutus/events'

const log = pino()
log.info('before in the worker')
runWithCarrier(workerData, () => log.info('in the worker'))
