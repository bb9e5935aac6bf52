import winston from 'winston'
import run from './winston-log.cjs'

await run(winston)
