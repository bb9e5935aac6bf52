import { Redis } from 'ioredis'
import run from './ioredis-calls.cjs'

await run(Redis)
