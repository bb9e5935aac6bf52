import pino from 'pino'
import run from './pino-log.cjs'

await run(pino)
