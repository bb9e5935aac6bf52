import * as redis from 'redis'
import run from './redis-calls.cjs'

await run(redis)
